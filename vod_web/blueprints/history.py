"""What a person has watched: a list by day, and what may be done with it."""

from datetime import datetime

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.core.errors import InvalidInput
from vod_web.schemas.base import parse_input
from vod_web.schemas.viewing import HistoryFilter, RemovalUndo
from vod_web.services import history
from vod_web.services.permissions import require_signed_in
from vod_web.services.videos import AS_CARD
from vod_web.web.forms import read_query_kindly
from vod_web.web.rendering import (
    address_here,
    go_to,
    is_fragment_request,
    is_from_htmx,
    reload_page,
    render,
    tell,
)
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_cards

blueprint = Blueprint("history", __name__, url_prefix="/history")


@blueprint.get("")
def index() -> str:
    """My history."""
    person = require_signed_in(current_person())
    wanted, left_out = read_query_kindly(HistoryFilter)
    found = history.list_history(person, wanted, options=AS_CARD)
    told = show_cards([seen.video for seen in found.items])
    last_day = found.items[-1].watched_at.date().isoformat() if found.items else None
    return render(
        "history/index.html",
        "entries" if wanted.cursor else "history",
        wanted=wanted,
        left_out=left_out,
        entries=list(zip(found.items, told, strict=True)),
        next_url=address_here(cursor=found.next, day=last_day) if found.next else None,
        day_before=request.args.get("day", "") if wanted.cursor else "",
        today=utc_now().date(),
        is_paused=person.is_history_paused,
        removed_at=_removed_at(),
    )


@blueprint.post("/<video_id>/remove")
def remove(video_id: str) -> Response:
    """Take one video out."""
    return _after_removal(history.remove_from_history(current_person(), video_id, now=utc_now()))


@blueprint.post("/clear")
def clear() -> Response:
    """Take everything out."""
    removed_at = history.clear_history(current_person(), now=utc_now())
    return go_to("history.index", removed=removed_at.isoformat())


@blueprint.post("/restore")
def restore() -> Response:
    """Bring back what was taken out."""
    undo = parse_input(RemovalUndo, {"removed_at": request.args.get("removed", "")})
    count = history.bring_back(current_person(), undo.removed_at)
    flash("It is back in your history." if count else "That is gone: it can be brought back for an hour.")
    return reload_page() if is_from_htmx() else go_to("history.index")


@blueprint.post("/pause")
def pause() -> Response:
    """Remember nothing of what I watch from now on."""
    history.pause_history(current_person(), is_paused=True)
    flash("Your history is paused. What you watch is not remembered.")
    return go_to("history.index")


@blueprint.post("/continue")
def resume() -> Response:
    """Remember again what I watch."""
    history.pause_history(current_person(), is_paused=False)
    flash("Your history goes on.", "good")
    return go_to("history.index")


def _after_removal(removed_at: datetime) -> Response:
    if is_fragment_request():
        undo = url_for("history.restore", removed=removed_at.isoformat())
        return tell("Removed from your history.", action="Undo", url=undo)
    return go_to("history.index", removed=removed_at.isoformat())


def _removed_at() -> datetime | None:
    """Of what was just taken out, as far as the address says it."""
    try:
        return parse_input(RemovalUndo, {"removed_at": request.args.get("removed", "")}).removed_at
    except InvalidInput:
        return None
