"""How does a worker make the files that people want to keep, and when do these go again?"""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import and_, delete, not_, or_, select, update
from sqlalchemy.orm import joinedload

from vod_web.core.clock import utc_now
from vod_web.core.errors import EncodeFailed, NotFound, StorageFull, VodError
from vod_web.core.logging import get_logger
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.downloads import make_download
from vod_web.media.episodes import read_segment_names
from vod_web.media.runner import Tools
from vod_web.models import Download, DownloadState, Encode, Rendition, RenditionKind
from vod_web.services.downloads import ROOM_FACTOR, SOUND, stereo_tracks, stored_name
from vod_web.services.processing.outcomes import note_size
from vod_web.services.processing.rows import lock_encode
from vod_web.services.upload_room import KEPT_FREE_BYTES
from vod_web.storage.base import Storage
from vod_web.storage.keys import content_type_of, download_key, rendition_prefix

CLAIMED_FOR = timedelta(minutes=2)
"""After so long without a word, a worker is taken for dead, and another one begins anew."""
RENEWED_EVERY_S = 20.0
AGAIN_AFTER = timedelta(minutes=1)
KEPT_FOR = timedelta(days=1)
"""So long a file stays after somebody has last asked for it."""
FAILURE_KEPT_FOR = timedelta(hours=1)
MOST_AT_ONCE = 50

log = get_logger(__name__)


@dataclass(frozen=True)
class _Order:
    """A file to be made."""

    download_id: int
    name: str
    encode_id: int
    encode: str
    video: str
    title: str
    tracks: tuple[str, ...]
    """The renditions that go into it, the picture first."""
    about_bytes: int


def make_wanted_downloads(
    *, storage: Storage, tools: Tools, folder: Path, now: Callable[[], datetime] = utc_now
) -> int:
    """Make what people wait for, the first first; returns how many files."""
    made = 0
    while (order := _claim(now())) is not None:
        close_session()  # nothing is held open while files are read and written
        try:
            size_bytes = _make(order, storage=storage, tools=tools, folder=folder, now=now)
        except (EncodeFailed, NotFound, StorageFull) as error:
            log.warning("download_failed", video=order.video, name=order.name, error=error.message)
            _note_failure(order)
        except VodError as error:
            log.warning("download_put_off", video=order.video, name=order.name, error=error.message)
            _renew(order, now() + AGAIN_AFTER)
            break  # the storage is away: next time
        else:
            _note_made(order, size_bytes, now())
            made += 1
    return made


