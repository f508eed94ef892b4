"""Muting people, and the list of those whom one has muted."""

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.schemas.base import PageQuery, parse_input
from vod_web.schemas.mutes import MuteForm
from vod_web.services import mutes
from vod_web.web.forms import read_query_kindly
from vod_web.web.rendering import address_here, came_from, go_to_address, is_from_htmx, render, tell
from vod_web.web.sign_in import current_person

blueprint = Blueprint("mutes", __name__)


@blueprint.get("/account/muted")
def index() -> str:
    """Whom one has muted."""
    wanted, _ = read_query_kindly(PageQuery)
    found = mutes.list_muted(current_person(), wanted)
    next_url = address_here(cursor=found.next) if found.next else None
    return render("auth/muted.html", "people", muted=found.items, next_url=next_url)


@blueprint.post("/account/muted/<username>")
def change(username: str) -> Response:
    """Mute somebody, or no more; the wish may stand in the address, as in that of Undo."""
    person = current_person()
    wish = parse_input(MuteForm, {"is_muted": request.values.get("is_muted", "")}).is_muted
    other = mutes.mute(person, username, now=utc_now()).muted if wish else mutes.unmute(person, username)
    name = other.display_name or other.username
    message = f"You have muted {name}." if wish else f"{name} is no longer muted."
    if is_from_htmx():
        undo = url_for("mutes.change", username=other.username, is_muted="false" if wish else "true")
        return tell(message, action="Undo", url=undo, about=f"muting {other.username}", people_muted="")
    flash(message, "good")
    return go_to_address(came_from())
