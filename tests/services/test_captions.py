"""Caption tracks that people add, and that stay when embedded ones are made anew."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.factories import make_admin, make_encode, make_unready_video, make_user, make_video
from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLarge
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.subrip import read_subrip
from vod_web.models import (
    AuditEvent,
    Caption,
    CaptionKind,
    CaptionOrigin,
    Encode,
    User,
    Video,
    VideoStatus,
    Visibility,
)
from vod_web.schemas.captions import CaptionCreate, CaptionUpdate
from vod_web.schemas.uploads import UploadCreate
from vod_web.schemas.videos import CaptionRead
from vod_web.services.caption_files import Track, replace_embedded, store_cues
from vod_web.services.captions import (
    KEPT,
    MOST_FILE_BYTES,
    MOST_UPLOADED,
    add_caption,
    delete_caption,
    list_taken_out,
    preview_caption,
    purge_captions,
    read_cues,
    read_file,
    restore_caption,
    update_caption,
)
from vod_web.services.uploads import abort_upload, create_upload
from vod_web.services.video_telling import read_video
from vod_web.services.videos import get_video
from vod_web.storage.keys import captions_key, captions_playlist_key, multivariant_key
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
    public_id = video.public_id
    close_session()
    return read_video(get_video(None, public_id), None, settings=settings).captions


def playlist_of(video: Video, encode: Encode, storage: LocalStorage) -> str:
    """The multivariant playlist."""
    return storage.read_bytes(multivariant_key(video.public_id, encode.public_id)).decode()


def text_of(storage: LocalStorage, video: Video, caption: Caption) -> str:
    return storage.read_bytes(captions_key(video.public_id, caption.name)).decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_captions_are_added_from_a_file_in_any_usual_encoding(encoding: str) -> None:
    (cue,) = read_cues(SRT.encode(encoding))

    assert cue.text == "Grüße &lt;script&gt;"


def test_an_added_track_is_told_stored_and_named(
    owner: User, video: Video, encode: Encode, storage: LocalStorage, settings: Settings
) -> None:
    caption = add_caption(owner, video.public_id, ENGLISH, SRT.encode(), storage=storage)

    (one,) = told(video, settings)
    assert (one.language, one.label, one.kind) == ("en", "English", CaptionKind.SUBTITLES)
    assert one.url == f"/media/public/{video.public_id}/captions/{caption.name}/captions.vtt"
    assert text_of(storage, video, caption) == "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nGrüße &lt;script&gt;\n"
    playlist = playlist_of(video, encode, storage)
    assert f'URI="../captions/{caption.name}/media.m3u8"' in playlist
    assert current_session().get_one(Video, video.id).rendition_bytes >= caption.size_bytes > 0


def test_a_track_replaces_the_one_of_its_language_and_kind(
    owner: User, video: Video, encode: Encode, storage: LocalStorage, settings: Settings
) -> None:
    first = add_caption(owner, video.public_id, ENGLISH, SRT.encode(), storage=storage)
    sounds = CaptionCreate(language="en", kind=CaptionKind.CAPTIONS, label="English for all")
    add_caption(owner, video.public_id, sounds, SRT.encode(), storage=storage)
    forced = CaptionCreate(language="EN", is_forced=True)
    add_caption(owner, video.public_id, forced, SRT.encode(), storage=storage)
    second = add_caption(owner, video.public_id, ENGLISH, SRT.replace("Gr", "R").encode(), storage=storage)

    assert [one.label for one in told(video, settings)] == ["English for all", "English (forced)", "English"]
    assert [one.public_id for one in list_taken_out(owner, video.public_id)] == [first.public_id]

    restore_caption(owner, video.public_id, first.public_id, storage=storage)

    assert told(video, settings)[0].id == first.public_id
    assert [one.public_id for one in list_taken_out(owner, video.public_id)] == [second.public_id]


def test_what_was_taken_out_is_offered_to_nobody_and_goes_after_a_week(
    owner: User, video: Video, encode: Encode, storage: LocalStorage, settings: Settings
) -> None:
    now = utc_now()
    caption = add_caption(owner, video.public_id, ENGLISH, SRT.encode(), storage=storage)
    delete_caption(owner, video.public_id, caption.public_id, storage=storage, now=now)

    assert told(video, settings) == []
    assert "captions" not in playlist_of(video, encode, storage)
    assert purge_captions(storage=storage, now=now + KEPT - timedelta(hours=1)) == 0
    restore_caption(owner, video.public_id, caption.public_id, storage=storage, now=now + timedelta(days=6))
    assert len(told(video, settings)) == 1
    assert caption.name in playlist_of(video, encode, storage)

    delete_caption(owner, video.public_id, caption.public_id, storage=storage, now=now)
    with pytest.raises(NotFound):
        restore_caption(owner, video.public_id, caption.public_id, storage=storage, now=now + KEPT)
    assert purge_captions(storage=storage, now=now + KEPT) == 1
    assert list(storage.list(f"videos/{video.public_id}/captions/")) == []
    assert current_session().scalars(select(Caption)).all() == []
    assert current_session().get_one(Video, video.id, populate_existing=True).rendition_bytes == 0


def test_what_is_said_of_a_track_can_be_changed(
    owner: User, video: Video, encode: Encode, storage: LocalStorage, settings: Settings
) -> None:
    english = add_caption(owner, video.public_id, ENGLISH, SRT.encode(), storage=storage)
    german = add_caption(
        owner, video.public_id, CaptionCreate(language="de", is_default=True), SRT.encode(), storage=storage
    )

    def change(**changes: object) -> None:
        update_caption(owner, video.public_id, english.public_id, CaptionUpdate(**changes), storage=storage)  # type: ignore[arg-type]

    with pytest.raises(InvalidInput, match="another track"):
        change(language="de")
    change(language="pt-br", is_default=True)
    assert [(one.label, one.is_default) for one in told(video, settings)] == [
        ("Portuguese (Brazil)", True),
        ("German", False),
    ]
    change(label="By Ada")
    change(kind=CaptionKind.CAPTIONS)
    assert told(video, settings)[0].label == "By Ada"
    change(label="")
    assert told(video, settings)[0].label == "Portuguese (Brazil) (CC)"
    assert 'NAME="Portuguese (Brazil) (CC)"' in playlist_of(video, encode, storage)
    assert german.public_id == told(video, settings)[1].id


def test_captions_may_come_before_the_file(owner: User, storage: LocalStorage, settings: Settings) -> None:
    draft = make_unready_video(owner, VideoStatus.UPLOADING)
    long = "1\n00:00:01,000 --> 00:00:02,000\none\n\n2\n01:30:00,000 --> 01:30:02,000\nlate\n"

    caption = add_caption(owner, draft.public_id, ENGLISH, long.encode(), storage=storage, filename="film.srt")

    assert (caption.cue_count, caption.end_s, caption.filename) == (2, 5402.0, "film.srt")
    assert "late" in text_of(storage, draft, caption), "the file that comes may be that long"
    playlist = storage.read_bytes(captions_playlist_key(draft.public_id, caption.name)).decode()
    assert "#EXTINF:5402." in playlist
    close_session()
    (one,) = read_video(get_video(owner, draft.public_id), owner, settings=settings).captions
    assert one.id == caption.public_id


def test_captions_of_an_upload_that_is_given_up_leave_no_bytes(
    owner: User, storage: LocalStorage, settings: Settings
) -> None:
    new = UploadCreate(filename="film.mp4", size_bytes=1000)
    upload = create_upload(owner, new, storage=storage, settings=settings)
    draft_id = current_session().get_one(Video, upload.video_id).public_id
    add_caption(owner, draft_id, ENGLISH, SRT.encode(), storage=storage)

    abort_upload(owner, upload.public_id, storage=storage)

    assert list(storage.list(f"videos/{draft_id}/")) == []
    assert current_session().scalars(select(Caption)).all() == []


def test_nothing_stays_of_captions_that_nobody_may_add(owner: User, video: Video, storage: LocalStorage) -> None:
    with pytest.raises(InvalidInput, match="Line 2: this caption ends"):
        add_caption(owner, video.public_id, ENGLISH, b"1\n00:00:05,000 --> 00:00:01,000\nx\n", storage=storage)
    for number in range(MOST_UPLOADED):
        new = CaptionCreate(language=f"x{chr(97 + number // 26)}{chr(97 + number % 26)}")
        with transaction() as session:
            values = new.model_dump() | {"label": "x", "origin": CaptionOrigin.UPLOADED, "name": "x"}
            session.add(Caption(video_id=video.id, **values))

    with pytest.raises(Conflict, match="at most"):
        add_caption(owner, video.public_id, ENGLISH, SRT.encode(), storage=storage)

    assert list(storage.list(f"videos/{video.public_id}/captions/")) == []


def test_a_preview_shows_the_first_captions_as_plain_text(owner: User, video: Video, storage: LocalStorage) -> None:
    text = "\n\n".join(f"00:{n // 60:02d}:{n % 60:02d}.000 --> 00:59:59.000\n<i>Line</i> {n} & <x>" for n in range(900))
    caption = add_caption(owner, video.public_id, ENGLISH, f"WEBVTT\n\n{text}".encode(), storage=storage)

    lines = preview_caption(owner, video.public_id, caption.public_id, storage=storage)

    assert [(line.start_s, line.text) for line in lines[:2]] == [(0.0, "Line 0 & <x>"), (1.0, "Line 1 & <x>")]
    assert len(lines) == 8
    _, content = read_file(owner, video.public_id, caption.public_id, storage=storage)
    assert content.decode().count("-->") == 900


def test_strangers_learn_nothing_of_private_captions(
    owner: User, video: Video, encode: Encode, storage: LocalStorage
) -> None:
    caption = add_caption(owner, video.public_id, ENGLISH, SRT.encode(), storage=storage)
    with transaction() as session:
        session.get_one(Video, video.id).visibility = Visibility.PRIVATE
    eve, names = make_user("eve"), (video.public_id, caption.public_id)

    for attempt in (
        lambda: add_caption(eve, video.public_id, ENGLISH, SRT.encode(), storage=storage),
        lambda: update_caption(eve, *names, CaptionUpdate(label="x"), storage=storage),
        lambda: delete_caption(eve, *names, storage=storage),
        lambda: restore_caption(eve, *names, storage=storage),
        lambda: preview_caption(eve, *names, storage=storage),
        lambda: read_file(eve, *names, storage=storage),
        lambda: list_taken_out(eve, video.public_id),
        lambda: delete_caption(owner, make_video(owner).public_id, caption.public_id, storage=storage),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert [row.deleted_at for row in current_session().scalars(select(Caption))] == [None]


def test_what_admins_do_to_captions_of_others_is_noted(
    owner: User, video: Video, encode: Encode, storage: LocalStorage
) -> None:
    root = make_admin()
    caption = add_caption(root, video.public_id, ENGLISH, SRT.encode(), storage=storage)
    update_caption(root, video.public_id, caption.public_id, CaptionUpdate(label="x"), storage=storage)
    delete_caption(root, video.public_id, caption.public_id, storage=storage)
    restore_caption(root, video.public_id, caption.public_id, storage=storage)
    delete_caption(owner, video.public_id, caption.public_id, storage=storage)

    deeds = current_session().scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert deeds == [f"video.{word}_captions" for word in ("add", "edit", "delete", "restore")]


def test_only_the_owner_adds_captions_and_only_captions(
    owner: User, video: Video, encode: Encode, storage: LocalStorage
) -> None:
    with pytest.raises(NotAllowed):
        add_caption(make_user("eve"), video.public_id, ENGLISH, SRT.encode(), storage=storage)
    with pytest.raises(InvalidInput, match="no text"):
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
        tracks.append(Track("en", word, CaptionKind.SUBTITLES, False, False, name, size_bytes, len(cues), 2.5))
    with transaction() as session:
        return replace_embedded(session, video.id, encode.source_id, tracks)


def test_what_a_person_says_of_an_embedded_track_holds_when_it_is_made_anew(
    owner: User, video: Video, encode: Encode, storage: LocalStorage, settings: Settings
) -> None:
    embed(video, encode, storage, "one", "two", "three")
    one, two, _ = told(video, settings)
    update_caption(owner, video.public_id, one.id, CaptionUpdate(language="fr", label="Un"), storage=storage)
    delete_caption(owner, video.public_id, two.id, storage=storage, now=utc_now() - KEPT)

    assert embed(video, encode, storage, "one", "two", "three") == set()

    assert [(row.language, row.label) for row in told(video, settings)] == [("fr", "Un"), ("en", "three")]
    assert purge_captions(storage=storage, now=utc_now()) == 0
    restore_caption(owner, video.public_id, two.id, storage=storage)
    assert [row.label for row in told(video, settings)] == ["Un", "two", "three"]


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
