"""How do people add caption tracks to a video, change them, and take them out again?

Those of its source come by themselves (`processing.subtitles`). Uploaded ones belong to the video and outlive its
encodes and its files; they are kept as they came, whatever the length of the video: another file may be longer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, InvalidInput, NotFound, TooLarge, VodError
from vod_web.core.logging import get_logger
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.caption_reading import read_caption_file
from vod_web.media.cue_markup import plain_text
from vod_web.media.languages import language_name
from vod_web.media.subrip import read_subrip
from vod_web.media.webvtt import Cue
from vod_web.models import Caption, CaptionKind, CaptionOrigin, Encode, EncodeStatus, User, Video
from vod_web.schemas.captions import CaptionChoice, CaptionCreate, CaptionUpdate
from vod_web.services import audit
from vod_web.services.caption_files import (
    delete_files,
    last_end_s,
    list_captions,
    name_in_playlist,
    shown_captions,
    store_cues,
)
from vod_web.services.processing.outcomes import note_size
from vod_web.services.videos import get_own_video, lock_video
from vod_web.storage import keys
from vod_web.storage.base import Storage

MOST_FILE_BYTES = 4_000_000
MOST_UPLOADED = 60
"""Tracks that people added to one video."""
KEPT = timedelta(days=7)
"""So long a track that was taken out can come back, as a video from the bin."""
MOST_REMOVED = 200
"""In one round of the sweep."""
PREVIEW_BYTES = 8 * 1024
MOST_PREVIEWED = 8

log = get_logger(__name__)


@dataclass(frozen=True)
class PreviewLine:
    """A cue, as plain text."""

    start_s: float
    end_s: float
    text: str


def default_label(language: str, kind: CaptionKind, *, is_forced: bool) -> str:
    """What menus show where nobody said anything."""
    name = language_name(language) or ("Unknown language" if language == "und" else language)
    if is_forced:
        return f"{name} (forced)"
    return f"{name} (CC)" if kind is CaptionKind.CAPTIONS else name


def add_caption(
    actor: User | None,
    video_id: str,
    new: CaptionCreate,
    content: bytes,
    *,
    storage: Storage,
    filename: str | None = None,
    now: datetime | None = None,
) -> Caption:
    """Add a track from a file of WebVTT, SubRip or SubStation.

    One of this language and kind that was added before gives way, and can be brought back.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`.
        InvalidInput: there are no captions in the file, or some that cannot be read; says in which lines.
        TooLarge: the file is larger than captions are.
        Conflict: the video has as many as it may.
    """
    video = get_own_video(actor, video_id)
    duration_s = video.duration_s
    close_session()
    cues = read_cues(content, new.language)
    length_s = Fraction(duration_s) if duration_s else max(cue.end_s for cue in cues)
    name, size_bytes = store_cues(storage, video_id, cues, length_s, is_shared=False)
    values = new.model_dump() | {"label": new.label or default_label(new.language, new.kind, is_forced=new.is_forced)}
    stored = {"name": name, "size_bytes": size_bytes, "cue_count": len(cues), "end_s": last_end_s(cues)}
    caption = Caption(origin=CaptionOrigin.UPLOADED, filename=filename, **values, **stored)
    try:
        with transaction() as session:
            lock_video(session, video_id)
            video = get_own_video(actor, video_id)
            _add_row(session, video, caption, now or utc_now())
            audit.note_power(actor, video, "video.add_captions", language=new.language)
    except VodError:
        delete_files(storage, video_id, [name])
        raise
    name_all(video, storage=storage)
    return caption


def _add_row(session: Session, video: Video, caption: Caption, now: datetime) -> None:
    uploaded = _list_uploaded(session, video)
    same = [row for row in uploaded if _meaning(row) == _meaning(caption)]
    if len(uploaded) - len(same) >= MOST_UPLOADED:
        raise Conflict(f"A video has at most {MOST_UPLOADED} tracks of its own. Take one out first.")
    for row in same:
        row.deleted_at = now
    caption.video_id = video.id
    session.add(caption)
    session.flush()
    if caption.is_default:
        _be_the_only_default(session, video, caption)
    note_size(session, video)


def read_cues(content: bytes, language: str = "") -> tuple[Cue, ...]:
    """The cues of a file that somebody sent; raises as `add_caption`."""
    if len(content) > MOST_FILE_BYTES:
        raise TooLarge(f"A file of captions has at most {MOST_FILE_BYTES // 1_000_000} MB.")
    found = read_caption_file(content, language)
    if found.mistakes:
        told = " ".join(str(mistake) for mistake in found.mistakes)
        raise InvalidInput(told, {"file": told})
    if found.complaint:
        raise InvalidInput(found.complaint, {"file": found.complaint})
    return found.cues


def _meaning(row: Caption) -> tuple[str, CaptionKind, bool]:
    """Two tracks of one meaning are one."""
    return row.language.lower(), row.kind, bool(row.is_forced)


def _list_uploaded(session: Session, video: Video) -> list[Caption]:
    wanted = select(Caption).where(Caption.video_id == video.id, Caption.origin == CaptionOrigin.UPLOADED)
    return list(session.scalars(wanted.where(Caption.deleted_at.is_(None)).order_by(Caption.id)))


def _be_the_only_default(session: Session, video: Video, caption: Caption) -> None:
    wanted = select(Caption).where(Caption.video_id == video.id, Caption.is_default, Caption.id != caption.id)
    for row in session.scalars(wanted):
        row.is_default = False
        row.is_edited = row.origin is CaptionOrigin.EMBEDDED


def list_taken_out(actor: User | None, video_id: str) -> list[Caption]:
    """The tracks of the video that can be brought back, the last one first; raises as `videos.get_own_video`."""
    video = get_own_video(actor, video_id)
    encode = video.active_encode or video.open_encode
    wanted = select(Caption).where(Caption.video_id == video.id, Caption.deleted_at.is_not(None))
    rows = current_session().scalars(wanted.order_by(Caption.deleted_at.desc(), Caption.id.desc()))
    here = encode.source_id if encode else None
    return [row for row in rows if row.origin is CaptionOrigin.UPLOADED or row.source_id == here]


def update_caption(
    actor: User | None, video_id: str, caption_id: str, changes: CaptionUpdate, *, storage: Storage
) -> Caption:
    """Change what is said of a track; what was embedded keeps it when the video is encoded anew.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`; or there is no such track.
        InvalidInput: another track that was added is of this language and kind.
    """
    with transaction() as session:
        video, caption = _get_caption(session, actor, video_id, caption_id)
        was_automatic = caption.label == _label_of(caption)
        for name, value in changes.model_dump(exclude_none=True, exclude={"label"}).items():
            setattr(caption, name, value)
        if changes.label or changes.label == "" or was_automatic:
            caption.label = changes.label or _label_of(caption)
        caption.is_edited = caption.origin is CaptionOrigin.EMBEDDED
        _refuse_double(session, video, caption)
        if changes.is_default:
            _be_the_only_default(session, video, caption)
        audit.note_power(actor, video, "video.edit_captions", language=caption.language)
    name_all(video, storage=storage)
    return caption


def _label_of(caption: Caption) -> str:
    return default_label(caption.language, caption.kind, is_forced=caption.is_forced)


def _refuse_double(session: Session, video: Video, caption: Caption) -> None:
    others = [row for row in _list_uploaded(session, video) if row.id != caption.id]
    if caption.origin is CaptionOrigin.UPLOADED and any(_meaning(row) == _meaning(caption) for row in others):
        sentence = f"There is another track like this already: {_label_of(caption)}."
        raise InvalidInput(sentence, {"language": sentence})


def delete_caption(
    actor: User | None, video_id: str, caption_id: str, *, storage: Storage, now: datetime | None = None
) -> Caption:
    """Take a track out: nobody is offered it any more, and for some days it can come back (an embedded one always).

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`; or there is no such track.
    """
    with transaction() as session:
        video, caption = _get_caption(session, actor, video_id, caption_id)
        caption.deleted_at = now or utc_now()
        audit.note_power(actor, video, "video.delete_captions", language=caption.language)
    name_all(video, storage=storage)
    return caption


def delete_language(
    actor: User | None, video_id: str, language: str, choice: CaptionChoice, *, storage: Storage
) -> Caption:
    """The same for the track of a language and kind; one that was added comes before one of the source."""
    video = get_own_video(actor, video_id)
    meaning = (language.lower(), choice.kind, choice.is_forced)
    mine = sorted(shown_captions(video), key=lambda row: row.origin is CaptionOrigin.EMBEDDED)
    found = next((row for row in mine if _meaning(row) == meaning), None)
    if found is None:
        raise NotFound("This video has no such captions.")
    return delete_caption(actor, video_id, found.public_id, storage=storage)


def restore_caption(
    actor: User | None, video_id: str, caption_id: str, *, storage: Storage, now: datetime | None = None
) -> Caption:
    """Bring a track back; one that was added in its place since then is taken out instead.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`; or the track is gone for good.
    """
    now = now or utc_now()
    with transaction() as session:
        video, caption = _get_caption(session, actor, video_id, caption_id, is_deleted=None)
        if is_over(caption, now):
            raise NotFound("These captions are being removed for good.")
        if caption.origin is CaptionOrigin.UPLOADED and caption.deleted_at is not None:
            for row in _list_uploaded(session, video):
                if _meaning(row) == _meaning(caption):
                    row.deleted_at = caption.deleted_at
        caption.deleted_at = None
        if caption.is_default:
            _be_the_only_default(session, video, caption)
        audit.note_power(actor, video, "video.restore_captions", language=caption.language)
    name_all(video, storage=storage)
    return caption


def is_over(caption: Caption, now: datetime) -> bool:
    """Whether the days are over in which a track that was taken out can come back."""
    is_added = caption.origin is CaptionOrigin.UPLOADED
    return is_added and caption.deleted_at is not None and caption.deleted_at + KEPT <= now


def preview_caption(actor: User | None, video_id: str, caption_id: str, *, storage: Storage) -> list[PreviewLine]:
    """The first cues of a track; raises as `read_file`."""
    caption = _find_caption(actor, video_id, caption_id)
    with storage.open(keys.captions_key(video_id, caption.name), length=PREVIEW_BYTES) as stream:
        content = stream.read()
    text = content.decode(errors="ignore")
    if len(content) == PREVIEW_BYTES:
        text = text.rpartition("\n\n")[0]  # the last one may be cut
    cues = list(read_subrip(text))[:MOST_PREVIEWED]
    return [PreviewLine(float(cue.start_s), float(cue.end_s), plain_text(cue.text)) for cue in cues]


def read_file(actor: User | None, video_id: str, caption_id: str, *, storage: Storage) -> tuple[Caption, bytes]:
    """A track as WebVTT, for keeping.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`; or there is no such track.
    """
    caption = _find_caption(actor, video_id, caption_id)
    return caption, storage.read_bytes(keys.captions_key(video_id, caption.name))


def _find_caption(actor: User | None, video_id: str, caption_id: str) -> Caption:
    """The track, with the connection given back: its files are read next."""
    _, caption = _look_up(current_session(), get_own_video(actor, video_id), caption_id, is_deleted=None)
    close_session()
    return caption


def _get_caption(
    session: Session, actor: User | None, video_id: str, caption_id: str, *, is_deleted: bool | None = False
) -> tuple[Video, Caption]:
    """A track of a video that this person may change, which nobody else changes until the transaction ends."""
    lock_video(session, video_id)
    return _look_up(session, get_own_video(actor, video_id), caption_id, is_deleted=is_deleted)


def _look_up(session: Session, video: Video, caption_id: str, *, is_deleted: bool | None) -> tuple[Video, Caption]:
    wanted = select(Caption).where(Caption.video_id == video.id, Caption.public_id == caption_id)
    caption = session.scalar(wanted.execution_options(populate_existing=True))
    if caption is None or is_deleted not in (None, caption.deleted_at is not None):
        raise NotFound("There are no such captions.")
    return video, caption


def name_all(video: Video, *, storage: Storage) -> None:
    """Let the playlist of the encode that plays name the tracks that there are; one that is not over will by itself.

    Whoever writes last has looked last: two who change them at once end with the same playlist.
    """
    named = None
    while True:
        session = current_session()
        of_video = select(Encode).where(Encode.video_id == video.id, Encode.is_active)
        encode = session.scalar(of_video.where(Encode.status == EncodeStatus.READY))
        captions = list_captions(session, video.id, encode.source_id) if encode else []
        told = [(row.name, row.label, row.language, row.kind, row.is_forced) for row in captions]
        close_session()
        if encode is None or told == named:
            return
        name_in_playlist(storage, video.public_id, encode.public_id, captions)
        named = told


def purge_captions(*, storage: Storage, now: datetime) -> int:
    """Remove the added tracks that were taken out long ago; returns how many. Idempotent, for the sweep."""
    over = (Caption.deleted_at <= now - KEPT) & (Caption.origin == CaptionOrigin.UPLOADED)
    wanted = select(Caption.id, Video.public_id, Caption.name).join(Video, Video.id == Caption.video_id).where(over)
    found = current_session().execute(wanted.order_by(Caption.id).limit(MOST_REMOVED)).all()
    close_session()  # nothing is held open while files are removed
    return sum(_purge(caption_id, video_id, name, storage=storage) for caption_id, video_id, name in found)


def _purge(caption_id: int, video_id: str, name: str, *, storage: Storage) -> bool:
    """The files first, then the row, by which a round that is broken off goes on."""
    try:
        delete_files(storage, video_id, [name])
    except VodError as error:
        log.warning("captions_not_removed", video=video_id, error=error.message)
        return False
    with transaction() as session:
        lock_video(session, video_id)
        row = session.get(Caption, caption_id, populate_existing=True)
        if row is not None:
            video = session.get_one(Video, row.video_id)
            session.delete(row)
            session.flush()
            note_size(session, video)
    return True
