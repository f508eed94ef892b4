"""Who is told of a comment? The owner of the video, whoever it answers, and the people who are named in it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vod_web.models import Comment, NotificationKind, User, Video
from vod_web.services.mentions import find_named, names_in
from vod_web.services.notifications import notify, withdraw

OF_COMMENTS = (NotificationKind.COMMENT, NotificationKind.REPLY, NotificationKind.MENTION)


def announce(
    session: Session, comment: Comment, video: Video, *, answered: Comment | None = None, now: datetime
) -> None:
    """Tell everybody whom it concerns, each once; of one that is held, its owner alone. Inside a transaction."""
    author = _author(session, comment)
    to_owner = {video.owner_id}
    if comment.is_held:
        _tell(session, NotificationKind.COMMENT, to_owner, comment, video, author, now)
        return
    told: set[int] = set()
    for kind, people in (
        (NotificationKind.REPLY, _answered(session, comment, answered)),
        (NotificationKind.MENTION, _named(comment)),
        (NotificationKind.COMMENT, to_owner),
    ):
        _tell(session, kind, people - told, comment, video, author, now)
        told |= people


def tell_mentioned(session: Session, comment: Comment, video: Video, *, now: datetime) -> None:
    """Tell the people who are named in it; who was told before is not told again."""
    _tell(session, NotificationKind.MENTION, _named(comment), comment, video, _author(session, comment), now)


def take_back(session: Session, comment: Comment) -> None:
    """Let nobody have been told."""
    for kind in OF_COMMENTS:
        withdraw(session, kind, comment.public_id, video_id=comment.video_id)


def _answered(session: Session, comment: Comment, answered: Comment | None) -> set[int]:
    """Who wrote what it answers, and who began the thread."""
    began = select(Comment.author_id).where(Comment.id == comment.thread_id)
    people = set(session.scalars(began)) if comment.thread_id is not None else set()
    return people | ({answered.author_id} if answered else set())


def _author(session: Session, comment: Comment) -> User:
    return session.scalars(select(User).where(User.id == comment.author_id)).one()


def _named(comment: Comment) -> set[int]:
    return {person.id for person in find_named([comment.text]).values()} if names_in(comment.text) else set()


def _tell(
    session: Session, kind: NotificationKind, people: set[int], comment: Comment, video: Video, by: User, now: datetime
) -> None:
    notify(session, kind, to=people, subject=comment.public_id, now=now, video=video, by=by, excerpt=comment.text)
