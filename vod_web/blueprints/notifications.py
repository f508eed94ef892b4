"""What a person has been told, and how he or she wants to be told."""

import json
from typing import Any

from flask import Blueprint, current_app, flash, request
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.resources import resources
from vod_web.schemas.base import PageQuery, parse_input
from vod_web.schemas.notifications import NotificationChoices
from vod_web.services import notification_list, notification_settings
from vod_web.services.notification_words import OF_UPLOADERS, TITLES, tell_notification
from vod_web.services.permissions import require_signed_in
from vod_web.web.forms import read_query_kindly
from vod_web.web.rendering import (
    address_here,
    go_to,
    go_to_address,
    is_fragment_request,
    render,
    render_blocks,
)
from vod_web.web.sign_in import current_person

blueprint = Blueprint("notifications", __name__)

CHANGED = {"HX-Trigger": json.dumps({"notifications-changed": ""})}


@blueprint.get("/notifications")
def index() -> str:
    """The newest first; then the bell has nothing to count."""
    wanted, _ = read_query_kindly(PageQuery)
    found = notification_list.list_notifications(current_person(), wanted)
    notification_list.note_seen(current_person(), found.items)
    told = [tell_notification(row) for row in found.items]
    next_url = address_here(cursor=found.next) if found.next else None
    return render("notifications/index.html", "items", told=told, next_url=next_url)


@blueprint.get("/notifications/bell")
def bell() -> str:
    """The bell of the header, which asks for itself when something was read."""
    require_signed_in(current_person())
    return render_blocks("notifications/parts.html", "bell")


@blueprint.get("/notifications/<kind>/<subject>")
def follow(kind: str, subject: str) -> Response:
    """Where a notification leads; then it is read."""
    found = notification_list.mark_read(current_person(), kind, subject, now=utc_now())
    return go_to_address(tell_notification(found).path)


@blueprint.post("/notifications/<kind>/<subject>/read")
def mark_read(kind: str, subject: str) -> Response:
    """Read, without having followed it."""
    found = notification_list.mark_read(current_person(), kind, subject, now=utc_now())
    if not is_fragment_request():
        return go_to("notifications.index")
    block = render_blocks("notifications/parts.html", "item", one=tell_notification(found))
    return current_app.response_class(block, headers=CHANGED)


@blueprint.post("/notifications/read")
def mark_all_read() -> Response:
    """All of them are read."""
    notification_list.mark_all_read(current_person(), now=utc_now())
    return go_to("notifications.index")


@blueprint.get("/account/notifications")
def settings() -> str:
    """How the person wants to be told of what."""
    return render("notifications/settings.html", **_settings_context())


@blueprint.post("/account/notifications")
def save_settings() -> Response | str:
    """Take what was chosen; what the page did not offer stays as it is."""
    offered = {choice.kind: choice for choice in _offered()}
    choices = [
        {
            "kind": kind.value,
            "on_site": f"{kind.value}_site" in request.form,
            "mail": request.form.get(f"{kind.value}_mail", kept.mail.value),
        }
        for kind, kept in offered.items()
    ]
    notification_settings.choose(current_person(), parse_input(NotificationChoices, {"choices": choices}).choices)
    flash("Saved.", "good")
    return go_to("notifications.settings")


@blueprint.get("/notifications/mail/<token>")
def ask_to_stop(token: str) -> str:
    """A page with a button: programs that look at all links of a mail must not press it."""
    person = notification_settings.find_mail_stop(token, secret_key=resources().settings.secret_key)
    return render("notifications/stop.html", person=person, token=token, is_done=False)


@blueprint.post("/notifications/mail/<token>")
def stop_mails(token: str) -> str:
    """No more mails: by that button, or by the mail program's own (RFC 8058), which knows no session."""
    person = notification_settings.stop_mails(token, secret_key=resources().settings.secret_key)
    return render("notifications/stop.html", person=person, token=token, is_done=True)


def _offered() -> list[Any]:
    """The kinds that may happen to this person."""
    person = require_signed_in(current_person())
    choices = notification_settings.list_choices(person)
    return [choice for choice in choices if person.can_upload or choice.kind not in OF_UPLOADERS]


def _settings_context() -> dict[str, Any]:
    return {"choices": _offered(), "titles": TITLES, "has_mail": resources().mailer.is_on}
