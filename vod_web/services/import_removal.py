"""What becomes of what has come of an import that failed, was cancelled, or is over?

As with uploads: first the row says so, then the bytes go, then the row.
"""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select, update

from vod_web.core.errors import VodError
from vod_web.core.logging import get_logger
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import Encode, Import, ImportState, Job, JobState, Source, Upload, Video, VideoStatus
from vod_web.storage.base import Storage

log = get_logger(__name__)

KEPT_FOR = timedelta(days=7)
"""How long a failed import waits to be tried again, and how long a finished one is remembered."""
BATCH = 100
OPEN_STATES = (ImportState.WAITING, ImportState.FETCHING)


def remove_bytes(found: Import, *, storage: Storage) -> None:
    """Nothing that has come of it stays; the state must say already that it is not going on."""
    close_session()
    storage.delete_prefix(found.key.removesuffix("source"))
    with transaction() as session:
        forgotten = {"parts_id": "", "stored_bytes": 0, "validator": None}
        session.execute(
            update(Import).where(Import.id == found.id, Import.state.not_in(OPEN_STATES)).values(forgotten),
            execution_options={"synchronize_session": False},
        )


def remove_import(found: Import, *, storage: Storage) -> None:
    """Its bytes, unless they are the source of a video by now; its row; and the draft that has no other file."""
    if found.state is not ImportState.DONE:
        remove_bytes(found, storage=storage)
    draft = delete(Video).where(
        Video.id == found.video_id,
        Video.status.in_((VideoStatus.UPLOADING, VideoStatus.DRAFT, VideoStatus.DELETED)),
        *(~select(model.id).where(model.video_id == Video.id).exists() for model in (Source, Encode, Upload, Import)),
    )
    with transaction() as session:
        session.execute(delete(Import).where(Import.id == found.id), execution_options={"synchronize_session": False})
        session.execute(draft, execution_options={"synchronize_session": False})


def expire_imports(*, storage: Storage, now: datetime) -> int:
    """Remove what is over: cancelled, forgotten, or of a video that was deleted; and the bytes of what failed.

    For the sweep. Returns how many there were; one whose storage fails stays for the next time.
    """
    removed = 0
    for found in _over(now):
        try:
            is_kept = found.state is ImportState.FAILED and found.expires_at >= now
            (remove_bytes if is_kept else remove_import)(found, storage=storage)
        except VodError as error:
            log.warning("import_not_removed", imported=found.public_id, error=error.message)
        else:
            removed += 1
    return removed


def _over(now: datetime) -> list[Import]:
    """Those to remove, given up so that nothing more comes of them, and those that failed and have bytes left."""
    is_open = Import.state.in_(OPEN_STATES)
    is_unwanted = and_(Import.state != ImportState.DONE, Video.deleted_at.is_not(None))
    is_left = and_(Import.state == ImportState.FAILED, Import.parts_id != "")
    is_over = or_(Import.state == ImportState.CANCELLED, is_unwanted, is_left, and_(~is_open, Import.expires_at < now))
    with transaction() as session:
        found = session.scalars(
            select(Import)
            .join(Import.video)
            .where(is_over)
            .order_by(Import.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True, of=Import)
        ).all()
        for one in found:
            if one.state.is_open:
                give_up(one)
    return list(found)


def give_up(found: Import) -> None:
    """From now on nobody fetches it: who is at it finds the job gone at its next report; inside a transaction."""
    found.state = ImportState.CANCELLED
    current_session().execute(
        update(Job)
        .where(Job.import_id == found.id)
        .values(state=JobState.CANCELLED, fence=None, lease_expires_at=None, worker=None)
        .execution_options(synchronize_session=False)
    )
