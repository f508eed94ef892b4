"""Caption tracks that people add, and that stay when embedded ones are made anew."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.factories import make_encode, make_user, make_video
from vod_web.core.errors import InvalidInput, NotAllowed, TooLarge
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.subrip import read_subrip
from vod_web.models import Caption, CaptionKind, Encode, User, Video
from vod_web.schemas.captions import CaptionCreate
from vod_web.schemas.videos import CaptionRead
from vod_web.services.caption_files import Track, replace_embedded, store_cues
from vod_web.services.captions import MOST_FILE_BYTES, add_caption, read_cues
from vod_web.services.video_telling import read_video
from vod_web.services.videos import get_video
from vod_web.storage.keys import captions_key, multivariant_key
from vod_web.storage.local import LocalStorage

SRT = "1\r\n00:00:01,000 --> 00:00:02,500\r\nGrüße <script>\r\n"
ENGLISH = CaptionCreate(language="en")


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    """A storage of this test alone."""
    return LocalStorage(tmp_path / "media")


@pytest.fixture
def owner(database: Engine) -> User:
    """Whose video it is."""
    return make_user()


@pytest.fixture
def video(owner: User) -> Video:
    """A video of a minute that plays."""
    return make_video(owner, duration_s=60.0)


@pytest.fixture
def encode(video: Video, storage: LocalStorage) -> Encode:
    """The encode that plays, with a playlist."""
    encode = make_encode(video, storage)
    text = b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\n720p/media.m3u8\n"
    key = multivariant_key(video.public_id, encode.public_id)
    storage.put_bytes(key, text, content_type="application/vnd.apple.mpegurl")
    return encode


def told(video: Video, settings: Settings) -> list[CaptionRead]:
    """What visitors are told."""
    close_session()
    return read_video(get_video(None, video.public_id), None, settings=settings).captions


def text_of(storage: LocalStorage, video: Video, caption: Caption) -> str:
    return storage.read_bytes(captions_key(video.public_id, caption.name)).decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_captions_are_added_from_a_file_in_any_usual_encoding(encoding: str) -> None:
    (cue,) = read_cues(SRT.encode(encoding), 60)  # type: ignore[arg-type]

    assert cue.text == "Grüße &lt;script&gt;"


def test_an_added_track_is_told_stored_and_named(
    owner: User, video: Video, encode: Encode, storage: LocalStorage, settings: Settings
) -> None:
    caption = add_caption(owner, video.public_id, ENGLISH, SRT.encode(), storage=storage)

    (one,) = told(video, settings)
    assert (one.language, one.label, one.kind) == ("en", "English", CaptionKind.SUBTITLES)
    assert one.url == f"/media/public/{video.public_id}/captions/{caption.name}/captions.vtt"
    assert text_of(storage, video, caption) == "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nGrüße &lt;script&gt;\n"
    playlist = storage.read_bytes(multivariant_key(video.public_id, encode.public_id)).decode()
    assert f'URI="../captions/{caption.name}/media.m3u8"' in playlist
    assert current_session().get_one(Video, video.id).rendition_bytes >= caption.size_bytes > 0


def test_a_track_replaces_the_one_of_its_language_and_kind(
    owner: User, video: Video, encode: Encode, storage: LocalStorage, settings: Settings
) -> None:
    first = add_caption(owner, video.public_id, ENGLISH, SRT.encode(), storage=storage)
    sounds = CaptionCreate(language="en", kind=CaptionKind.CAPTIONS, label="English for all")
    add_caption(owner, video.public_id, sounds, SRT.encode(), storage=storage)
    add_caption(owner, video.public_id, ENGLISH, SRT.replace("Gr", "R").encode(), storage=storage)

    assert [one.label for one in told(video, settings)] == ["English for all", "English"]
    assert storage.exists(captions_key(video.public_id, first.name)), "another track says the same"
    add_caption(owner, video.public_id, sounds, SRT.replace("Gr", "S").encode(), storage=storage)
    assert not storage.exists(captions_key(video.public_id, first.name))


def test_only_the_owner_adds_captions_and_only_captions(
    owner: User, video: Video, encode: Encode, storage: LocalStorage
) -> None:
    with pytest.raises(NotAllowed):
        add_caption(make_user("eve"), video.public_id, ENGLISH, SRT.encode(), storage=storage)
    with pytest.raises(InvalidInput, match="no captions"):
        add_caption(owner, video.public_id, ENGLISH, b"\x89PNG\r\n\x1a\n\0\0", storage=storage)
    with pytest.raises(TooLarge):
        add_caption(owner, video.public_id, ENGLISH, b" " * (MOST_FILE_BYTES + 1), storage=storage)
    assert list(storage.list(f"videos/{video.public_id}/captions/")) == []


def embed(video: Video, encode: Encode, storage: LocalStorage, *words: str) -> set[str]:
    """Do with the database what the making of embedded tracks does; gives the names that are stale."""
    tracks = []
    for word in words:
        cues = tuple(read_subrip(SRT.replace("Grüße", word)))
        name, size_bytes = store_cues(storage, video.public_id, cues, 60)  # type: ignore[arg-type]
        tracks.append(Track("en", word, CaptionKind.SUBTITLES, False, False, name, size_bytes))
    with transaction() as session:
        return replace_embedded(session, video.id, encode.source_id, tracks)


def test_embedded_tracks_are_replaced_and_added_ones_stay(
    owner: User, video: Video, encode: Encode, storage: LocalStorage, settings: Settings
) -> None:
    add_caption(owner, video.public_id, ENGLISH, SRT.encode(), storage=storage)
    assert embed(video, encode, storage, "one", "two") == set()
    before = {one.label: one.id for one in told(video, settings)}

    stale = embed(video, encode, storage, "two", "three")

    after = {one.label: one.id for one in told(video, settings)}
    assert list(after) == ["two", "three", "English"]
    assert (after["two"], after["English"]) == (before["two"], before["English"])
    assert len(stale) == 1
    assert embed(video, encode, storage, "two", "three") == set()


def test_tracks_of_a_source_that_is_not_in_use_are_not_told(
    video: Video, encode: Encode, storage: LocalStorage, settings: Settings
) -> None:
    embed(video, encode, storage, "one")
    with transaction() as session:
        session.get_one(Encode, encode.id).is_active = False
    make_encode(video, storage)

    assert told(video, settings) == []
    assert current_session().scalars(select(Caption.label)).all() == ["one"]
