"""How do followers learn of a new video?

A video is announced once, as soon as others may find it: published, playing, public or internal. Whatever brought that
about, the sweep finds it, and writes so first; so nothing that publishes needs to know of followers, and nobody is told
twice. Then those who have a bell are told, some thousands in each transaction; broken off, the next sweep goes on. Who
waited for the video has been reminded of it before (`premieres.py`), and is not told again.
"""

from datetime import datetime

from sqlalchemy import Select, Subquery, func, select, text, update
from sqlalchemy.orm import Session

from vod_web.core.logging import get_logger
from vod_web.db.session import transaction
from vod_web.models import Announcement, AwaitedVideo, Notification, NotificationKind, Subscription, Video
from vod_web.models.videos import UNANNOUNCED
from vod_web.services.notifications import tell

VIDEOS_AT_ONCE = 100
FOLLOWERS_AT_ONCE = 5000

log = get_logger(__name__)


def announce_new_videos(*, now: datetime) -> int:
    """Tell the followers of all videos that are new by now; returns how many people were told."""
    while _begin(now) == VIDEOS_AT_ONCE:
        pass
    told = 0
    while (count := _go_on(now)) is not None:
        told += count
    return told


def _begin(now: datetime) -> int:
    """Note that videos are announced, and of which ones somebody is to be told."""
    with transaction() as session:
        ids = session.scalars(text(_new_videos(session)), {"most": VIDEOS_AT_ONCE}).all()
        videos = session.scalars(
            select(Video).where(Video.id.in_(ids), Video.announced_at.is_(None)).with_for_update(skip_locked=True)
        ).all()
        for video in videos:
            announced = update(Video).where(Video.id == video.id, Video.announced_at.is_(None))
            values = {"announced_at": now, "updated_at": Video.updated_at}  # nothing of the video itself changes
            session.execute(announced.values(values), execution_options={"synchronize_session": False})
            session.add(Announcement(video_id=video.id, begun_at=now))
    return len(videos)


def _new_videos(session: Session) -> str:
    """The ids of videos that followers may find by now, all of whom have an account.

    SQLite takes the index of listed videos, and reads them all, where it is not told to take the small one.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return (
        f"SELECT id FROM videos{' INDEXED BY ix_videos_unannounced' if is_sqlite else ''} WHERE {UNANNOUNCED}"  # noqa: S608 - ours
        " AND published_at IS NOT NULL AND status NOT IN ('deleted', 'blocked') ORDER BY published_at LIMIT :most"
    )


def _go_on(now: datetime) -> int | None:
    """Tell the next followers of one video; how many those were, or None when nobody is left to be told."""
    with transaction() as session:
        has_waiters = select(AwaitedVideo.video_id).where(AwaitedVideo.video_id == Announcement.video_id).exists()
        first = select(Announcement).where(~has_waiters).order_by(Announcement.video_id).limit(1)
        announcement = session.scalar(first.with_for_update(skip_locked=True))
        if announcement is None:
            return None
        video = session.get_one(Video, announcement.video_id)
        followers = (
            select(Subscription.subscriber_id)
            .where(
                Subscription.channel_id == video.owner_id,
                Subscription.has_bell,
                Subscription.subscriber_id > announcement.told_up_to,
                Subscription.created_at <= announcement.begun_at,
            )
            .order_by(Subscription.subscriber_id)
            .limit(FOLLOWERS_AT_ONCE)
        )
        some = followers.subquery()
        count, last = session.execute(select(func.count(), func.max(some.c.subscriber_id))).one()
        if count:
            about = {"subject": video.public_id, "video_id": video.id, "person_id": video.owner_id, "excerpt": ""}
            tell(session, NotificationKind.NEW_VIDEO, _not_reminded(some, video), about=about, now=now)
            announcement.told_up_to = last
        if count < FOLLOWERS_AT_ONCE:
            session.delete(announcement)
            log.info("announced", video=video.public_id)
    return int(count)


def _not_reminded(some: Subquery, video: Video) -> Select[int]:
    """Those of them who were not told of the video already because they waited for it."""
    reminded = select(Notification.id).where(
        Notification.user_id == some.c.subscriber_id,
        Notification.kind == NotificationKind.REMINDER,
        Notification.subject == video.public_id,
    )
    return select(some.c.subscriber_id).where(~reminded.exists())
