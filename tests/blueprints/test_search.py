"""The search page, and what is suggested under the search box."""

import re
from fractions import Fraction

import pytest
from flask.testing import FlaskClient

from tests.factories import bearer, make_user, make_video, sign_in
from vod_web.db.session import transaction
from vod_web.media.webvtt import Cue
from vod_web.models import Caption, CaptionOrigin, Visibility
from vod_web.resources import resources
from vod_web.services.caption_files import store_cues

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


def find(client: FlaskClient, query: str = "", **more: str) -> str:
    """The page for this query."""
    response = client.get("/search", query_string={"query": query, **more})
    assert response.status_code == 200
    return response.text


def titles(page: str) -> list[str]:
    """The titles of the cards, in order, with their marks."""
    return re.findall(r'<h2 class="card-title"><a class="clamp-2"[^>]*>(.*?)</a>', page)


def test_hits_are_marked_and_all_else_is_text(client: FlaskClient) -> None:
    ada = make_user("ada", display_name="<i>Ada</i> sails")
    text = "x " * 200 + "<script>alert(1)</script> of a sail & more"
    make_video(ada, "<b>Sailing</b>", description=text, tags=["sail <u>", "sea"])
    page = find(client, "sail")
    assert titles(page) == ["&lt;b&gt;<mark>Sailing</mark>&lt;/b&gt;"]
    assert "&lt;i&gt;Ada&lt;/i&gt; <mark>sails</mark></a>" in page
    assert "… x x" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; of a <mark>sail</mark> &amp; more</p>" in page
    assert "<mark>sail</mark> &lt;u&gt;</a>" in page
    assert "<script>alert" not in page
    assert "#</span>sea" not in page


def test_what_is_said_is_a_link_to_its_second(client: FlaskClient) -> None:
    video = make_video(make_user("ada"), "Talk", duration_s=600.0)
    cues = [Cue(Fraction(83, 2), Fraction(45), "A narwhal &lt;here&gt;")]
    name, _ = store_cues(resources().storage, video.public_id, cues, Fraction(600))
    values = {"origin": CaptionOrigin.UPLOADED, "language": "en", "label": "English"}
    with transaction() as session:
        session.add(Caption(video_id=video.id, name=name, **values))
    page = find(client, "narwhal")
    assert f'href="/watch/{video.public_id}?t=41"' in page
    assert "A <mark>narwhal</mark> &lt;here&gt;</span>" in page
    assert "?t=" not in find(client, "talk")
    assert titles(find(client, "talk", has_captions="true")) == ["<mark>Talk</mark>"]


def test_mistyped_words_are_told(client: FlaskClient) -> None:
    make_video(make_user("ada"), "Harbour & sea", category="travel")
    page = find(client, "harbuor & sae")
    assert titles(page) == ["<mark>Harbour</mark> &amp; <mark>sea</mark>"]
    assert 'Nothing for “harbuor &amp; sae”. These are for <a href="/search?query=harbour+%26+sea">' in page
    assert "These are for" not in find(client, "harbour")


def test_empty_results_say_the_next_step(client: FlaskClient) -> None:
    make_video(make_user("ada"), "Harbour", category="travel")
    page = find(client, "walrus")
    assert "Nothing for “walrus”" in page
    assert "See the newest videos" in page
    page = find(client, "harbour", category="music")
    assert "Without them there is 1 video for “harbour”" in page
    assert 'href="/search?query=harbour"' in page
    page = find(client, "harbuor", category="music")
    assert "Did you mean “harbour”?" in page
    assert 'href="/search?query=harbour"' in page
    assert "Nothing that you may see is like that." in find(client, category="music")
    assert "What are you looking for?" in find(client)


def test_filters_are_kept_and_can_be_taken_away(client: FlaskClient) -> None:
    ada = make_user("ada")
    for number in range(3):
        make_video(ada, f"film {number}", tags=["sea"], duration_s=float(10 + number))
    page = find(client, "film", tag="sea", owner="ada", length="short", sort="-duration_s", age="", language="tlh")
    assert 'name="tag" value="sea"' in page
    assert '<option value="short" selected>' in page
    assert '<option value="-duration_s" selected>' in page
    assert '<option value="tlh" selected>' in page
    page = find(client, "film", tag="sea", owner="ada", sort="-duration_s", limit="2")
    assert titles(page) == ["<mark>film</mark> 2", "<mark>film</mark> 1"]
    following = re.search(r'hx-get="(/search\?[^"]*cursor=[^"]*)"', page)
    assert following is not None
    fragment = client.get(following[1].replace("&amp;", "&"), headers=FRAGMENT).text
    assert titles(fragment) == ["<mark>film</mark> 0"]
    assert 'id="results"' not in fragment
    changed = client.get("/search?query=film", headers=FRAGMENT).text
    assert changed.lstrip().startswith('<section id="results"')


