"""Media addresses: who may have what, and how it is sent."""

import dataclasses
import gzip
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import with_settings
from tests.factories import ENCODE_FILES, make_admin, make_encode, make_unready_video, make_user, make_video
from tests.media.probes import even_video, make_probe
from tests.queries import counted_queries
from tests.s3_server import S3Server
from tests.servers import wait_until
from vod_web.app import create_app
from vod_web.core.clock import utc_now
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, transaction
from vod_web.media.plan import EncodeOptions, plan_encode
from vod_web.models import Encode, EncodeStatus, User, Video, VideoStatus, Visibility
from vod_web.resources import resources
from vod_web.schemas.captions import CaptionCreate
from vod_web.schemas.videos import VideoUpdate
from vod_web.services import bin as video_bin
from vod_web.services import captions, videos
from vod_web.services.playback import media_address
from vod_web.services.video_telling import read_video
from vod_web.storage.s3 import S3Storage

A_SECOND = 1.0
FILES = ("multivariant.m3u8", "720p/media.m3u8", "720p/0.m4s")


@dataclasses.dataclass(frozen=True)
class Published:
    """A video with its encode and its owner."""

    owner: User
    video: Video
    encode: Encode

    def address(self, path: str, actor: User | None = None) -> str:
        """Where `actor` finds a file of it."""
        video = videos.get_video(actor or self.owner, self.video.public_id)
        return media_address(video, actor, path, secret_key=resources().settings.secret_key)

    def plain_address(self, path: str) -> str:
        """Where everybody finds a file of it, if it is public."""
        return f"/media/public/{self.video.public_id}/{self.encode.public_id}/{path}"


def publish(visibility: Visibility = Visibility.PUBLIC, **values: object) -> Published:
    """A video with stored files."""
    owner = make_user()
    video = make_video(owner, visibility=visibility, **values)
    return Published(owner, video, make_encode(video, resources().storage))


def change(published: Published, visibility: Visibility) -> None:
    videos.update_video(published.owner, published.video.public_id, VideoUpdate(visibility=visibility))


def status(client: FlaskClient, address: str) -> int:
    return get(client, address).status_code


