"""What is new on the channels that a person follows, and the buttons to follow one."""

import json

from flask import Blueprint, current_app, request, url_for
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound
from vod_web.models import User
from vod_web.schemas.base import PageQuery, parse_input
from vod_web.schemas.subscriptions import SubscriptionForm, Wish
from vod_web.services import subscriptions
from vod_web.services.accounts import get_user
from vod_web.services.subscriptions import Standing, get_standing
from vod_web.services.videos import AS_CARD
from vod_web.web.forms import read_query_kindly
from vod_web.web.rendering import address_here, go_to_address, is_from_htmx, render, render_blocks
from vod_web.web.sign_in import current_person, safe_next
from vod_web.web.videos import show_list

blueprint = Blueprint("subscriptions", __name__)


@blueprint.get("/subscriptions")
def index() -> str:
    """The newest videos of the channels that the person follows."""
    person = current_person()
    wanted, _ = read_query_kindly(PageQuery)
    found = subscriptions.list_newest_videos(person, wanted, options=AS_CARD)
    follows_any = bool(found.items) or subscriptions.follows_any(person)
    return render("subscriptions/index.html", "videos", follows_any=follows_any, **show_list(found))


@blueprint.get("/subscriptions/channels")
def channels() -> str:
    """These channels, to change what one wants of them."""
    wanted, _ = read_query_kindly(PageQuery)
    found = subscriptions.list_subscriptions(current_person(), wanted)
    standings = [Standing(row.channel, is_followed=True, has_bell=row.has_bell) for row in found.items]
    next_url = address_here(cursor=found.next, left=None, wish=None) if found.next else None
    return render("subscriptions/channels.html", "channels", standings=standings, next_url=next_url, left=_find_left())


@blueprint.post("/subscriptions/<username>")
def change(username: str) -> Response:
    """Follow the channel, with a bell or without, or no more; the wish may stand in the address, as in that of Undo."""
    form = parse_input(
        SubscriptionForm, {name: request.values[name] for name in ("wish", "next") if name in request.values}
    )
    before = _act(username, form.wish)
    if not is_from_htmx():
        return go_to_address(_way_back(username, form, before))
    standing = get_standing(current_person(), get_user(username))
    response = current_app.response_class(
        render_blocks("subscriptions/follow.html", "follow", standing=standing, is_undo="wish" in request.args)
    )
    response.headers["HX-Trigger"] = json.dumps(_say(standing, form.wish, before))
    return response


def _act(username: str, wish: Wish) -> Wish:
    """Do it, and say how it was before."""
    person = current_person()
    before = _wish_of(get_standing(person, get_user(username)))
    if wish is Wish.OFF:
        subscriptions.unsubscribe(person, username)
    else:
        subscriptions.subscribe(person, username, has_bell=wish is Wish.BELL, now=utc_now())
    return before


def _wish_of(standing: Standing) -> Wish:
    return Wish.BELL if standing.has_bell else Wish.ON if standing.is_followed else Wish.OFF


def _way_back(username: str, form: SubscriptionForm, before: Wish) -> str:
    """The page with the button; the list of channels says what is gone from it, and offers it again."""
    back = safe_next(form.next) or url_for("library.channel", username=username)
    here = url_for("subscriptions.channels")
    if form.wish is Wish.OFF and back.partition("?")[0] == here:
        return url_for("subscriptions.channels", left=username, wish=before.value)
    return here if back.startswith(here + "?left=") else back


def _say(standing: Standing, wish: Wish, before: Wish) -> dict[str, object]:
    """What is said of the change, with a way back where a person left."""
    name, about = standing.channel.display_name or standing.channel.username, f"following {standing.channel.username}"
    if wish is Wish.OFF and before is not Wish.OFF:
        undo = url_for("subscriptions.change", username=standing.channel.username, wish=before.value)
        told = {"message": f"You no longer follow {name}.", "action": {"label": "Undo", "url": undo}}
        return {"toast": {**told, "kind": "good", "about": about}, "subscriptions-changed": ""}
    message = {
        Wish.BELL: f"You will be told of new videos of {name}.",
        Wish.ON: f"You follow {name}." if before is Wish.OFF else f"You follow {name}, and are not told of new videos.",
        Wish.OFF: f"You do not follow {name}.",
    }[wish]
    return {"toast": {"message": message, "kind": "good", "about": about}, "subscriptions-changed": ""}


def _find_left() -> tuple[User, str] | None:
    """Whom the person has just ceased to follow, and how it was before, for pages without scripts."""
    name, wish = request.args.get("left", ""), request.args.get("wish", "")
    if not name or wish not in (Wish.ON.value, Wish.BELL.value):
        return None
    try:
        standing = get_standing(current_person(), get_user(name))
    except NotFound:
        return None
    return None if standing.is_followed else (standing.channel, wish)
