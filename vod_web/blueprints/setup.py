"""The first visit: make the admin, name the site, and see that everything works."""

from flask import Blueprint, current_app, flash, make_response, request
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict
from vod_web.models import Role, User
from vod_web.resources import resources
from vod_web.schemas.setup import SetupCreate
from vod_web.services import proof, setup, site
from vod_web.services.permissions import require_role
from vod_web.web.forms import blank_form, read_form, redisplay_on_error
from vod_web.web.rendering import go_to, is_fragment_request, render
from vod_web.web.sign_in import current_person, sign_in_person
from vod_web.web.videos import show_video

blueprint = Blueprint("setup", __name__, url_prefix="/setup")

SET_UP = "site_is_set_up"
"""In the app's extensions: true once there is an account, so that later requests need not ask."""

FORM = ("setup.index", "setup.submit")
REACHABLE_BEFORE = (*FORM, "static", "health.", "api.")


@blueprint.before_app_request
def lead_to_setup() -> Response | None:
    """Until there is an account, every page leads to the form; from then on, the form is gone."""
    endpoint = request.endpoint or ""
    if endpoint not in FORM and (current_app.extensions.get(SET_UP) or endpoint.startswith(REACHABLE_BEFORE)):
        return None
    is_set_up = current_app.extensions[SET_UP] = current_app.extensions.get(SET_UP) or site.is_set_up()
    if is_set_up:
        return go_to("library.home") if endpoint in FORM else None
    return None if endpoint in FORM else go_to("setup.index")


@blueprint.get("")
def index() -> str:
    """The form."""
    return render("setup/index.html", **blank_form())


@blueprint.post("")
@redisplay_on_error("setup/index.html", "form")
def submit() -> Response:
    """Make the admin, sign in, and send the test clip on its way."""
    try:
        person = setup.set_up(read_form(SetupCreate))
    except Conflict as error:  # somebody else was quicker by a moment
        flash(error.message, "bad")
        return go_to("auth.login")
    sign_in_person(person)
    return _send_clip(person)


@blueprint.get("/proof")
def show_proof() -> Response:
    """The links of the chain, turning green one after another; at the end the whole page anew, with the player."""
    person, at_hand = current_person(), resources()
    found = proof.get_proof(person, storage=at_hand.storage, queue=at_hand.queue, now=utc_now())
    clip = show_video(found.video) if found.video and found.is_playable else None
    response = make_response(render("setup/proof.html", "links", proof=found, clip=clip))
    if not found.is_moving and is_fragment_request():
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/proof")
def prove() -> Response:
    """Send a clip, or another one."""
    return _send_clip(require_role(current_person(), Role.ADMIN))


def _send_clip(person: User) -> Response:
    at_hand = resources()
    proof.start_proof(person, storage=at_hand.storage, queue=at_hand.queue, settings=at_hand.settings, now=utc_now())
    return go_to("setup.show_proof")


@blueprint.post("/proof/remove")
def remove_proof() -> Response:
    """Remove the clip."""
    proof.remove_proof(current_person(), now=utc_now())
    flash("The test clip is removed.", "good")
    return go_to("library.home")