def get(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    """The whole answer; the file behind it is closed again."""
    return client.get(
        address, headers={name.replace("_", "-"): value for name, value in headers.items()}, buffered=True
    )


def test_public_files_have_plain_addresses_and_their_types(client: FlaskClient) -> None:
    published = publish()
    types = {
        "multivariant.m3u8": "application/vnd.apple.mpegurl",
        "720p/init.mp4": "video/mp4",
        "720p/0.m4s": "video/iso.segment",
        "poster.jpg": "image/jpeg",
        "storyboard.vtt": "text/vtt",
    }
    for path, content_type in types.items():
        address = published.address(path)
        response = get(client, address)
        assert address == published.plain_address(path)
        assert response.status_code == 200
        assert response.data == ENCODE_FILES[path]
        assert response.mimetype == content_type
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Access-Control-Allow-Origin"] == "*"


def add_captions(published: Published, actor: User | None) -> str:
    """Add a caption track; gives the address where `actor` finds it."""
    text = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n"
    video_id, storage = published.video.public_id, resources().storage
    captions.add_caption(published.owner, video_id, CaptionCreate(language="en"), text, storage=storage)
    video = videos.get_video(actor or published.owner, video_id)
    return read_video(video, actor, settings=resources().settings).captions[0].url


def test_captions_have_addresses_of_their_own_whatever_encode_plays(client: FlaskClient) -> None:
    published = publish()
    address = add_captions(published, None)
    response = get(client, address)
    assert (response.status_code, response.mimetype) == (200, "text/vtt")
    assert b"Hello" in response.data
    assert response.headers["Cache-Control"] == "public, max-age=3600, s-maxage=1"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    playlist = get(client, address.replace("captions.vtt", "media.m3u8"))
    assert playlist.mimetype == "application/vnd.apple.mpegurl"
    assert "X-TIMESTAMP-MAP" in get(client, address.replace("captions.vtt", "0.vtt")).text
    assert status(client, address.replace("captions.vtt", "else.vtt")) == 404
    assert status(client, address.replace("/captions/", "/captionz/")) == 404


def test_captions_are_as_private_as_their_video(client: FlaskClient) -> None:
    published = publish(Visibility.PRIVATE)
    address = add_captions(published, published.owner)
    assert get(client, address).headers["Cache-Control"] == "private, max-age=3600"
    token = address.split("/")[2]
    assert status(client, address.replace(token, "public")) == 404
    add_captions(other := publish(), None)
    assert status(client, address.replace(published.video.public_id, other.video.public_id)) == 404
    video_bin.delete_video(published.owner, published.video.public_id, now=utc_now())
    wait_until(lambda: status(client, address) == 404, what="gone", limit_s=A_SECOND)


def test_playlists_are_compressed_for_players_that_ask(client: FlaskClient) -> None:
    address = publish().address("multivariant.m3u8")
    plain = get(client, address)
    packed = get(client, address, Accept_Encoding="gzip, br")

    assert gzip.decompress(packed.data) == plain.data
    assert (packed.headers["Content-Encoding"], packed.mimetype) == ("gzip", "application/vnd.apple.mpegurl")
    assert plain.headers.get("Content-Encoding") is None
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert get(client, address, Accept_Encoding="gzip", If_None_Match=packed.headers["ETag"]).status_code == 304
    assert get(client, address, Accept_Encoding="gzip", Range="bytes=0-6").data == plain.data[:7]


def test_segments_are_immutable_and_shared_caches_ask_again_after_a_second(client: FlaskClient) -> None:
    published = publish()
    kept = get(client, published.plain_address("720p/0.m4s")).headers["Cache-Control"]
    assert kept == "public, max-age=31536000, immutable, s-maxage=1"
    assert "max-age=0" in get(client, published.plain_address("multivariant.m3u8")).headers["Cache-Control"]


def test_files_behind_a_token_are_for_one_browser(client: FlaskClient) -> None:
    published = publish(Visibility.UNLISTED)
    for path in ENCODE_FILES:
        response = get(client, published.address(path))
        assert response.status_code == 200
        assert response.headers["Cache-Control"].startswith("private")


def test_playlists_in_progress_are_not_cached(client: FlaskClient) -> None:
    published = publish()
    with transaction() as session:
        session.merge(published.encode).status = EncodeStatus.PROCESSING
    assert get(client, published.plain_address("720p/media.m3u8")).headers["Cache-Control"] == "no-store"


def publish_played_early() -> Published:
    """A video that is ready, while players are open still that began with its quick rendition, like the one in 720p."""
    published = publish()
    plan = plan_encode(make_probe(even_video()), EncodeOptions(heights=(720,)))
    assert plan.quick_twin == "720p"
    with transaction() as session:
        session.get_one(Encode, published.encode.id).plan = plan.to_json()
    return published


def test_players_of_the_quick_rendition_go_on_with_the_one_that_equals_it(client: FlaskClient) -> None:
    published = publish_played_early()

    for name in ("init.mp4", "0.m4s"):
        response = get(client, published.plain_address(f"quick/{name}"))
        assert (response.status_code, response.data) == (200, ENCODE_FILES[f"720p/{name}"])
        assert "immutable" in response.headers["Cache-Control"]
    assert status(client, published.plain_address("quick/1000.m4s")) == 404


def test_ranges_heads_and_conditions(client: FlaskClient) -> None:
    address = publish().plain_address("720p/0.m4s")
    content = ENCODE_FILES["720p/0.m4s"]
    part = get(client, address, Range="bytes=100-199")
    assert (part.status_code, part.data) == (206, content[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(content)}"
    tail = get(client, address, Range="bytes=-10")
    assert tail.data == content[-10:]
    assert get(client, address, Range=f"bytes={len(content)}-").status_code == 416
    head = client.head(address, buffered=True)
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(content))
    etag = head.headers["ETag"]
    unchanged = get(client, address, If_None_Match=etag)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert "immutable" in unchanged.headers["Cache-Control"]
    stale = get(client, address, Range="bytes=0-9", If_Range='"another"')
    assert (stale.status_code, stale.data) == (200, content)


def test_other_sites_may_ask_with_ranges(client: FlaskClient) -> None:
    response = client.options(
        publish().plain_address("720p/0.m4s"),
        headers={
            "Origin": "https://elsewhere.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "range",
        },
    )
    assert response.status_code == 204
    assert "Range" in response.headers["Access-Control-Allow-Headers"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_no_cookie_no_write_and_one_query(client: FlaskClient) -> None:
    published = publish(Visibility.UNLISTED)
    status(client, "/media/public/aaaaaaaaaaa/bbbbbbbbbbb/x.m4s")  # whatever the app does once is done now
    address = published.address("720p/0.m4s")
    with counted_queries() as statements:
        response = get(client, address)
    assert response.status_code == 200
    assert len([statement for statement in statements if "BEGIN" not in statement]) == 1
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")
    with counted_queries() as statements:
        assert status(client, published.address("720p/init.mp4")) == 200
    assert not [statement for statement in statements if "encodes.public_id" in statement]


@pytest.mark.parametrize(
    "path",
    [
        "../../../secret_key",
        "..%2f..%2fsecret_key",
        ".hidden",
        "720p/../poster.jpg",
        "nothing.m4s",
        "720p",
        "%00",
        "a\\b",
    ],
)
def test_no_path_leads_out_of_an_encode(client: FlaskClient, path: str) -> None:
    published = publish()
    assert status(client, published.plain_address(path)) == 404


def test_sources_are_not_media(client: FlaskClient) -> None:
    published = publish()
    resources().storage.put_bytes(f"sources/{published.video.public_id}/x/source", b"secret", content_type="x/y")
    assert status(client, f"/media/public/{published.video.public_id}/../source") == 404


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.INTERNAL, Visibility.PRIVATE])
def test_only_public_videos_have_a_plain_address(client: FlaskClient, visibility: Visibility) -> None:
    published = publish(visibility)
    for path in ENCODE_FILES:
        assert status(client, published.plain_address(path)) == 404


