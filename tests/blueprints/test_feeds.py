"""Feeds, as feed readers take them: read by feedparser, and as XML and JSON."""

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from flask.testing import FlaskClient

from tests.factories import bearer, make_encode, make_user, make_video, sign_in
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.db.session import transaction
from vod_web.media.episodes import EPISODE_NAME
from vod_web.models import Category, Encode, Licence, Playlist, PlaylistItem, User, Video, VideoStatus, Visibility
from vod_web.resources import resources
from vod_web.storage.keys import encode_prefix

HARD = 'Tom & Jerry <b>"1"</b> ]]> \N{PILE OF POO}'
FORMS = ("rss", "atom", "json")
MOST_QUERIES = 16


def read(client: FlaskClient, path: str) -> tuple[str, list[dict[str, Any]]]:
    """Title and items of a feed, which must be well formed; each item with title, link, id and content."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    if path.partition("?")[0].endswith(".json"):
        told = json.loads(answer.text)
        assert told["version"] == "https://jsonfeed.org/version/1.1"
        names = {"title": "title", "link": "url", "id": "id", "content": "content_html"}
        return told["title"], [{key: item[name] for key, name in names.items()} for item in told["items"]]
    ElementTree.fromstring(answer.data)
    parsed = feedparser.parse(answer.data)
    assert not parsed.bozo
    assert parsed.version == {"rss": "rss20", "atom": "atom10"}[path.partition("?")[0].rpartition(".")[2]]
    items = [
        {
            "title": entry.title,
            "link": entry.link,
            "id": entry.id,
            "content": entry.content[0].value if "content" in entry else entry.summary,
        }
        for entry in parsed.entries
    ]
    return parsed.feed.title, items


def titles(client: FlaskClient, path: str) -> list[str]:
    return [item["title"] for item in read(client, path)[1]]


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_tells_all_of_a_video_with_whole_addresses(client: FlaskClient, form: str) -> None:
    ada = make_user("ada", display_name="Ada & co")
    text = "See https://example.org/a?b&c at 0:30\n<script>"
    video = make_video(ada, HARD, description=text, tags=["sea"], category=Category.NATURE)
    make_encode(video, resources().storage)
    base_url = resources().settings.base_url
    title, [item] = read(client, f"/feeds/channels/ada.{form}")
    assert title.startswith("Ada & co")
    assert feedparser.util.FeedParserDict(item)["link"] == f"{base_url}/watch/{video.public_id}"
    assert HARD.replace("<b>", "").replace("</b>", "")[:11] in item["title"]
    assert 'href="https://example.org/a?b&amp;c"' in item["content"]
    assert f'href="{base_url}/watch/{video.public_id}?t=30"' in item["content"]
    assert "<script>" not in item["content"]
    assert item["id"].startswith("urn:uuid:")


def test_no_feed_tells_of_a_video_without_a_length(client: FlaskClient) -> None:
    make_encode(make_video(make_user("ada"), "A blink", duration_s=0.4), resources().storage)
    assert 'medium="video" duration="1"' in client.get("/feeds/videos.rss").text
    assert client.get("/feeds/videos.json").get_json()["items"][0]["attachments"][0]["duration_in_seconds"] == 1


def test_feeds_name_the_licence(client: FlaskClient) -> None:
    make_video(make_user("ada"), licence=Licence.CC0)
    text = "https://creativecommons.org/publicdomain/zero/1.0/"
    assert f'<link rel="license" href="{text}"/>' in client.get("/feeds/videos.atom").text
    assert (
        f'<media:license type="text/html" href="{text}">CC0 1.0</media:license>' in client.get("/feeds/videos.rss").text
    )
    assert titles(client, "/feeds/videos.atom") == titles(client, "/feeds/videos.rss") == ["A video"]


def test_what_xml_cannot_hold_is_left_out(client: FlaskClient) -> None:
    make_video(make_user("ada"), "A\x08B\ufffeC")
    assert titles(client, "/feeds/videos.rss") == titles(client, "/feeds/videos.atom") == ["ABC"]


@pytest.mark.parametrize("form", FORMS)
def test_feeds_hold_what_visitors_may_find_whoever_asks(client: FlaskClient, form: str) -> None:
    ada = make_user("ada")
    for visibility in Visibility:
        make_video(ada, f"sea {visibility.value}", visibility=visibility, viewers=[ada])
    make_video(ada, "sea blocked", status=VideoStatus.BLOCKED)
    make_video(ada, "sea deleted", status=VideoStatus.DELETED)
    sign_in(client, ada)
    for path in ("videos.{}", "channels/ada.{}", "search.{}?query=sea"):
        assert titles(client, "/feeds/" + path.format(form)) == ["sea public"], path


def playlist_of(owner: User, visibility: Visibility, *videos: Video) -> Playlist:
    with transaction() as session:
        playlist = Playlist(owner_id=owner.id, title="Best of", visibility=visibility, item_count=len(videos))
        session.add(playlist)
        session.flush()
        for place, video in enumerate(videos):
            session.add(PlaylistItem(playlist_id=playlist.id, video_id=video.id, position=float(place)))
    return playlist


@pytest.mark.parametrize("form", FORMS)
def test_a_playlist_has_a_feed_as_long_as_visitors_may_see_it(client: FlaskClient, form: str) -> None:
    ada = make_user("ada")
    videos = [make_video(ada, "one"), make_video(ada, "two", visibility=Visibility.UNLISTED), make_video(ada, "three")]
    sign_in(client, ada)
    for visibility in (Visibility.PUBLIC, Visibility.UNLISTED):
        shown = playlist_of(ada, visibility, *videos)
        assert titles(client, f"/feeds/playlists/{shown.public_id}.{form}") == ["one", "three"]
    for visibility in (Visibility.INTERNAL, Visibility.PRIVATE):
        hidden = playlist_of(ada, visibility, *videos)
        assert client.get(f"/feeds/playlists/{hidden.public_id}.{form}").status_code == 404


def test_newest_come_first_and_a_search_may_be_by_tag_or_category(client: FlaskClient) -> None:
    ada, now = make_user("ada"), utc_now()
    for number in range(3):
        make_video(ada, f"film {number}", tags=["sea"], published_at=now - timedelta(hours=number))
    make_video(ada, "other", category=Category.NATURE)
    assert titles(client, "/feeds/search.rss?tag=sea") == ["film 0", "film 1", "film 2"]
    assert titles(client, "/feeds/search.atom?category=nature") == ["other"]
    assert client.get("/feeds/search.rss?category=odd").status_code == 422


@pytest.mark.parametrize("form", FORMS)
def test_readers_that_have_the_newest_get_304(client: FlaskClient, form: str) -> None:
    ada = make_user("ada")
    old = make_video(ada, "old")
    first = client.get(f"/feeds/videos.{form}")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert first.last_modified is not None
    known = {"If-None-Match": first.headers["ETag"], "If-Modified-Since": first.headers["Last-Modified"]}
    again = client.get(f"/feeds/videos.{form}", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    with transaction() as session:  # it is gone from the feed, though the feed is no newer
        session.get_one(Video, old.id).visibility = Visibility.PRIVATE
    assert client.get(f"/feeds/videos.{form}", headers=known).status_code == 200
    del known["If-None-Match"]
    assert client.get(f"/feeds/videos.{form}", headers=known).status_code == 200


@pytest.mark.parametrize("form", FORMS)
def test_empty_feeds_are_feeds(client: FlaskClient, form: str) -> None:
    make_user("ada")
    for path in ("videos", "channels/ada", "search"):
        assert titles(client, f"/feeds/{path}.{form}") == []


@pytest.mark.parametrize(
    "path", ["/feeds/videos.odd", "/feeds/channels/nobody-here.rss", "/feeds/playlists/AAAAAAAAAAA.rss"]
)
def test_what_is_not_there_has_no_feed(client: FlaskClient, path: str) -> None:
    make_user("ada")
    assert client.get(path).status_code == 404


def test_pages_name_their_feeds(client: FlaskClient) -> None:
    ada = make_user("ada")
    shown = playlist_of(ada, Visibility.PUBLIC, make_video(ada))
    for page, feed in [
        ("/", "/feeds/videos.rss"),
        ("/@ada", "/feeds/channels/ada.atom"),
        (f"/playlists/{shown.public_id}", f"/feeds/playlists/{shown.public_id}.json"),
        ("/search?query=sea&sort=views", "/feeds/search.rss?query=sea"),
    ]:
        assert f'href="{feed}"' in client.get(page).text, page


def test_a_feed_costs_the_same_however_much_it_holds(client: FlaskClient) -> None:
    ada = make_user("ada")
    client.get("/feeds/channels/ada.rss")
    counts = []
    for _ in range(2):
        for _ in range(4):
            make_encode(make_video(ada, tags=["sea"]), resources().storage)
        with counted_queries() as statements:
            client.get("/feeds/channels/ada.rss")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_a_podcast_has_one_file_for_each_episode(client: FlaskClient) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = False
    ada = make_user("ada", display_name="Ada & co")
    video = make_video(ada, HARD, language="no", licence=Licence.CC_BY)
    encode = make_encode(video, resources().storage)
    key = encode_prefix(video.public_id, encode.public_id) + EPISODE_NAME
    resources().storage.put_bytes(key, b"sound" * 100, content_type="audio/x-m4a")
    with transaction() as session:
        session.get_one(Encode, encode.id).episode_bytes = 500
    address = "/feeds/channels/ada/podcast.xml"
    assert client.get(address).status_code == 404
    sign_in(client, ada)
    client.post("/account/podcast", data={"is_on": "true"})
    assert address in client.get("/account/uploads").text
    assert f'href="{address}"' in client.get("/@ada").text
    told = feedparser.parse(client.get(address).data)
    assert not told.bozo
    assert (told.feed.title, told.feed.language, told.feed.author) == ("Ada & co", "no", "Ada & co")
    [entry] = told.entries
    [enclosure] = entry.enclosures
    assert '<podcast:license url="https://creativecommons.org/licenses/by/4.0/">cc-by-4.0<' in client.get(address).text
    assert (enclosure.type, enclosure.length, entry.itunes_duration) == ("audio/x-m4a", "500", "64")
    path = enclosure.href.removeprefix(resources().settings.base_url)
    with client.get(path) as whole, client.get(path, headers={"Range": "bytes=5-9"}) as part:
        assert (whole.data, whole.mimetype) == (b"sound" * 100, "audio/x-m4a")
        assert (part.status_code, part.data) == (206, b"sound")
    token = bearer(ada)
    off = client.put("/api/v1/me/podcast", json={"is_on": False}, headers=token).json
    assert off == {"is_on": False, "url": resources().settings.base_url + address}
    assert client.get("/api/v1/me/podcast", headers=token).json == off
    assert client.get(address).status_code == 404


def test_pages_offer_their_feeds_to_people(client: FlaskClient) -> None:
    ada = make_user("ada", has_podcast=True)
    make_video(ada, "Sea", tags=["sea"])
    lists = {one: playlist_of(ada, one).public_id for one in (Visibility.PUBLIC, Visibility.PRIVATE)}
    sign_in(client, ada)
    feeds_of = {
        "/@ada": ["/feeds/channels/ada.rss", "/feeds/channels/ada.json", "/feeds/channels/ada/podcast.xml"],
        "/search?query=sea&tag=sea": ["/feeds/search.atom?query=sea&amp;tag=sea"],
        "/newest": ["/feeds/videos.rss"],
        f"/playlists/{lists[Visibility.PUBLIC]}": [f"/feeds/playlists/{lists[Visibility.PUBLIC]}.atom"],
    }
    for page, feeds in feeds_of.items():
        text = client.get(page).text
        for feed in feeds:
            assert f'class="menu-item" href="{feed}"' in text, (page, feed)
            assert f'data-copy="{resources().settings.base_url}{feed}"' in text, (page, feed)
    assert 'title="Feeds"' not in client.get(f"/playlists/{lists[Visibility.PRIVATE]}").text
