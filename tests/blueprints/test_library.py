"""Home, search and channels."""

import re

from flask.testing import FlaskClient

from tests.databases import on_both
from tests.factories import make_admin, make_encode, make_unready_video, make_user, make_video, sign_in
from tests.queries import counted_queries
from vod_web.db.session import transaction
from vod_web.models import Role, VideoStatus, ViewingPosition, Visibility
from vod_web.resources import resources

pytestmark = on_both
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
MOST_QUERIES = 12


def titles(text: str) -> list[str]:
    """The titles of the cards, in order."""
    found = re.findall(r'<h[23] class="card-title"><a class="clamp-2"[^>]*>(.*?)</a>', text)
    return [re.sub("</?mark>", "", title) for title in found]


def test_the_newest_come_first(client: FlaskClient) -> None:
    ada = make_user("ada")
    for number in range(3):
        make_video(ada, f"film {number}")
    make_unready_video(ada, VideoStatus.PROCESSING, "not yet")
    assert titles(client.get("/newest").text) == ["film 2", "film 1", "film 0"]


def test_paging_goes_on_by_link_and_by_fragment(client: FlaskClient) -> None:
    ada = make_user("ada")
    for number in range(30):
        make_video(ada, f"film {number:02}")
    first = client.get("/newest").text
    assert len(titles(first)) == 24
    link = re.search(r'href="(/newest\?[^"]*cursor=[^"]+)"', first)
    assert link is not None
    address = link[1].replace("&amp;", "&")
    page, fragment = client.get(address).text, client.get(address, headers=FRAGMENT).text
    assert titles(page) == titles(fragment) == [f"film {number:02}" for number in range(5, -1, -1)]
    assert "<html" in page
    assert "<html" not in fragment
    assert "cursor=" not in fragment


def test_a_cursor_that_is_not_ours_is_refused_in_words(client: FlaskClient) -> None:
    make_user()
    response = client.get("/newest?cursor=x")
    assert response.status_code == 422
    assert "Begin again without one" in response.text


def test_pages_ignore_what_others_add_to_addresses(client: FlaskClient) -> None:
    make_video(make_user(), "film")
    assert titles(client.get("/newest?utm_source=mail").text) == ["film"]


def test_what_others_add_to_an_address_is_no_more_than_a_value(client: FlaskClient) -> None:
    ada = make_user("ada")
    for number in range(2):
        make_video(ada, f"Video {number}")

    for added in ("endpoint=x", "_method=x", "_scheme=javascript", "_external=1", "_anchor=x"):
        page = client.get(f"/newest?limit=1&{added}")
        assert page.status_code == 200
        assert f'href="/newest?limit=1&amp;{added}&amp;cursor=' in page.text


def test_empty_home_says_the_next_step(client: FlaskClient) -> None:
    ada, vera = make_user("ada"), make_user("vera", Role.VIEWER)
    assert "/login" in client.get("/").text
    sign_in(client, ada)
    assert "Upload the first video" in client.get("/").text
    sign_in(client, vera)
    assert "No videos yet" in client.get("/").text
    assert "Upload the first video" not in client.get("/").text


def test_lists_cost_the_same_number_of_queries_for_any_length(client: FlaskClient) -> None:
    ada = make_user("ada")
    sign_in(client, ada)
    for address in ("/newest", "/search?query=film", "/@ada", "/studio"):
        client.get(address)
    counts: dict[str, list[int]] = {}
    for number in range(5):
        make_encode(make_video(ada, f"film {number}", tags=["a", f"b{number}"]), resources().storage)
        if number not in (0, 4):
            continue
        for address in ("/newest", "/search?query=film", "/@ada", "/studio"):
            with counted_queries() as statements:
                assert client.get(address).status_code == 200
            counts.setdefault(address, []).append(len([text for text in statements if not text.startswith("BEGIN")]))
    for address, (few, many) in counts.items():
        assert few == many <= MOST_QUERIES, address


def test_watched_videos_have_a_bar(client: FlaskClient) -> None:
    ada = make_user("ada")
    video = make_video(ada, "film")
    with transaction() as session:
        session.add(ViewingPosition(user_id=ada.id, video_id=video.id, position_s=32.0))
    assert "thumb-watched" not in client.get("/").text
    sign_in(client, ada)
    assert 'class="thumb-watched" max="64.0" value="32.0"' in client.get("/").text