def test_suggestions_are_options_with_addresses(client: FlaskClient) -> None:
    ada = make_user("ada", display_name="Sea <3")
    video = make_video(ada, "Seagulls & more", tags=["sea & sky"])
    make_video(ada, "Seals", visibility=Visibility.INTERNAL)
    page = client.get("/search/suggestions?query=sea").text
    assert page.count('role="option"') == 4
    assert f'href="/watch/{video.public_id}"' in page
    assert "<mark>Seagulls</mark> &amp; more" in page
    assert 'href="/search?tag=sea+%26+sky"' in page
    assert 'href="/@ada"' in page
    assert "<mark>Sea</mark> &lt;3" in page
    assert 'href="/search?query=sea"' in page
    assert client.get("/search/suggestions?query=zzz").text.strip() == ""
    sign_in(client, ada)
    assert "<mark>Seals</mark>" in client.get("/search/suggestions?query=sea").text


@pytest.mark.parametrize(
    "path", ["/search", "/search/suggestions", "/search/suggestions/tag", "/api/v1/videos", "/@ada"]
)
def test_nothing_that_is_sent_is_an_error_of_ours(client: FlaskClient, path: str) -> None:
    ada = make_user("ada")
    make_video(ada, "film")
    headers = bearer(ada) if path.startswith("/api") else {}
    queries = (
        "%00",
        "%FF%FE",
        "%F0%9F%8E%89",
        "%22",
        "a*%20OR%20(",
        "x" * 5000,
        "%E2%80%AE",
        "%ED%A0%80",
        "%25_%5C",
        "\u0300",
    )
    for query in queries:
        for more in ("", "&sort=relevance", "&sort=relevance&cursor=W10", "&cursor=%00", "&has_captions=maybe&age=x"):
            assert client.get(f"{path}?query={query}{more}", headers=headers).status_code in (200, 422), (query, more)


def test_the_api_finds_the_same(client: FlaskClient) -> None:
    ada = make_user("ada")
    make_video(ada, "Seagulls")
    make_video(ada, "Cliffs", description="with seagulls")
    headers = bearer(make_user("bob"))
    first = client.get("/api/v1/videos?query=seagull&sort=relevance&limit=1", headers=headers).json
    assert [one["title"] for one in first["items"]] == ["Seagulls"]
    second = client.get(
        f"/api/v1/videos?query=seagull&sort=relevance&limit=1&cursor={first['next']}", headers=headers
    ).json
    assert ([one["title"] for one in second["items"]], second["next"]) == (["Cliffs"], None)
    newest = client.get("/api/v1/videos?query=seagull", headers=headers).json
    assert [one["title"] for one in newest["items"]] == ["Cliffs", "Seagulls"]


def test_tag_and_channel_are_fields_that_offer_names(client: FlaskClient) -> None:
    make_video(make_user("ada", display_name="Sea & more"), "Harbour", tags=["sea & sky"])
    make_video(make_user("bob"), "Hidden", tags=["seaside"], visibility=Visibility.UNLISTED)
    page = find(client, "harbour")
    assert 'list="filter-tag-names"' in page
    assert 'list="filter-owner-names"' in page
    tags = client.get("/search/suggestions/tag?tag=%23sea").text
    assert '<option value="sea &amp; sky"></option>' in tags
    assert "seaside" not in tags
    assert '<option value="ada">Sea &amp; more</option>' in client.get("/search/suggestions/owner?owner=@sea").text
    assert client.get("/search/suggestions/owner?owner=bo").text.strip() == ""
    assert client.get("/search/suggestions/owner").text.strip() == ""
    assert client.get("/search/suggestions/other?tag=sea").status_code == 404


def test_names_in_filters_are_taken_as_people_write_them(client: FlaskClient) -> None:
    make_video(make_user("ada"), "Harbour", tags=["sea"])
    page = find(client, tag=" #Sea", owner="@ADA")
    assert 'title="Harbour"' in page
    assert 'id="filter-owner" name="owner" value="ADA"' in page
    assert "Look at how the tag is written." in find(client, tag="see")
    assert "as in @nobody." in find(client, owner="nobody")
    assert "Without them there is 1 video" in find(client, "harbour", owner="nobody")