def test_tokens_are_for_one_video_and_cannot_be_made_up(client: FlaskClient) -> None:
    published, other = publish(Visibility.PRIVATE), publish(Visibility.PRIVATE)
    address = published.address("multivariant.m3u8", published.owner)
    token = address.split("/")[2]
    assert status(client, address) == 200
    stolen = f"/media/{token}/{other.video.public_id}/{other.encode.public_id}/multivariant.m3u8"
    assert status(client, stolen) == 404
    for forged in (token[:-2] + "AA", token.split(".")[0], "x", token + "A"):
        assert status(client, address.replace(token, forged)) == 404


def test_an_encode_belongs_to_its_video(client: FlaskClient) -> None:
    public, private = publish(), publish(Visibility.PRIVATE)
    mixed = f"/media/public/{public.video.public_id}/{private.encode.public_id}/multivariant.m3u8"
    assert status(client, mixed) == 404


@pytest.mark.parametrize("visibility", [Visibility.INTERNAL, Visibility.PRIVATE])
def test_making_a_public_video_private_stops_it_within_a_second(client: FlaskClient, visibility: Visibility) -> None:
    published = publish()
    addresses = [published.plain_address(path) for path in FILES]
    assert [status(client, address) for address in addresses] == [200, 200, 200]
    change(published, visibility)
    wait_until(lambda: {status(client, address) for address in addresses} == {404}, what="gone", limit_s=A_SECOND)
    tokens = [published.address(path, published.owner) for path in FILES]
    assert [status(client, address) for address in tokens] == [200, 200, 200]


def test_tokens_end_when_who_may_watch_changes(client: FlaskClient) -> None:
    published = publish(Visibility.UNLISTED)
    visitor_address = published.address("720p/0.m4s")
    assert status(client, visitor_address) == 200
    change(published, Visibility.PRIVATE)
    wait_until(lambda: status(client, visitor_address) == 404, what="the visitor is out", limit_s=A_SECOND)
    change(published, Visibility.UNLISTED)
    wait_until(lambda: status(client, published.address("720p/0.m4s")) == 200, what="back by a new token")
    assert status(client, visitor_address) == 404


