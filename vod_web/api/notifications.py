"""What you have been told, and how you want to be told."""

from flask import request

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.models import Notification, TokenScope
from vod_web.resources import resources
from vod_web.schemas.base import Page, PageQuery
from vod_web.schemas.notifications import (
    NotificationChoices,
    NotificationChoicesRead,
    NotificationRead,
    UnreadRead,
)
from vod_web.services import notification_list, notification_settings
from vod_web.services.notification_words import tell_notification
from vod_web.web.sign_in import current_person


@call("GET", "/notifications", scope=TokenScope.READ, query=PageQuery, returns=Page[NotificationRead])
def list_notifications(query: PageQuery) -> Page[NotificationRead]:
    """What you have been told, the newest first."""
    return notification_list.list_notifications(current_person(), query).read(_tell)


@call("GET", "/notifications/unread", scope=TokenScope.READ, returns=UnreadRead)
def count_unread_notifications() -> UnreadRead:
    """How many of them you have not read."""
    return UnreadRead(unread=notification_list.count_unread(current_person()))


@call("POST", "/notifications/read", scope=TokenScope.UPLOAD, returns=UnreadRead)
def read_all_notifications() -> UnreadRead:
    """Mark all of them as read."""
    notification_list.mark_all_read(current_person(), now=utc_now())
    return UnreadRead(unread=0)


@call("POST", "/notifications/<kind>/<subject>/read", scope=TokenScope.UPLOAD, returns=NotificationRead)
def read_notification(kind: str, subject: str) -> NotificationRead:
    """Mark one as read; `<kind>/<subject>` is its id."""
    return _tell(notification_list.mark_read(current_person(), kind, subject, now=utc_now()))


@call("GET", "/me/notification-choices", scope=TokenScope.READ, returns=NotificationChoicesRead)
def get_notification_choices() -> NotificationChoicesRead:
    """How you are told of each kind of thing."""
    choices = notification_settings.list_choices(current_person())
    return NotificationChoicesRead(has_mail=resources().mailer.is_on, choices=choices)


@call(
    "PUT",
    "/me/notification-choices",
    scope=TokenScope.UPLOAD,
    body=NotificationChoices,
    returns=NotificationChoicesRead,
)
def set_notification_choices(body: NotificationChoices) -> NotificationChoicesRead:
    """Choose how you are told; kinds that are left out stay as they are."""
    choices = notification_settings.choose(current_person(), body.choices)
    return NotificationChoicesRead(has_mail=resources().mailer.is_on, choices=choices)


def _tell(row: Notification) -> NotificationRead:
    told = tell_notification(row)
    return NotificationRead(
        id=f"{told.kind.value}/{told.subject}",
        kind=told.kind,
        sentence=told.sentence,
        excerpt=told.excerpt,
        url=request.url_root.rstrip("/") + told.path,
        is_read=told.is_read,
        created_at=told.created_at,
    )
