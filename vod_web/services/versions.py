"""Which files did a video have, how does an earlier one come back, and how long is it kept?

An earlier version is kept whole, its file and what was made of it, so that restoring it is a matter of a moment.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, NotFound
from vod_web.core.settings import Settings
from vod_web.db.session import current_session, transaction
from vod_web.models import Caption, Encode, EncodeStatus, Source, SourceState, User, Video, VideoStatus
from vod_web.queue import JobQueue
from vod_web.schemas.versions import VersionRead
from vod_web.services import audit, captions
from vod_web.services.processing import offer_file
from vod_web.services.processing.files import SUPERSEDED_KEPT
from vod_web.services.processing.replacing import find_whole, step_back
from vod_web.services.processing.restoring import bring_back
from vod_web.services.version_removal import discard_version, remove_version
from vod_web.services.videos import get_own_video, lock_video
from vod_web.storage.base import Storage

SHOWN = (SourceState.INCOMING, SourceState.CURRENT, SourceState.FORMER)


@dataclass(frozen=True)
class Original:
    """A file that its owner may have back."""

    key: str
    filename: str


def kept_for(settings: Settings) -> timedelta:
    """How long an earlier version stays; where none is kept, until who watched it has had time to come to its end."""
    return max(timedelta(days=settings.keep_versions_days), SUPERSEDED_KEPT)


def list_versions(actor: User | None, video_id: str, *, settings: Settings) -> list[VersionRead]:
    """The file that is about to come, the one in use, and the earlier ones, the newest first; three statements.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`.
    """
    video = get_own_video(actor, video_id)
    shown = SHOWN if settings.keep_versions_days else SHOWN[:2]
    wanted = select(Source).where(Source.video_id == video.id, Source.state.in_(shown))
    sources = current_session().scalars(wanted.order_by(Source.retired_at.desc(), Source.id.desc())).all()
    made, instant = _sum_made(video), _list_instant(video)
    told = [_read(source, made[source.id], instant, settings) for source in sources]
    return sorted(told, key=lambda version: SHOWN.index(version.state))


def _read(source: Source, made_bytes: int, instant: set[int], settings: Settings) -> VersionRead:
    is_former = source.state is SourceState.FORMER
    told = {name: getattr(source, name) for name in VersionRead.model_fields if hasattr(source, name) and name != "id"}
    return VersionRead(
        **told,
        id=source.public_id,
        stored_bytes=source.size_bytes + made_bytes,
        kept_until=source.retired_at + kept_for(settings) if is_former and source.retired_at else None,
        is_instant=source.id in instant,
    )


def _sum_made(video: Video) -> Counter[int | None]:
    """Source -> what is stored of all that was made of it."""
    session = current_session()
    kept = select(Encode.source_id, func.sum(Encode.size_bytes)).where(
        Encode.video_id == video.id, Encode.files_removed_at.is_(None)
    )
    texts = select(Caption.source_id, func.sum(Caption.size_bytes)).where(Caption.video_id == video.id)
    made: Counter[int | None] = Counter()
    for statement in (kept.group_by(Encode.source_id), texts.group_by(Caption.source_id)):
        for source_id, size_bytes in session.execute(statement):
            made[source_id] += int(size_bytes or 0)
    return made


def _list_instant(video: Video) -> set[int]:
    whole = select(Encode.source_id).where(
        Encode.video_id == video.id, Encode.status == EncodeStatus.READY, Encode.files_removed_at.is_(None)
    )
    return set(current_session().scalars(whole))


def restore_version(
    actor: User | None,
    video_id: str,
    version_id: str,
    *,
    storage: Storage,
    queue: JobQueue,
    settings: Settings,
    now: datetime | None = None,
) -> Video:
    """Let an earlier version take the place of the file in use, which becomes one itself.

    It plays at once where all that was made of it is kept; otherwise it is made again while what plays goes on.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`; or there is no such version.
        Conflict: it is no earlier version, or another file is being processed.
    """
    now = now or utc_now()
    with transaction() as session:
        lock_video(session, video_id)
        video = get_own_video(actor, video_id)
        source = _get_version(session, video, version_id, settings)
        _require_restorable(video, source)
        encode = find_whole(session, source)
        if encode is not None:
            bring_back(session, video, encode, queue=queue, now=now)
        else:
            offer_file(session, video, source, queue=queue, settings=settings, now=now)
        audit.note_power(actor, video, "video.restore_version", file=source.filename)
    if encode is not None:
        captions.name_all(video, storage=storage)
    return get_own_video(actor, video_id)


def _require_restorable(video: Video, source: Source) -> None:
    if source.state is not SourceState.FORMER:
        raise Conflict("Only an earlier version can be restored.")
    if video.status is VideoStatus.BLOCKED:
        raise Conflict("This video is blocked: its file cannot be changed.")
    if video.incoming_source is not None:
        raise Conflict("Another file is being processed for this video. Cancel that first, then restore this one.")


def delete_version(
    actor: User | None,
    video_id: str,
    version_id: str,
    *,
    storage: Storage,
    settings: Settings,
    now: datetime | None = None,
) -> Video:
    """Remove an earlier version before its time, or give up the file that was to come; what plays goes on.

    An earlier version that was being restored is kept.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`; or there is no such version.
        Conflict: it is the one in use, or it still plays.
    """
    now = now or utc_now()
    with transaction() as session:
        lock_video(session, video_id)
        video = get_own_video(actor, video_id)
        source = _get_version(session, video, version_id, settings)
        if source.state is SourceState.INCOMING:
            step_back(session, video, source, now)
            deed: audit.Deed = "video.cancel_replacement"
        else:
            _require_unused(session, source)
            discard_version(session, video, source, now)
            deed = "video.delete_version"
        audit.note_power(actor, video, deed, file=source.filename)
    if source.state is SourceState.DISCARDED:
        remove_version(source, storage=storage, now=now)
    return get_own_video(actor, video_id)


def _require_unused(session: Session, source: Source) -> None:
    if source.state is SourceState.CURRENT:
        raise Conflict("This is the file in use. Delete the video instead, or replace its file.")
    if session.scalar(select(Encode.id).where(Encode.source_id == source.id, Encode.is_active)) is not None:
        raise Conflict("This version plays until the new file does. Delete it after that.")


def find_original(
    actor: User | None, video_id: str, version_id: str, *, settings: Settings, is_noted: bool = True
) -> Original:
    """The file as it was uploaded, for its owner and for admins.

    `is_noted` is false for a request that goes on with a download.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`; or there is no such version.
    """
    with transaction() as session:
        video = get_own_video(actor, video_id)
        source = _get_version(session, video, version_id, settings)
        if is_noted:
            audit.note_power(actor, video, "video.download_original", file=source.filename)
    return Original(source.key, source.filename)


def _get_version(session: Session, video: Video, version_id: str, settings: Settings) -> Source:
    shown: Sequence[SourceState] = SHOWN if settings.keep_versions_days else SHOWN[:2]
    of_video = select(Source).where(Source.video_id == video.id, Source.state.in_(shown))
    found = [source for source in session.scalars(of_video) if source.public_id == version_id]
    if not found:
        raise NotFound("There is no such version of this video. Its time may be over.")
    return found[0]