def test_named_viewers_watch_until_they_are_taken_off(client: FlaskClient) -> None:
    friend = make_user("friend")
    published = publish(Visibility.PRIVATE, viewers=[friend])
    address = published.address("720p/0.m4s", friend)
    assert status(client, address) == 200
    videos.update_video(published.owner, published.video.public_id, VideoUpdate(viewers=[]))
    wait_until(lambda: status(client, address) == 404, what="the friend is out", limit_s=A_SECOND)


def test_suspended_people_stop_within_a_second(client: FlaskClient) -> None:
    viewer = make_user("viewer")
    published = publish(Visibility.INTERNAL)
    address = published.address("720p/0.m4s", viewer)
    assert status(client, address) == 200
    with transaction() as session:
        session.merge(viewer).is_suspended = True
    wait_until(lambda: status(client, address) == 404, what="the suspended person is out", limit_s=A_SECOND)


def test_deleted_videos_stop_for_everybody_and_leave_their_owner_the_poster(client: FlaskClient) -> None:
    published = publish()
    plain = [published.plain_address(path) for path in FILES]
    assert [status(client, address) for address in plain] == [200, 200, 200]
    video_bin.delete_video(published.owner, published.video.public_id, now=utc_now())
    wait_until(lambda: {status(client, address) for address in plain} == {404}, what="gone", limit_s=A_SECOND)
    secret_key = resources().settings.secret_key
    [deleted] = video_bin.list_bin(published.owner)
    expected = (
        (published.owner, "multivariant.m3u8", 404),
        (published.owner, "poster.jpg", 200),
        (make_user(), "poster.jpg", 404),
    )
    addresses = [media_address(deleted, person, path, secret_key=secret_key) for person, path, _ in expected]
    assert [status(client, address) for address in addresses] == [code for *_, code in expected]


def test_blocked_videos_play_for_those_who_judge_them(client: FlaskClient) -> None:
    published = publish(status=VideoStatus.BLOCKED, status_reason="It is under review.")
    assert status(client, published.plain_address("720p/0.m4s")) == 404
    assert status(client, published.address("720p/0.m4s", make_admin())) == 200


def test_videos_that_do_not_play_yet_have_pictures(client: FlaskClient) -> None:
    owner = make_user()
    video = make_unready_video(owner, VideoStatus.PROCESSING)
    encode = make_encode(video, resources().storage, status=EncodeStatus.PROCESSING, is_active=False)
    assert status(client, f"/media/public/{video.public_id}/{encode.public_id}/poster.jpg") == 200


def test_expired_tokens_are_refused(app: Flask, client: FlaskClient) -> None:
    from vod_web.services.playback import make_token

    published = publish(Visibility.UNLISTED)
    secret_key = resources().settings.secret_key
    long_ago = utc_now().replace(year=utc_now().year - 1)
    video = videos.get_video(None, published.video.public_id)
    token = make_token(video, None, secret_key=secret_key, now=long_ago)
    response = get(client, f"/media/{token}/{video.public_id}/{published.encode.public_id}/multivariant.m3u8")
    assert response.status_code == 404
    assert "expired" in response.text


def ask_without_storage(client: FlaskClient, published: Published) -> None:
    """While the disk is away, players are asked to come back; then everything is there again."""
    media = resources().settings.data_dir / "media"
    away = media.rename(media.with_name("away"))
    for path in FILES:
        response = get(client, published.plain_address(path))
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert response.headers["Cache-Control"] == "no-store"
    away.rename(media)
    assert status(client, published.plain_address("720p/0.m4s")) == 200


def test_players_are_asked_to_come_back_while_the_storage_is_away(client: FlaskClient) -> None:
    ask_without_storage(client, publish())


@contextmanager
def site(settings: Settings) -> Iterator[FlaskClient]:
    """A browser of a site with these settings."""
    app = create_app(settings)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)
    with app.app_context():
        yield app.test_client()
        close_session()
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def nginx_client(settings: Settings, database: object) -> Iterator[FlaskClient]:
    """A browser of the same site, with an nginx that sends its files."""
    with site(with_settings(settings, sendfile="nginx")) as client:
        yield client


