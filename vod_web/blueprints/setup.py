"""The first visit: make the admin, name the site, and see that everything works."""

from flask import Blueprint, current_app, make_response, request
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.models import User
from vod_web.resources import resources
from vod_web.schemas.setup import SetupCreate
from vod_web.services import setup, site
from vod_web.web.forms import blank_form, read_form, redisplay_on_error
from vod_web.web.rendering import go_to, is_fragment_request, render
from vod_web.web.sign_in import current_person, sign_in_person

blueprint = Blueprint("setup", __name__, url_prefix="/setup")

SET_UP = "site_is_set_up"
"""In the app's extensions: true once there is an account, so that later requests need not ask."""

REACHABLE_BEFORE = ("setup.", "static", "health.", "api.")


@blueprint.before_app_request
def lead_to_setup() -> Response | None:
    """Until there is an account, every page leads here."""
    endpoint = request.endpoint or ""
    if current_app.extensions.get(SET_UP) or endpoint.startswith(REACHABLE_BEFORE):
        return None
    current_app.extensions[SET_UP] = site.is_set_up()
    return None if current_app.extensions[SET_UP] else go_to("setup.index")


@blueprint.get("")
def index() -> str | Response:
    """The form, or the home page once there is an account."""
    if site.is_set_up():
        return go_to("library.home")
    return render("setup/index.html", **blank_form())


@blueprint.post("")
@redisplay_on_error("setup/index.html", "form")
def submit() -> Response:
    """Make the admin, sign in, and send the test clip on its way."""
    person = setup.set_up(read_form(SetupCreate))
    sign_in_person(person)
    return _send_clip(person)


@blueprint.post("/proof")
def prove_again() -> Response:
    """Send another clip."""
    return _send_clip(current_person())


def _send_clip(person: User | None) -> Response:
    at_hand = resources()
    setup.start_proof(person, storage=at_hand.storage, queue=at_hand.queue, settings=at_hand.settings)
    return go_to("setup.proof")


@blueprint.get("/proof")
def proof() -> Response:
    """The links of the chain, turning green one after another; the last answer brings the page with the player."""
    found = setup.get_proof(current_person(), queue=resources().queue, now=utc_now())
    response = make_response(render("setup/proof.html", "links", proof=found))
    if found.is_playable and is_fragment_request():
        response.headers["HX-Refresh"] = "true"
    return response
