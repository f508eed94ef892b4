"""The watch page in all states of a video."""

import html
import json
import re
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_encode, make_unready_video, make_user, make_video, sign_in
from tests.queries import counted_queries
from vod_web.db.session import current_session, transaction
from vod_web.models import (
    Encode,
    EncodeStatus,
    Licence,
    Rendition,
    RenditionKind,
    User,
    Video,
    VideoStatus,
    ViewingPosition,
    Visibility,
)
from vod_web.resources import resources
from vod_web.schemas.captions import CaptionCreate
from vod_web.services.captions import add_caption

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


def published(**values: object) -> Video:
    """A video that plays, of somebody called ada."""
    video = make_video(make_user("ada"), "Harbour", **values)
    make_encode(video, resources().storage)
    return video


def test_the_page_has_the_player_and_what_belongs_to_it(client: FlaskClient) -> None:
    video = published(description="At 0:10 a ship. See https://example.org/a(b).", tags=["sea"])
    page = client.get(f"/watch/{video.public_id}").text
    assert "<title>Harbour · " in page
    assert re.search(r'data-hls="/media/public/[^"]+/multivariant\.m3u8"', page)
    assert page.index("data-player") < page.index("<h1")
    assert '<a href="?t=10" data-seek="10">0:10</a>' in page
    assert 'href="https://example.org/a(b)"' in page
    assert 'href="/search?tag=sea"' in page
    assert 'href="/@ada"' in page
    assert "every 2s" not in page
    assert "/studio/videos/" not in page


def test_the_licence_and_the_day_of_recording_stand_under_the_description(client: FlaskClient) -> None:
    video = published(licence=Licence.CC_BY, recorded_on=date(2019, 5, 3))
    page = client.get(f"/watch/{video.public_id}").text
    assert 'Recorded <time datetime="2019-05-03">3 May 2019</time>' in page
    text = "https://creativecommons.org/licenses/by/4.0/"
    assert re.search(f'<a href="{text}" rel="license[^"]*">CC BY 4.0</a>', page)
    structured = json.loads(re.search(r'<script type="application/ld\+json">(.+?)</script>', page)[1])  # type: ignore[index] # it is there
    assert (structured["license"], structured["dateCreated"]) == (text, "2019-05-03")
    reserved = make_video(make_user(), licence=Licence.ALL_RIGHTS_RESERVED)
    page = client.get(f"/watch/{reserved.public_id}").text
    assert "All rights reserved" in page
    assert "Recorded" not in page
    assert 'rel="license' not in page


def test_the_player_and_the_status_name_the_captions(client: FlaskClient) -> None:
    video = published()
    storage, hostile = resources().storage, CaptionCreate(language="en", label='It\'s <b>"here"</b>')
    text = b"00:01.000 --> 00:02.000\nHello\n"
    ada = current_session().get_one(User, video.owner_id)
    add_caption(ada, video.public_id, hostile, text, storage=storage)
    page = client.get(f"/watch/{video.public_id}").text
    status = client.get(f"/watch/{video.public_id}/status", headers=FRAGMENT).text
    for markup, times in ((page, 2), (status, 1)):
        named = re.findall(r"data-captions='([^']*)'", markup)
        assert len(named) == times
        (told,) = json.loads(html.unescape(named[0]))
        assert (told["language"], told["label"]) == ("en", hostile.label)
        assert client.get(told["url"], buffered=True).data.startswith(b"WEBVTT")


def test_the_player_hears_how_loud_each_track_is(client: FlaskClient) -> None:
    video = published()
    assert "data-loudness" not in client.get(f"/watch/{video.public_id}").text
    with transaction() as session:
        session.scalars(select(Rendition).where(Rendition.name == "audio")).one().loudness_lufs = -9.5
    assert 'data-loudness="audio:-9.5 "' in client.get(f"/watch/{video.public_id}").text


