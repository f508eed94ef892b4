"""How does a person add caption tracks to a video? Those of its source come by themselves (`processing.subtitles`)."""

from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from vod_web.core.errors import InvalidInput, TooLarge
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.languages import language_name
from vod_web.media.subrip import read_subrip
from vod_web.media.text_encodings import decode_text
from vod_web.media.webvtt import Cue, tidy_cues
from vod_web.models import Caption, CaptionOrigin, Encode, EncodeStatus, User, Video
from vod_web.schemas.captions import CaptionCreate
from vod_web.services import audit
from vod_web.services.caption_files import delete_files, list_captions, name_in_playlist, names_in_use, store_cues
from vod_web.services.processing.outcomes import note_size
from vod_web.services.videos import get_own_video, lock_video
from vod_web.storage.base import Storage

MOST_FILE_BYTES = 4 * 1024**2
LONGEST_VIDEO_S = 48 * 3600
NO_CUES = "There are no captions in this file. It must be WebVTT (.vtt) or SubRip (.srt)."


def add_caption(actor: User | None, video_id: str, new: CaptionCreate, content: bytes, *, storage: Storage) -> Caption:
    """Add a track from a file of WebVTT or SubRip, in the place of one of this kind and language that was added before.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`.
        InvalidInput: there are no captions in the file.
        TooLarge: the file is larger than captions are.
    """
    video = get_own_video(actor, video_id)
    duration_s = Fraction(video.duration_s) if video.duration_s else Fraction(LONGEST_VIDEO_S)
    close_session()
    cues = read_cues(content, duration_s)
    name, size_bytes = store_cues(storage, video_id, cues, duration_s)
    with transaction() as session:
        lock_video(session, video_id)
        video = get_own_video(actor, video_id)
        former = _take_out_same(session, video, new)
        label = new.label or language_name(new.language) or new.language
        values = {"language": new.language, "label": label, "kind": new.kind, "name": name, "size_bytes": size_bytes}
        caption = Caption(video_id=video.id, origin=CaptionOrigin.UPLOADED, **values)
        session.add(caption)
        session.flush()
        note_size(session, video)
        audit.note_power(actor, video, "video.add_captions", language=new.language)
        stale = former - names_in_use(session, video.id)
    delete_files(storage, video_id, stale)
    name_all(video, storage=storage)
    return caption


def read_cues(content: bytes, duration_s: Fraction) -> tuple[Cue, ...]:
    """The cues of a file that somebody sent; raises as `add_caption`."""
    if len(content) > MOST_FILE_BYTES:
        raise TooLarge(f"A file of captions has at most {MOST_FILE_BYTES // 1024**2} MiB.")
    cues = tidy_cues(read_subrip(decode_text(content)), offset_s=Fraction(0), duration_s=duration_s)
    if not cues:
        raise InvalidInput(NO_CUES, {"file": NO_CUES})
    return cues


def _take_out_same(session: Session, video: Video, new: CaptionCreate) -> set[str]:
    """Remove the row of the track that this one replaces; gives the names of its files."""
    same = select(Caption).where(Caption.video_id == video.id, Caption.origin == CaptionOrigin.UPLOADED)
    rows = session.scalars(same.where(Caption.language == new.language, Caption.kind == new.kind)).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return {row.name for row in rows}


def name_all(video: Video, *, storage: Storage) -> None:
    """Let the playlist of the encode that plays name the tracks that there are; one that is not over will by itself."""
    session = current_session()
    wanted = select(Encode).where(Encode.video_id == video.id, Encode.is_active, Encode.status == EncodeStatus.READY)
    encode = session.scalar(wanted)
    if encode is None:
        return
    captions = list_captions(session, video.id, encode.source_id)
    close_session()
    name_in_playlist(storage, video.public_id, encode.public_id, captions)
