"""What is told of a video whose time is still to come, and who is reminded of it then?

Who has the address of a scheduled video, and could watch it were it published, is told its title, its picture and when
it comes, and nothing else: everything that plays asks `permissions.can_see`, which says no until then.
As new videos are, those that were waited for are found by the sweep, whatever published them.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Exists, Select, SQLColumnExpression, delete, literal, select
from sqlalchemy.orm import Session

from vod_web.core.errors import NotFound
from vod_web.core.logging import get_logger
from vod_web.db.session import current_session, transaction
from vod_web.db.upserts import add_if_missing
from vod_web.models import AwaitedVideo, Notification, NotificationKind, Reminder, User, Video, VideoStatus, Visibility
from vod_web.models.videos import video_viewers
from vod_web.services.notifications import tell
from vod_web.services.permissions import can_await, require_signed_in
from vod_web.services.throttle import Limit, Throttle
from vod_web.services.videos import AS_CARD, is_public_id, lock_video

MOST_REMINDERS = Limit("reminders", amount=60, per_s=60, message="That was too often.")
VIDEOS_AT_ONCE = 100
PEOPLE_AT_ONCE = 5000

log = get_logger(__name__)


@dataclass(frozen=True)
class Premiere:
    """A scheduled video, as those see it who wait for it."""

    video: Video
    """Loaded `AS_CARD`."""
    has_reminder: bool
    """Whether this person is to be told when it is published."""


def find_premiere(actor: User | None, public_id: str) -> Premiere | None:
    """The video, where it waits for its time and this person may know of that."""
    found = current_session().execute(_question(actor, public_id)).one_or_none() if is_public_id(public_id) else None
    if found is None:
        return None
    video, is_named_viewer, has_reminder = found
    return Premiere(video, has_reminder) if can_await(actor, video, is_named_viewer=is_named_viewer) else None


def get_premiere(actor: User | None, public_id: str) -> Premiere:
    """As `find_premiere`.

    Raises:
        NotFound: there is no such video, it is published, or this person may not know of it.
    """
    found = find_premiere(actor, public_id)
    if found is None:
        raise NotFound("There is no such video, or you may not see it.")
    return found


def remind(actor: User | None, public_id: str, *, throttle: Throttle, now: datetime) -> Premiere:
    """Tell the person when the video is published, once; again, where a video was published before and taken back.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound: as `get_premiere`.
        RateLimited: too often.
    """
    person = require_signed_in(actor)
    throttle.hit(MOST_REMINDERS, f"user {person.id}")
    with transaction() as session:
        lock_video(session, public_id)  # the sweep takes the same lock before it forgets that somebody waits
        video = get_premiere(person, public_id).video
        add_if_missing(session, AwaitedVideo, {"video_id": video.id})
        row = {"video_id": video.id, "user_id": person.id, "created_at": now}
        if add_if_missing(session, Reminder, row):
            _forget_told(session, video, person)
    return Premiere(video, has_reminder=True)


def stop_reminding(actor: User | None, public_id: str) -> Premiere:
    """Do not tell the person; it is no mistake if nobody was going to.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound: as `get_premiere`.
    """
    person = require_signed_in(actor)
    with transaction() as session:
        video = get_premiere(person, public_id).video
        session.execute(delete(Reminder).where(Reminder.video_id == video.id, Reminder.user_id == person.id))
    return Premiere(video, has_reminder=False)


def remind_of_published(*, now: datetime) -> int:
    """Tell those who waited for videos that are published by now; for the sweep. Returns how many people were told."""
    told = 0
    while (count := _go_on(now)) is not None:
        told += count
    return told


def _go_on(now: datetime) -> int | None:
    """Tell the next people of one video; how many those were, or None when nobody is left to be told."""
    with transaction() as session:
        video = session.scalar(
            select(Video)
            .join(AwaitedVideo, AwaitedVideo.video_id == Video.id)
            .where(
                Video.published_at.is_not(None),
                Video.is_playable,
                Video.status.not_in((VideoStatus.DELETED, VideoStatus.BLOCKED)),
            )
            .limit(1)
            .with_for_update(skip_locked=True, of=Video)
            .execution_options(populate_existing=True)
        )
        if video is None:
            return None
        waiting = select(Reminder.user_id).where(Reminder.video_id == video.id).order_by(Reminder.user_id)
        people = session.scalars(waiting.limit(PEOPLE_AT_ONCE)).all()
        if people:
            _tell(session, video, (people[0], people[-1]), now)
        if len(people) < PEOPLE_AT_ONCE:
            session.execute(delete(AwaitedVideo).where(AwaitedVideo.video_id == video.id))
            log.info("reminded", video=video.public_id)
    return len(people)


def _tell(session: Session, video: Video, users: tuple[int, int], now: datetime) -> None:
    """Tell those from the first to the last of these rows, as far as they may watch, and forget that they waited."""
    which = (Reminder.video_id == video.id, Reminder.user_id.between(*users))
    people = select(Reminder.user_id).where(*which)
    if video.visibility is Visibility.PRIVATE:
        people = people.where(_is_named(Reminder.user_id, Reminder.video_id))
    about = {"subject": video.public_id, "video_id": video.id, "person_id": video.owner_id, "excerpt": ""}
    tell(session, NotificationKind.REMINDER, people, about=about, now=now)
    session.execute(delete(Reminder).where(*which), execution_options={"synchronize_session": False})


def _forget_told(session: Session, video: Video, person: User) -> None:
    """Of one kind, a person is told once of each subject: let what was told before be told again."""
    told = delete(Notification).where(
        Notification.user_id == person.id,
        Notification.kind == NotificationKind.REMINDER,
        Notification.subject == video.public_id,
    )
    session.execute(told, execution_options={"synchronize_session": False})


def _question(actor: User | None, public_id: str) -> Select[Video, bool, bool]:
    """The video, whether its owner named this person as a viewer, and whether he or she waits for it."""
    person_id = actor.id if actor else 0
    has_reminder = select(Reminder.user_id).where(Reminder.video_id == Video.id, Reminder.user_id == person_id).exists()
    return (
        select(Video, _is_named(literal(person_id), Video.id), has_reminder)
        .where(Video.public_id == public_id)
        .options(*AS_CARD)
        .execution_options(populate_existing=True)
    )


def _is_named(user_id: SQLColumnExpression[int], video_id: SQLColumnExpression[int]) -> Exists:
    """Whether the owner named this person as a viewer."""
    named = select(video_viewers.c.user_id)
    return named.where(video_viewers.c.video_id == video_id, video_viewers.c.user_id == user_id).exists()
