"""When others get to see a video: at once, when it is ready, or at a time; never before it is ready."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from tests.factories import make_user, make_video
from vod_web.core.clock import utc_now
from vod_web.core.errors import InvalidInput, NotFound
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, transaction
from vod_web.models import Category, Licence, PublishRule, User, Video, VideoStatus
from vod_web.schemas.base import parse_input
from vod_web.schemas.playlists import PlaylistCreate
from vod_web.schemas.uploads import UploadCreate, UploadDefaultsWrite
from vod_web.schemas.video_lists import SearchFilter
from vod_web.schemas.videos import VideoUpdate
from vod_web.services import library, playlists, publication, upload_defaults, uploads, videos
from vod_web.storage import open_storage

NOW = utc_now()
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def owner(database: Engine) -> User:
    """Somebody who may upload."""
    return make_user("ada")


def change(owner: User, video: Video, **changes: object) -> Video:
    return videos.update_video(owner, video.public_id, parse_input(VideoUpdate, changes), now=NOW)


def is_seen(video: Video) -> bool:
    """Whether a visitor finds it, and may open it: these two must agree."""
    close_session()
    listed = {found.public_id for found in library.list_listed(None, SearchFilter()).items}
    try:
        videos.get_video(None, video.public_id)
    except NotFound:
        assert video.public_id not in listed
        return False
    return video.public_id in listed


def see(owner: User, video: Video) -> Video:
    close_session()
    return videos.get_video(owner, video.public_id)


def test_a_video_for_later_is_seen_when_its_time_has_come(owner: User) -> None:
    video = make_video(owner)
    change(owner, video, publish="at_time", publish_at=LATER.isoformat())
    assert not is_seen(video)
    assert publication.publish_due(now=LATER - timedelta(seconds=1)) == 0
    assert publication.publish_due(now=LATER) == 1
    assert is_seen(video)
    assert see(owner, video).published_at == LATER
    assert publication.publish_due(now=LATER) == 0


def test_what_is_not_ready_waits_beyond_its_time(owner: User) -> None:
    video = make_video(owner, status=VideoStatus.PROCESSING, published_at=None)
    change(owner, video, publish="at_time", publish_at=LATER.isoformat())
    assert publication.publish_due(now=LATER) == 0
    seen = see(owner, video)
    with transaction() as session:
        again = session.merge(seen)
        again.status = VideoStatus.READY
        publication.note_ready(again, LATER)
    assert is_seen(video)


def test_what_is_published_when_ready_is_hidden_while_it_merely_plays(owner: User) -> None:
    video = make_video(owner, status=VideoStatus.PROCESSING, published_at=None)
    epoch = change(owner, video, publish="when_ready").access_epoch
    for note in (publication.note_playable, publication.note_ready):
        assert not is_seen(video)
        seen = see(owner, video)
        with transaction() as session:
            note(session.merge(seen), NOW)
    assert is_seen(video)
    assert see(owner, video).access_epoch == epoch


def test_taking_back_what_is_published_ends_playing(owner: User) -> None:
    video = make_video(owner)
    epoch = see(owner, video).access_epoch
    taken_back = change(owner, video, publish="at_time", publish_at=LATER.isoformat())
    assert (taken_back.published_at, taken_back.access_epoch) == (None, epoch + 1)
    assert change(owner, video, publish="now").published_at == NOW
    assert is_seen(video)


def test_saying_the_same_again_changes_nothing(owner: User) -> None:
    video = make_video(owner)
    before = see(owner, video).published_at
    assert change(owner, video, publish="now", title="Other").published_at == before
    assert change(owner, video, publish="when_ready").published_at == before


def test_a_time_must_be_said_and_in_a_zone(owner: User) -> None:
    video = make_video(owner)
    with pytest.raises(InvalidInput, match="Choose a day"):
        change(owner, video, publish="at_time", publish_at="")
    with pytest.raises(InvalidInput, match="in which time zone"):
        change(owner, video, publish="at_time", publish_at="2030-07-01T10:00")
    with pytest.raises(InvalidInput, match="no such time zone"):
        change(owner, video, time_zone="Europe/Atlantis")
    berlin = change(owner, video, publish="at_time", publish_at="2030-07-01T10:00", time_zone="Europe/Berlin")
    assert berlin.publish_at is not None
    assert see(owner, berlin).publish_at.isoformat() == "2030-07-01T08:00:00+00:00"  # type: ignore[union-attr] # as above


def test_category_and_language_are_found_and_can_be_taken_away(owner: User) -> None:
    video = make_video(owner)
    change(owner, video, category="music", language="pt-BR")
    assert [found.id for found in library.list_listed(None, SearchFilter(category=Category.MUSIC)).items] == [video.id]
    assert [found.id for found in library.list_listed(None, SearchFilter(language="pt-BR")).items] == [video.id]
    assert library.list_listed(None, SearchFilter(category=Category.NEWS)).items == []
    changed = change(owner, video, category="", title="Other")
    assert (changed.category, changed.language) == (None, "pt-BR")


def test_licence_and_day_of_recording_are_kept_and_can_be_taken_away(owner: User) -> None:
    video = make_video(owner)
    changed = change(owner, video, licence="cc-by-sa-4.0", recorded_on="2019-05-03")
    assert (changed.licence, changed.recorded_on) == (Licence.CC_BY_SA, date(2019, 5, 3))
    kept = change(owner, video, title="Other", licence="")
    assert (kept.licence, kept.recorded_on) == (None, date(2019, 5, 3))
    assert change(owner, video, recorded_on=None).recorded_on is None


@pytest.mark.parametrize("licence", Licence)
def test_every_licence_fits_its_column_and_names_its_text(licence: Licence) -> None:
    assert len(licence.value) <= 20
    assert licence.label
    assert licence.meaning
    assert (licence.url is None) == (licence is Licence.ALL_RIGHTS_RESERVED)


def test_what_was_recorded_is_not_still_to_come(owner: User) -> None:
    video, today = make_video(owner), utc_now().date()
    tomorrow = today + timedelta(days=1)
    assert change(owner, video, recorded_on=tomorrow.isoformat()).recorded_on == tomorrow, "it is that day somewhere"
    with pytest.raises(InvalidInput, match="still to come"):
        change(owner, video, recorded_on=(today + timedelta(days=2)).isoformat())
    with pytest.raises(InvalidInput, match="four digits"):
        change(owner, video, recorded_on="0019-05-03")
    with pytest.raises(InvalidInput):
        change(owner, video, recorded_on="yesterday")


def test_a_video_is_put_into_ones_own_playlists_and_out_of_them(owner: User) -> None:
    video = make_video(owner)
    trips, talks = (playlists.create_playlist(owner, PlaylistCreate(title=name)) for name in ("Trips", "Talks"))
    change(owner, video, playlists=[trips.public_id])
    change(owner, video, playlists=[talks.public_id, talks.public_id])
    assert playlists.list_playlists_with(owner, video) == [talks.public_id]
    assert [playlist.title for playlist in playlists.list_own_playlists(owner)] == ["Talks", "Trips"]
    other = playlists.create_playlist(make_user("grace"), PlaylistCreate(title="Hers"))
    with pytest.raises(InvalidInput, match="You have no playlist"):
        change(owner, video, playlists=[other.public_id])


def test_uploads_begin_with_what_their_owner_chose(owner: User, settings: Settings) -> None:
    wanted = {"description": "Filmed by Ada.", "tags": "sea, sun", "category": "travel", "visibility": "unlisted"}
    wanted |= {"licence": "cc0-1.0"}
    upload_defaults.set_defaults(owner, parse_input(UploadDefaultsWrite, wanted | {"publish": "when_ready"}))
    storage = open_storage(settings)
    new = UploadCreate(filename="a.mp4", size_bytes=1000, category=Category.MUSIC, recorded_on=date(2020, 2, 29))
    upload = uploads.create_upload(owner, new, storage=storage, settings=settings)
    video = see(owner, upload.video)
    assert (video.title, video.description, video.category) == ("a", "Filmed by Ada.", Category.MUSIC)
    assert [tag.name for tag in video.tags] == ["sea", "sun"]
    assert (video.licence, video.recorded_on) == (Licence.CC0, date(2020, 2, 29))
    assert (video.visibility, video.publish_rule) == ("unlisted", PublishRule.WHEN_READY)
    upload_defaults.set_defaults(owner, UploadDefaultsWrite())
    assert upload_defaults.get_defaults(owner).tags == []
