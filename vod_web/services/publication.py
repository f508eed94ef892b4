"""When do others get to see a video? Its owner says so; the pipeline and the sweep do it."""

from datetime import datetime

from sqlalchemy import select

from vod_web.core.errors import InvalidInput
from vod_web.core.logging import get_logger
from vod_web.db.session import transaction
from vod_web.models import PublishRule, Video, VideoStatus
from vod_web.schemas.publishing import Publishing
from vod_web.services.permissions import is_held

BATCH = 100

log = get_logger(__name__)


def note_playable(video: Video, now: datetime) -> None:
    """The video begins to play; inside a transaction."""
    if video.publish_rule is PublishRule.NOW:
        video.published_at = video.published_at or now


def note_ready(video: Video, now: datetime) -> None:
    """All of the video is made; inside a transaction."""
    if video.publish_rule is not PublishRule.AT_TIME or _is_due(video, now):
        video.published_at = video.published_at or now


def change_publication(video: Video, changes: Publishing, now: datetime) -> None:
    """Take what the owner says; inside a transaction, on a locked row.

    What is published and should not be any more is taken back, which ends the playback tokens that are out.

    Raises:
        InvalidInput: a time is wanted and none is said.
    """
    rule = changes.publish or video.publish_rule
    moment = changes.publish_at or video.publish_at
    if rule is not PublishRule.AT_TIME:
        moment = None
    elif moment is None:
        sentence = "Choose a day and a time."
        raise InvalidInput(sentence, {"publish_at": sentence})
    if (rule, moment) == (video.publish_rule, video.publish_at):
        return
    was_published = video.published_at is not None
    video.publish_rule, video.publish_at = rule, moment
    if _should_be_published(video, now):
        video.published_at = video.published_at or now
    elif rule is not PublishRule.NOW:
        video.published_at = None
    if was_published and is_held(video):
        video.access_epoch += 1


def publish_due(*, now: datetime) -> int:
    """Publish the videos whose time has come and that are ready; for the sweep. Returns how many those were."""
    with transaction() as session:
        due = session.scalars(
            select(Video)
            .where(
                Video.publish_rule == PublishRule.AT_TIME,
                Video.publish_at <= now,
                Video.published_at.is_(None),
                Video.status == VideoStatus.READY,
            )
            .order_by(Video.publish_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        for video in due:
            video.published_at = now
            log.info("published", video=video.public_id)
    return len(due)


def _is_due(video: Video, now: datetime) -> bool:
    return video.publish_at is not None and video.publish_at <= now


def _should_be_published(video: Video, now: datetime) -> bool:
    if video.publish_rule is PublishRule.NOW:
        return video.is_playable
    is_time = video.publish_rule is PublishRule.WHEN_READY or _is_due(video, now)
    return is_time and video.status is VideoStatus.READY
