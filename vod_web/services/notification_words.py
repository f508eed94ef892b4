"""What does a notification say, and where does it lead?"""

from dataclasses import dataclass
from datetime import datetime

from vod_web.models import Notification, NotificationKind, User


@dataclass(frozen=True)
class Told:
    """A notification as people read it."""

    kind: NotificationKind
    subject: str
    sentence: str
    excerpt: str
    """What somebody wrote, or why a video failed; else empty."""
    path: str
    """Where it leads, on this site."""
    person: User | None
    """Who did it."""
    is_read: bool
    created_at: datetime


_SENTENCES = {
    NotificationKind.NEW_VIDEO: "{person} has a new video: {title}",
    NotificationKind.REMINDER: "It can be watched now: {title}",
    NotificationKind.VIDEO_READY: "Your video is ready: {title}",
    NotificationKind.VIDEO_FAILED: "Your video could not be processed: {title}",
    NotificationKind.COMMENT: "{person} commented on {title}",
    NotificationKind.REPLY: "{person} answered you under {title}",
    NotificationKind.MENTION: "{person} named you under {title}",
}
_OF_COMMENTS = (NotificationKind.COMMENT, NotificationKind.REPLY, NotificationKind.MENTION)

TITLES = {
    NotificationKind.NEW_VIDEO: ("New videos", "Of the channels that you follow with the bell."),
    NotificationKind.REMINDER: ("Reminders", "A video that you wanted to be reminded of is published."),
    NotificationKind.VIDEO_READY: ("Your video is ready", "All of its qualities are made."),
    NotificationKind.VIDEO_FAILED: ("Your video failed", "It could not be processed, and why."),
    NotificationKind.COMMENT: ("Comments", "Somebody writes under one of your videos."),
    NotificationKind.REPLY: ("Answers", "Somebody answers one of your comments."),
    NotificationKind.MENTION: ("Mentions", "Somebody names you in a comment."),
}
"""What each kind is called in the settings, and what it means."""
OF_UPLOADERS = (NotificationKind.VIDEO_READY, NotificationKind.VIDEO_FAILED)
"""Who may not upload is not asked about these."""


def tell_notification(row: Notification) -> Told:
    """What this one says; it was loaded with its video and person."""
    person = (row.person.display_name or row.person.username) if row.person else "Somebody"
    title = row.video.title if row.video else ""
    return Told(
        kind=row.kind,
        subject=row.subject,
        sentence=_SENTENCES[row.kind].format(person=person, title=title),
        excerpt=row.excerpt,
        path=_path(row),
        person=row.person,
        is_read=row.read_at is not None,
        created_at=row.created_at,
    )


def _path(row: Notification) -> str:
    if row.video is None:
        return "/notifications"
    address = f"/watch/{row.video.public_id}"
    return f"{address}?comment={row.subject}#comment-{row.subject}" if row.kind in _OF_COMMENTS else address