def test_search_engines_are_told_of_public_videos_alone(client: FlaskClient) -> None:
    public = published()
    page = client.get(f"/watch/{public.public_id}").text
    base_url = resources().settings.base_url
    assert f'<link rel="canonical" href="{base_url}/watch/{public.public_id}">' in page
    assert f'property="og:image" content="{base_url}/media/public/' in page
    assert "noindex" not in page
    unlisted = make_video(make_user(), visibility=Visibility.UNLISTED)
    make_encode(unlisted, resources().storage)
    page = client.get(f"/watch/{unlisted.public_id}").text
    assert 'name="robots" content="noindex"' in page
    assert "og:image" not in page


def test_text_of_people_is_text(client: FlaskClient) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=y>"
    video = make_video(make_user("ada"), evil, description=evil, tags=["<b>"])
    make_encode(video, resources().storage)
    page = client.get(f"/watch/{video.public_id}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>" not in page


@pytest.mark.parametrize("status", [VideoStatus.UPLOADING, VideoStatus.QUEUED, VideoStatus.PROCESSING])
def test_pages_ask_again_while_something_changes(client: FlaskClient, status: VideoStatus) -> None:
    video = make_unready_video(make_user("ada"), status, progress=0.62, eta_s=185.0)
    page = client.get(f"/watch/{video.public_id}").text
    asks = re.search(r'hx-get="([^"]+)" hx-trigger="every 2s" hx-swap="outerHTML"', page)
    assert asks is not None
    assert "data-player" not in page
    fragment = client.get(asks[1], headers=FRAGMENT).text
    assert "<html" not in fragment
    assert asks[0] in fragment
    assert 'id="watch-player" hx-swap-oob="true"' in fragment
    if status is VideoStatus.PROCESSING:
        assert "62 %, about 3 minutes left" in re.sub(r"\s+", " ", fragment)


def test_the_place_in_the_queue_is_told(client: FlaskClient) -> None:
    ada = make_user("ada")
    for _ in range(3):
        video = make_unready_video(ada, VideoStatus.QUEUED)
        make_encode(video, resources().storage, status="queued", is_active=False)
    assert "number 3 in the queue" in client.get(f"/watch/{video.public_id}").text


def test_the_player_comes_once_and_asking_ends(client: FlaskClient) -> None:
    video = published()
    last = client.get(f"/watch/{video.public_id}/status?shown=place", headers=FRAGMENT).text
    assert "data-player" in last
    assert "every 2s" not in last
    with transaction() as session:
        session.merge(video).status = VideoStatus.PROCESSING
    page = client.get(f"/watch/{video.public_id}").text
    assert "shown=player" in page
    better = client.get(f"/watch/{video.public_id}/status?shown=player", headers=FRAGMENT).text
    assert "data-player" not in better
    assert "every 2s" in better


def test_failures_are_explained_to_those_who_can_do_something(client: FlaskClient) -> None:
    ada = make_user("ada")
    video = make_unready_video(ada, VideoStatus.FAILED, status_reason="The file ends early.")
    neutral = client.get(f"/watch/{video.public_id}").text
    assert "The file ends early." not in neutral
    assert "It cannot be watched." in neutral
    assert "Try again" not in neutral
    sign_in(client, ada)
    page = client.get(f"/watch/{video.public_id}").text
    assert "The file ends early." in page
    assert f'action="/watch/{video.public_id}/retry"' in page


def test_what_is_lost_offers_visitors_nothing_to_do_with_it(client: FlaskClient) -> None:
    ada = make_user("ada")
    lost = make_unready_video(ada, VideoStatus.FAILED)
    coming = make_unready_video(ada, VideoStatus.PROCESSING)
    offers = ('id="reactions"', ">Save</a>", 'popovertarget="share"', 'id="share"', 'id="comments"')
    page = client.get(f"/watch/{lost.public_id}").text
    assert 'href="/@ada"' in page
    assert not [offer for offer in offers if offer in page]
    page = client.get(f"/watch/{coming.public_id}").text
    assert not [offer for offer in offers if offer not in page]
    sign_in(client, ada)
    page = client.get(f"/watch/{lost.public_id}").text
    assert not [offer for offer in offers if offer not in page]


def test_names_in_a_description_lead_to_channels(client: FlaskClient) -> None:
    make_user("Bob")
    named = make_video(make_user("ada"), description="With @bob and @nobody, mail@bob.example")
    text = client.get(f"/watch/{named.public_id}").text
    assert 'With <a href="/@Bob">@bob</a> and @nobody, mail@bob.example' in text
    other = make_video(make_user("cy"), description="mail@bob.example")
    counts = []
    for video in (named, other):
        with counted_queries() as statements:
            client.get(f"/watch/{video.public_id}")
        counts.append(len(statements))
    assert counts[0] == counts[1] + 1


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_retrying_by_form_and_by_htmx(client: FlaskClient, headers: dict[str, str]) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = False
    ada = make_user("ada")
    video = make_unready_video(ada, VideoStatus.FAILED)
    make_encode(video, resources().storage, status="failed", is_active=False)
    sign_in(client, ada)
    response = client.post(f"/watch/{video.public_id}/retry", headers=headers)
    assert response.status_code == (204 if headers else 303)
    assert "Waiting for its turn" in client.get(f"/watch/{video.public_id}").text


def test_changes_need_the_token_of_our_own_page(client: FlaskClient) -> None:
    ada = make_user("ada")
    video = make_unready_video(ada, VideoStatus.FAILED)
    sign_in(client, ada)
    assert client.post(f"/watch/{video.public_id}/retry").status_code == 400
    assert client.post(f"/studio/videos/{video.public_id}/delete").status_code == 400


def test_owners_edit_and_delete_from_here(client: FlaskClient) -> None:
    ada = make_user("ada")
    address = f"/watch/{make_video(ada).public_id}"
    sign_in(client, make_user("eve"))
    assert "/studio/videos/" not in client.get(address).text
    sign_in(client, ada)
    assert "/studio/videos/" in client.get(address).text


@pytest.mark.parametrize(
    ("position_s", "start"), [(5.0, None), (20.0, 'data-start="20.0"'), (62.0, None)], ids=["begun", "middle", "seen"]
)
def test_watching_goes_on_where_it_stopped(client: FlaskClient, position_s: float, start: str | None) -> None:
    video, vera = published(), make_user("vera")
    with transaction() as session:
        session.add(ViewingPosition(user_id=vera.id, video_id=video.id, position_s=position_s))
    assert "data-start" not in client.get(f"/watch/{video.public_id}").text
    sign_in(client, vera)
    page = client.get(f"/watch/{video.public_id}").text
    assert (start in page) if start else ("data-start" not in page)
    assert f'data-position="/api/v1/videos/{video.public_id}/position"' in page


def test_other_videos_stand_beside_and_not_this_one(client: FlaskClient) -> None:
    video = published()
    other = make_video(make_user(), "Mountain")
    page = client.get(f"/watch/{video.public_id}").text
    beside = page.split('class="watch-side"')[1]
    assert other.public_id in beside
    assert video.public_id not in beside


def test_the_page_costs_few_queries_however_much_is_beside_it(client: FlaskClient) -> None:
    video, ada = published(), make_user("bob")
    sign_in(client, ada)
    client.get(f"/watch/{video.public_id}")
    counts = []
    for number in range(6):
        make_encode(make_video(ada, tags=[f"t{number}"]), resources().storage)
        with counted_queries() as statements:
            client.get(f"/watch/{video.public_id}")
        counts.append(len([text for text in statements if not text.startswith("BEGIN")]))
    assert len(set(counts)) == 1
    assert counts[0] <= 20


@pytest.mark.parametrize("public_id", ["AAAAAAAAAAA", "short", "%00aaaaaaaaaa", "a" * 200])
def test_unknown_videos_are_not_found(client: FlaskClient, public_id: str) -> None:
    make_user()
    assert client.get(f"/watch/{public_id}").status_code == 404


def test_a_video_in_progress_plays_and_says_what_is_to_come(client: FlaskClient) -> None:
    video = make_video(make_user("ada"), "Harbour", status=VideoStatus.PROCESSING, progress=0.4, eta_s=125.0)
    encode = make_encode(video, resources().storage, status=EncodeStatus.PROCESSING)
    with transaction() as session:
        for row in session.scalars(select(Rendition).where(Rendition.encode_id == encode.id)):
            row.is_early = True
        session.add(
            Rendition(encode_id=encode.id, kind=RenditionKind.VIDEO, name="1080p", width_px=1920, height_px=1080)
        )

    page = client.get(f"/watch/{video.public_id}").text
    assert "data-player" in page
    assert 'data-qualities="720p"' in page
    assert "720p ready, 1080p in about 2 minutes" in page
    asked = re.search(r'hx-get="(/watch/[^"]+)"', page)
    assert asked is not None
    status = client.get(html.unescape(asked[1]), headers=FRAGMENT).text
    assert "data-player" not in status
    assert 'hx-trigger="every 2s"' in status

    with transaction() as session:
        session.get_one(Video, video.id).status = VideoStatus.READY
        session.get_one(Encode, encode.id).status = EncodeStatus.READY
    status = client.get(html.unescape(asked[1]), headers=FRAGMENT).text
    assert 'data-qualities="720p 1080p"' in status
    assert "every 2s" not in status


def test_a_visitor_who_finds_nothing_may_sign_in(client: FlaskClient) -> None:
    private = published(visibility=Visibility.PRIVATE)
    for address in (f"/watch/{private.public_id}", "/watch/AAAAAAAAAAA?t=5"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert f'href="/login?next={quote(address, safe="/?")}"' in answer.text
    sign_in(client, make_user("bob"))
    assert "/login?next=" not in client.get(f"/watch/{private.public_id}").text


def test_the_page_sends_less_than_100_kb_of_script_beside_the_player(client: FlaskClient) -> None:
    scripts, announced = _scripts_of(client.get(f"/watch/{published().public_id}").text)
    assert [name.partition("-")[0] for name in scripts] == ["hls", "player", "watch", "app"], (
        "what plays begins before all else"
    )
    packed = {"Accept-Encoding": "gzip"}
    sizes = {
        name: len(client.get(f"/static/{name}", headers=packed, buffered=True).data) for name in (*scripts, *announced)
    }
    beside = [size for name, size in sizes.items() if not name.startswith(("hls-", "player-"))]
    assert 20_000 < sum(beside) < 100_000
    assert 50_000 < sizes[scripts[0]] < 120_000, "hls.js holds parts that are not used: see static/hls.mjs"


def test_the_page_announces_all_files_that_its_scripts_need(client: FlaskClient, app: Flask) -> None:
    video = published()
    page = client.get(f"/watch/{video.public_id}").text
    scripts, announced = _scripts_of(page)
    dist = Path(str(app.static_folder))
    needed = {one for name in scripts for one in _imported(dist, name)}
    assert needed == set(announced)
    assert len(announced) == len(set(announced)), "each once"
    assert len(needed) <= 8, "many small files cost a request each: see static/js/basics/shared.js"
    address = f"/media/public/{video.public_id}/[^/]+/multivariant.m3u8"
    assert re.search(f'<link rel="preload" href="{address}" as="fetch" crossorigin[ >]', page)


def test_the_page_of_what_cannot_be_played_yet_announces_no_playlist(client: FlaskClient) -> None:
    ada = make_user("ada")
    video = make_unready_video(ada, status=VideoStatus.QUEUED)
    sign_in(client, ada)
    assert 'rel="preload"' not in client.get(f"/watch/{video.public_id}").text


def _scripts_of(page: str) -> tuple[list[str], list[str]]:
    """The scripts of a page, and what is announced to be asked for with them."""
    scripts = re.findall(r'<script type="module" src="/static/([^"]+)"', page)
    return scripts, re.findall(r'<link rel="modulepreload" href="/static/([^"]+)"', page)


def _imported(dist: Path, name: str) -> list[str]:
    """What is loaded with a script, before it begins."""
    direct = re.findall(r'(?:from|import)"\./([^"]+)"', (dist / name).read_text())
    return [each for one in direct for each in (one, *_imported(dist, one))]