def test_nginx_sends_what_the_app_allows(nginx_client: FlaskClient) -> None:
    published = publish()
    response = get(nginx_client, published.plain_address("720p/0.m4s"))
    key = f"videos/{published.video.public_id}/{published.encode.public_id}/720p/0.m4s"
    assert response.headers["X-Accel-Redirect"] == f"/stored-media/{key}"
    assert response.data == b""
    assert response.mimetype == "video/iso.segment"
    assert "immutable" in response.headers["Cache-Control"]
    assert get(nginx_client, published.plain_address("720p/1.m4s")).status_code == 404
    early = publish_played_early()
    sent = get(nginx_client, early.plain_address("quick/0.m4s")).headers["X-Accel-Redirect"]
    assert sent.endswith(f"{early.encode.public_id}/720p/0.m4s")
    ask_without_storage(nginx_client, published)


@pytest.fixture
def s3_client(settings: Settings, database: object, s3_server: S3Server) -> Iterator[FlaskClient]:
    """A browser of the same site with its files on S3."""
    on_s3 = with_settings(
        settings,
        storage="s3",
        s3_endpoint_url=s3_server.endpoint_url,
        s3_bucket="vod",
        s3_access_key=s3_server.access_key,
        s3_secret_key=s3_server.secret_key,
    )
    with site(on_s3) as client:
        assert isinstance(resources().storage, S3Storage)
        yield client


def test_s3_segments_are_fetched_at_a_signed_address(s3_client: FlaskClient) -> None:
    published = publish(Visibility.PRIVATE)
    response = get(s3_client, published.address("720p/0.m4s", published.owner))
    assert response.status_code == 302
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    with urlopen(response.location, timeout=5) as found:
        assert found.read() == ENCODE_FILES["720p/0.m4s"]
        assert found.headers["Content-Type"] == "video/iso.segment"
    with urlopen(Request(response.location, headers={"Range": "bytes=5-9"}), timeout=5) as part:
        assert (part.status, part.read()) == (206, ENCODE_FILES["720p/0.m4s"][5:10])


def test_s3_serves_the_rendition_that_equals_the_quick_one(s3_client: FlaskClient) -> None:
    published = publish_played_early()

    response = get(s3_client, published.plain_address("quick/0.m4s"))

    assert response.status_code == 302
    assert f"{published.encode.public_id}/720p/0.m4s" in response.headers["Location"]


def test_s3_playlists_keep_their_address_so_that_names_in_them_do(s3_client: FlaskClient) -> None:
    published = publish(Visibility.PRIVATE)
    for path in ("multivariant.m3u8", "720p/media.m3u8", "storyboard.vtt"):
        address = published.address(path, published.owner)
        response = get(s3_client, address)
        assert (response.status_code, response.data) == (200, ENCODE_FILES[path])
        assert get(s3_client, address, If_None_Match=response.headers["ETag"]).status_code == 304
        assert get(s3_client, address, Range="bytes=0-5").data == ENCODE_FILES[path][:6]


def test_s3_captions_come_from_the_site_itself(s3_client: FlaskClient) -> None:
    """Browsers refuse a track from another origin."""
    published = publish(Visibility.PRIVATE)
    response = get(s3_client, add_captions(published, published.owner))
    assert (response.status_code, response.mimetype) == (200, "text/vtt")


def test_s3_heads_tell_the_size(s3_client: FlaskClient) -> None:
    response = s3_client.head(publish().plain_address("720p/0.m4s"))
    assert (response.status_code, response.content_length) == (200, len(ENCODE_FILES["720p/0.m4s"]))


def test_s3_objects_that_are_not_there_are_not_found(s3_client: FlaskClient) -> None:
    published = publish()
    assert get(s3_client, published.plain_address("1080p/media.m3u8")).status_code == 404
    assert s3_client.head(published.plain_address("1080p/9.m4s")).status_code == 404


def test_s3_videos_stop_within_a_second_too(s3_client: FlaskClient) -> None:
    published = publish()
    addresses = [published.plain_address(path) for path in FILES]
    assert [status(s3_client, address) for address in addresses] == [200, 200, 302]
    change(published, Visibility.PRIVATE)
    began = time.monotonic()
    wait_until(lambda: {status(s3_client, address) for address in addresses} == {404}, what="gone", limit_s=A_SECOND)
    assert time.monotonic() - began < A_SECOND
