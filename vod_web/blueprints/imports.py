"""The part of the upload page where files of other servers are fetched."""

from typing import Any

from flask import Blueprint, flash, make_response, request
from werkzeug.wrappers import Response

from vod_web.core.errors import InvalidInput, NotAllowed, NotSignedIn, VodError
from vod_web.resources import resources
from vod_web.schemas.imports import Addresses, ImportCreate, ImportRead, ImportRetry
from vod_web.services import imports
from vod_web.web.forms import read_form
from vod_web.web.rendering import go_to, is_fragment_request, render_blocks
from vod_web.web.sign_in import current_person

blueprint = Blueprint("imports", __name__, url_prefix="/upload/imports")

PAGE = "upload/imports.html"


@blueprint.get("")
def status() -> str:
    """How far they are."""
    return render_blocks(PAGE, "live", "states", imports=list_shown(), is_update=True)


@blueprint.post("")
def begin() -> Response:
    """Have files fetched; addresses that are refused stay in the field, each with its reason."""
    try:
        wanted = read_form(Addresses, addresses=request.form.get("addresses", "")).addresses
    except InvalidInput as error:
        return _answer([], {}, error.message)
    begun, refused = _begin_all(wanted)
    return _answer(begun, refused, "")


def _begin_all(addresses: list[str]) -> tuple[list[ImportRead], dict[str, str]]:
    """What was begun, and why the other addresses were refused."""
    held, begun, refused = resources(), [], {}
    for address in addresses:
        try:
            found = imports.create_import(
                current_person(),
                ImportCreate(url=address, allow_duplicate=False),
                storage=held.storage,
                settings=held.settings,
                throttle=held.throttle,
            )
        except (NotSignedIn, NotAllowed):
            raise
        except VodError as error:
            refused[address] = error.message
        else:
            begun.append(imports.read_import(found))
    return begun, refused


def _answer(begun: list[ImportRead], refused: dict[str, str], complaint: str) -> Response:
    if not is_fragment_request():
        for told in [complaint] if complaint else [f"{address}: {why}" for address, why in refused.items()]:
            flash(told, "bad")
        return go_to("upload.index")
    shown: dict[str, Any] = {"refused": refused, "complaint": complaint, "begun": begun, "imports": list_shown()}
    status = 422 if refused or complaint else 200
    return make_response(render_blocks(PAGE, "form", "added", "live", is_oob=True, **shown), status)


@blueprint.post("/<import_id>/cancel")
def cancel(import_id: str) -> Response:
    """Give one up."""
    imports.cancel_import(current_person(), import_id, storage=resources().storage)
    return make_response("") if is_fragment_request() else go_to("upload.index")


@blueprint.post("/<import_id>/retry")
def retry(import_id: str) -> Response:
    """Try one again that failed; also where the person has the file already, when that was the failure."""
    wanted = read_form(ImportRetry)
    imports.retry_import(current_person(), import_id, wanted, settings=resources().settings)
    if not is_fragment_request():
        return go_to("upload.index")
    return make_response(render_blocks(PAGE, "live", "states", imports=list_shown(), is_update=True, is_oob=True))


def list_shown() -> list[ImportRead]:
    """This person's imports as the page shows them."""
    return [imports.read_import(found) for found in imports.list_imports(current_person())]
