"""Playback tokens: what is in them, how long they hold, and how often the database is asked."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.factories import make_encode, make_user, make_video
from tests.queries import counted_queries
from tests.servers import wait_until
from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound
from vod_web.core.settings import Settings
from vod_web.models import Video, Visibility
from vod_web.services.playback import authorize, make_token, media_address, read_token
from vod_web.services.videos import get_video
from vod_web.storage import open_storage

KEY = "a secret key of this test"


@pytest.fixture
def unlisted(database: Engine, settings: Settings) -> Video:
    """An unlisted video with an encode."""
    owner = make_user()
    video = make_video(owner, visibility=Visibility.UNLISTED)
    make_encode(video, open_storage(settings))
    return get_video(owner, video.public_id)


def parts(address: str) -> tuple[str, str, str, str]:
    _, _, token, video_id, encode_id, path = address.split("/", 5)
    return token, video_id, encode_id, path


def test_tokens_say_who_watches_what_until_when(unlisted: Video) -> None:
    person, now = make_user(), utc_now()
    told = read_token(make_token(unlisted, person, secret_key=KEY, now=now), secret_key=KEY, now=now)
    assert (told.video_id, told.access_epoch, told.person_id) == (unlisted.public_id, 0, person.id)
    lasts_s = told.expires_at_s - now.timestamp()
    assert 12 * 3600 <= lasts_s <= 13 * 3600


def test_tokens_of_one_hour_are_the_same_so_that_caches_hit(unlisted: Video) -> None:
    noon = utc_now().replace(minute=0, second=1, microsecond=0)
    first = make_token(unlisted, None, secret_key=KEY, now=noon)
    assert make_token(unlisted, None, secret_key=KEY, now=noon + timedelta(minutes=59)) == first
    assert make_token(unlisted, None, secret_key=KEY, now=noon + timedelta(minutes=61)) != first


def test_tokens_are_plain_in_an_address(unlisted: Video) -> None:
    token = make_token(unlisted, make_user(), secret_key=KEY, now=utc_now())
    assert all(character.isalnum() or character in "-_." for character in token)
    assert len(token) < 200


@pytest.mark.parametrize("token", ["", "x", "a.b", "W10.AAAA", "public2"])
def test_what_is_not_a_token_is_refused(token: str) -> None:
    with pytest.raises(NotFound):
        read_token(token, secret_key=KEY, now=utc_now())


def test_tokens_of_another_site_are_refused(unlisted: Video) -> None:
    token = make_token(unlisted, None, secret_key="another", now=utc_now())
    with pytest.raises(NotFound):
        read_token(token, secret_key=KEY, now=utc_now())


def test_tokens_expire(unlisted: Video) -> None:
    now = utc_now()
    token = make_token(unlisted, None, secret_key=KEY, now=now)
    assert read_token(token, secret_key=KEY, now=now + timedelta(hours=12)).person_id == 0
    with pytest.raises(NotFound):
        read_token(token, secret_key=KEY, now=now + timedelta(hours=13, seconds=1))


def test_the_database_is_asked_once_for_many_segments(unlisted: Video) -> None:
    address = parts(media_address(unlisted, None, "720p/0.m4s", secret_key=KEY))
    authorize(*address, secret_key=KEY)
    with counted_queries() as statements:
        for number in range(20):
            authorize(*address[:3], f"720p/{number}.m4s", secret_key=KEY)
    assert len([text for text in statements if "encodes" in text]) <= 1


def test_answers_are_asked_for_anew(unlisted: Video) -> None:
    address = parts(media_address(unlisted, None, "720p/0.m4s", secret_key=KEY))
    authorize(*address, secret_key=KEY)

    def asks() -> bool:
        with counted_queries() as statements:
            authorize(*address, secret_key=KEY)
        return bool(statements)

    wait_until(asks, what="the answer is asked for anew", limit_s=1.0)


def test_addresses_need_something_that_plays(database: Engine) -> None:
    owner = make_user()
    video = get_video(owner, make_video(owner).public_id)
    with pytest.raises(NotFound):
        media_address(video, owner, "multivariant.m3u8", secret_key=KEY)


@pytest.mark.parametrize("path", ["../x", "a//b", "", ".x", "a/", "x\n"])
def test_paths_are_names_within_the_encode(unlisted: Video, path: str) -> None:
    address = parts(media_address(unlisted, None, "720p/0.m4s", secret_key=KEY))
    with pytest.raises(NotFound):
        authorize(*address[:3], path, secret_key=KEY)