def test_search_finds_words_in_titles_texts_and_tags(client: FlaskClient) -> None:
    ada = make_user("ada")
    make_video(ada, "Übergänge", description="Trains in the Alps", tags=["railway"])
    make_video(ada, "Harbour")
    for query in ("ubergange", "ALPS trains", "railway", "Übergänge alp"):
        assert titles(client.get("/search", query_string={"query": query}).text) == ["Übergänge"]
    assert titles(client.get("/search?query=alps+harbour").text) == []
    assert "Nothing for “alps harbour”" in client.get("/search?query=alps+harbour").text


def test_search_counts_and_follows_tags(client: FlaskClient) -> None:
    ada = make_user("ada")
    for number in range(26):
        make_video(ada, f"film {number}", tags=["sea", f"number {number}"])
    page = client.get("/search?query=film").text
    assert "26 videos" in page
    assert "query=film" in page.split("cursor=")[0].rsplit("href=", 1)[1]
    assert titles(client.get("/search?tag=number+3").text) == ["film 3"]
    assert "1 video<" in client.get("/search?tag=number+3").text


def test_search_order_can_be_chosen(client: FlaskClient) -> None:
    ada = make_user("ada")
    for name, length_s in (("long", 90.0), ("short", 5.0), ("middle", 30.0)):
        make_video(ada, f"film {name}", duration_s=length_s)
    assert titles(client.get("/search?query=film&sort=duration_s").text) == ["film short", "film middle", "film long"]


def test_what_is_wrong_in_an_address_is_left_out_and_told(client: FlaskClient) -> None:
    make_video(make_user("ada"), "Harbour")

    page = client.get("/search?query=harbour&min_duration_s=abc&sort=by-colour")
    assert page.status_code == 200
    assert "Harbour" in page.text
    assert "min_duration_s: " in page.text
    assert "sort: Choose one of " in page.text
    assert "Part of this address" not in client.get("/search?query=harbour&min_duration_s=1").text
    for address in ("/newest?limit=many", "/@ada?status=odd"):
        assert client.get(address).status_code == 200


def test_searching_for_nothing_asks_for_words(client: FlaskClient) -> None:
    make_user()
    assert "What are you looking for?" in client.get("/search").text
    assert "What are you looking for?" in client.get("/search?query=+").text


def test_what_was_typed_is_shown_as_text(client: FlaskClient) -> None:
    make_user()
    page = client.get("/search", query_string={"query": "<script>x</script>"}).text
    assert "<script>x" not in page
    assert client.get("/search?query=%00%25_").status_code == 200


def test_channels_are_found_however_their_name_is_written(client: FlaskClient) -> None:
    ada = make_user("Ada", about="See https://example.org")
    make_video(ada, "film")
    page = client.get("/@aDA").text
    assert titles(page) == ["film"]
    assert "1 video" in page
    assert 'href="https://example.org"' in client.get("/@ADA/about").text
    for name in ("nobody", "%00", "ada%00", "ä"):
        assert client.get(f"/@{name}").status_code == 404


def test_owners_see_all_of_their_channel(client: FlaskClient) -> None:
    ada = make_user("ada")
    make_video(ada, "secret", visibility=Visibility.PRIVATE)
    make_unready_video(ada, VideoStatus.FAILED, "broken")
    make_video(ada, "gone", status=VideoStatus.DELETED)
    assert titles(client.get("/@ada").text) == []
    assert "has not published anything" in client.get("/@ada").text
    sign_in(client, ada)
    assert titles(client.get("/@ada").text) == ["broken", "secret"]


def test_lists_say_where_they_are_and_forms_are_not_for_search_engines(client: FlaskClient) -> None:
    make_admin()
    base_url = resources().settings.base_url
    for address in ("/", "/newest", "/popular", "/popular/week"):
        page = client.get(f"{address}?limit=3").text
        assert f'<link rel="canonical" href="{base_url}{address}">' in page
        assert f'<meta property="og:url" content="{base_url}{address}">' in page
        assert 'name="robots"' not in page
    for address in ("/login?next=/studio", "/register", "/password"):
        assert '<meta name="robots" content="noindex">' in client.get(address).text


def test_what_leads_to_the_oembed_answer_is_a_whole_address(client: FlaskClient) -> None:
    base_url = resources().settings.base_url
    video = make_video(make_user("ada"))
    make_encode(video, resources().storage)
    page = client.get(f"/watch/{video.public_id}").text
    assert page.count(f'+oembed" href="{base_url}/oembed?') == 2
    embedded = client.get(f"/embed/{video.public_id}").text
    assert f'<link rel="canonical" href="{base_url}/watch/{video.public_id}">' in embedded