def _claim(now: datetime) -> _Order | None:
    """The file that has waited longest and is nobody's work; this worker's from now on."""
    free = or_(Download.claimed_until.is_(None), Download.claimed_until < now)
    wanted = (
        select(Download)
        .where(Download.state == DownloadState.WAITING, free)
        .order_by(Download.wanted_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if (
        current_session().scalar(select(Download.id).where(Download.state == DownloadState.WAITING, free).limit(1))
        is None
    ):
        return None  # asked without keeping anybody from writing
    with transaction() as session:
        found = session.scalar(wanted.execution_options(populate_existing=True))
        if found is None:
            return None
        found.claimed_until = now + CLAIMED_FOR
        session.flush()
        order = _read(found)
        if order is None:
            found.state = DownloadState.FAILED
    return order


def _read(found: Download) -> _Order | None:
    """What is to be done; None where the renditions are gone."""
    session = current_session()
    encode = session.scalars(select(Encode).where(Encode.id == found.encode_id).options(joinedload(Encode.video))).one()
    complete = select(Rendition).where(Rendition.encode_id == encode.id, Rendition.is_complete).order_by(Rendition.id)
    renditions = list(session.scalars(complete))
    sound = stereo_tracks(renditions)
    picture = [one for one in renditions if one.name == found.name and one.kind is RenditionKind.VIDEO]
    tracks = sound[:1] if found.name == SOUND else [*picture, *sound] if picture else []
    if not tracks:
        return None
    return _Order(
        download_id=found.id,
        name=found.name,
        encode_id=encode.id,
        encode=encode.public_id,
        video=encode.video.public_id,
        title=encode.video.title,
        tracks=tuple(one.name for one in tracks),
        about_bytes=sum(one.size_bytes for one in tracks),
    )


def _make(order: _Order, *, storage: Storage, tools: Tools, folder: Path, now: Callable[[], datetime]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free - KEPT_FREE_BYTES < ROOM_FACTOR * order.about_bytes:
        raise StorageFull("There is no room to make this file.")
    filename = stored_name(order.name)
    key = download_key(order.video, order.encode, filename)
    tracks = [_parts(order, track, storage) for track in order.tracks]
    try:
        path = make_download(tracks, folder, filename, title=order.title, tools=tools, on_tick=_renewing(order, now))
        return storage.put_file(key, path, content_type=content_type_of(key)).size_bytes
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parts(order: _Order, track: str, storage: Storage) -> Iterator[bytes]:
    prefix = rendition_prefix(order.video, order.encode, track)
    for name in read_segment_names(storage.read_bytes(f"{prefix}media.m3u8").decode()):
        yield storage.read_bytes(f"{prefix}{name}")


def _renewing(order: _Order, now: Callable[[], datetime]) -> Callable[[], None]:
    """What says from time to time that this worker is alive."""
    last = time.monotonic()

    def renew() -> None:
        nonlocal last
        if time.monotonic() - last > RENEWED_EVERY_S:
            last = time.monotonic()
            _renew(order, now() + CLAIMED_FOR)

    return renew


def _renew(order: _Order, until: datetime) -> None:
    with transaction() as session:
        session.execute(update(Download).where(Download.id == order.download_id).values(claimed_until=until))
    close_session()


def _note_failure(order: _Order) -> None:
    with transaction() as session:
        of_order = update(Download).where(Download.id == order.download_id, Download.state == DownloadState.WAITING)
        session.execute(of_order.values(state=DownloadState.FAILED))


def _note_made(order: _Order, size_bytes: int, now: datetime) -> None:
    with transaction() as session:
        encode = lock_encode(session, order.encode_id)
        found = session.get(Download, order.download_id, populate_existing=True)
        if encode is None or found is None or found.state is not DownloadState.WAITING:
            return  # made by another one meanwhile, under the same name
        found.state, found.size_bytes, found.used_at = DownloadState.READY, size_bytes, now
        encode.size_bytes += size_bytes
        session.flush()
        note_size(session, encode.video)


def remove_old_downloads(*, storage: Storage, now: datetime) -> int:
    """Remove what nobody has asked for lately, and what was made of files that play no more; returns how many.

    One whose storage fails stays for the next time.
    """
    forgotten = and_(Download.state == DownloadState.FAILED, Download.used_at < now - FAILURE_KEPT_FOR)
    is_over = or_(Download.used_at < now - KEPT_FOR, forgotten, not_(Encode.is_active))
    wanted = select(Download).join(Download.encode).where(is_over)
    wanted = wanted.options(joinedload(Download.encode).joinedload(Encode.video)).limit(MOST_AT_ONCE)
    removed = 0
    for found in current_session().scalars(wanted).all():
        encode = found.encode
        close_session()
        try:
            storage.delete(download_key(encode.video.public_id, encode.public_id, stored_name(found.name)))
        except VodError as error:
            log.warning("download_not_removed", video=encode.video.public_id, error=error.message)
            continue
        _forget(found.id, encode.id)
        removed += 1
    return removed


def _forget(download_id: int, encode_id: int) -> None:
    with transaction() as session:
        encode = lock_encode(session, encode_id)
        found = session.get(Download, download_id, populate_existing=True)
        if encode is None or found is None:
            return
        encode.size_bytes = max(0, encode.size_bytes - found.size_bytes)
        session.execute(delete(Download).where(Download.id == download_id))
        note_size(session, encode.video)
