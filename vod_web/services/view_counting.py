"""How do the counts of views come into the tables, each of them once?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from vod_web.db.session import transaction
from vod_web.db.upserts import add_if_missing, add_missing, add_up
from vod_web.models import FigureBatch, Video, VideoDay, VideoRetention
from vod_web.services.play_buffer import PARTS, Batch, PlayBuffer

BATCH_KNOWN = timedelta(days=7)
"""So long after it was counted a batch is refused."""
AT_ONCE = 500


@dataclass
class Figures:
    """What is to be added for one video."""

    views: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    watched_s: dict[date, float] = field(default_factory=lambda: defaultdict(float))
    parts: dict[int, int] = field(default_factory=dict)


def count_buffered(buffer: PlayBuffer, *, now: datetime) -> int:
    """Put into the tables what players have reported; returns the number of videos that it was about.

    Raises:
        Unavailable: the queue server cannot be reached.
    """
    batch = buffer.take()
    if batch is None:
        return 0
    figures = read_batch(batch)
    with transaction() as session:
        if add_if_missing(session, FigureBatch, {"id": batch.name, "counted_at": now}):
            for video_ids in _in_groups(sorted(figures)):
                _add(session, {video_id: figures[video_id] for video_id in _existing(session, video_ids)})
            session.execute(delete(FigureBatch).where(FigureBatch.counted_at < now - BATCH_KNOWN))
    buffer.drop(batch)
    return len(figures)


def read_batch(batch: Batch) -> dict[int, Figures]:
    """The counts of a batch by the row ids of the videos."""
    found: dict[int, Figures] = defaultdict(Figures)
    for name, count in batch.counts.items():
        video_id, what, which = name.split(":")
        figures = found[int(video_id)]
        if what == "views":
            figures.views[date.fromisoformat(which)] += count
        elif what == "watched":
            figures.watched_s[date.fromisoformat(which)] += count / 1000
        else:
            figures.parts[int(which)] = count
    return dict(found)


def _existing(session: Session, video_ids: Sequence[int]) -> list[int]:
    """Those that were not removed for good meanwhile; in order, so that no two writers wait for each other."""
    known = select(Video.id).where(Video.id.in_(video_ids)).order_by(Video.id).with_for_update()
    return list(session.scalars(known))


def _add(session: Session, figures: dict[int, Figures]) -> None:
    if not figures:
        return
    sums = [
        {"counted": video_id, "views": sum(one.views.values()), "more_s": sum(one.watched_s.values())}
        for video_id, one in figures.items()
    ]
    videos = Video.__table__
    raised = {
        "view_count": videos.c.view_count + bindparam("views"),
        "watched_s": videos.c.watched_s + bindparam("more_s"),
        "updated_at": videos.c.updated_at,  # a view changes nothing of the video
    }
    session.connection().execute(update(Video).where(Video.id == bindparam("counted")).values(raised), sums)
    days = [
        {"video_id": video_id, "day": day, "views": one.views.get(day, 0), "watched_s": one.watched_s.get(day, 0.0)}
        for video_id, one in figures.items()
        for day in sorted({*one.views, *one.watched_s})
    ]
    add_up(session, VideoDay, ("video_id", "day"), days)
    _add_parts(session, figures)


def _add_parts(session: Session, figures: dict[int, Figures]) -> None:
    empty = [{"video_id": video_id, "viewers": 0, "seen": []} for video_id in figures]
    add_missing(session, VideoRetention, empty)
    kept = select(VideoRetention).where(VideoRetention.video_id.in_(figures)).order_by(VideoRetention.video_id)
    for row in session.scalars(kept.with_for_update().execution_options(populate_existing=True)):
        one = figures[row.video_id]
        before = row.seen or [0] * PARTS
        row.seen = [count + one.parts.get(part, 0) for part, count in enumerate(before)]
        row.viewers += sum(one.views.values())


def _in_groups(video_ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(video_ids)
    while group := list(islice(rest, AT_ONCE)):
        yield group
