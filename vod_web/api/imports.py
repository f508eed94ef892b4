"""Files that the site fetches from other servers, so that nobody has to send them."""

from vod_web.api.calls import call
from vod_web.models import TokenScope
from vod_web.resources import resources
from vod_web.schemas.base import Page
from vod_web.schemas.imports import ImportCreate, ImportRead, ImportRetry
from vod_web.services import imports
from vod_web.web.sign_in import current_person


@call(
    "POST",
    "/imports",
    scope=TokenScope.UPLOAD,
    body=ImportCreate,
    returns=ImportRead,
    status=201,
    errors=(409, 415),
)
def create_import(body: ImportCreate) -> ImportRead:
    """Have a file fetched from an address.

    The video exists from now on, with the status `uploading`; the file is fetched when it is its turn, and processed
    then like an upload. Follow it with `GET /imports/{import_id}`. Addresses of private networks are not asked, nor
    followed to.
    """
    held = resources()
    found = imports.create_import(
        current_person(), body, storage=held.storage, settings=held.settings, throttle=held.throttle
    )
    return imports.read_import(found)


@call("GET", "/imports", scope=TokenScope.UPLOAD, returns=Page[ImportRead])
def list_imports() -> Page[ImportRead]:
    """Your imports that are not over, those that failed, and those that ended within the last hour."""
    found = imports.list_imports(current_person())
    return Page(items=[imports.read_import(one) for one in found], next=None)


@call("GET", "/imports/<import_id>", scope=TokenScope.UPLOAD, returns=ImportRead)
def get_import(import_id: str) -> ImportRead:
    """How far an import is."""
    return imports.read_import(imports.get_import(current_person(), import_id))


@call(
    "POST", "/imports/<import_id>/retry", scope=TokenScope.UPLOAD, body=ImportRetry, returns=ImportRead, errors=(409,)
)
def retry_import(import_id: str, body: ImportRetry) -> ImportRead:
    """Fetch a file again that could not be fetched, from its beginning."""
    found = imports.retry_import(current_person(), import_id, body, settings=resources().settings)
    return imports.read_import(found)


@call("DELETE", "/imports/<import_id>", scope=TokenScope.UPLOAD, errors=(409,))
def cancel_import(import_id: str) -> None:
    """Give an import up: what has come is thrown away, and the video with it."""
    imports.cancel_import(current_person(), import_id, storage=resources().storage)
