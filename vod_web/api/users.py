"""People, as others and they themselves may know them."""

from vod_web.api.calls import call
from vod_web.models import TokenScope, User
from vod_web.schemas.accounts import MeRead, UserRead
from vod_web.schemas.uploads import UploadDefaultsRead, UploadDefaultsWrite
from vod_web.services import accounts, upload_defaults
from vod_web.services.permissions import require_signed_in
from vod_web.web.sign_in import current_person


@call("GET", "/me", returns=MeRead)
def get_me() -> User:
    """Who you are, to this site."""
    return require_signed_in(current_person())


@call("GET", "/me/upload-defaults", scope=TokenScope.UPLOAD, returns=UploadDefaultsRead)
def get_upload_defaults() -> UploadDefaultsRead:
    """What your uploads begin with, where nothing else is said."""
    return upload_defaults.get_defaults(current_person())


@call(
    "PUT",
    "/me/upload-defaults",
    scope=TokenScope.UPLOAD,
    body=UploadDefaultsWrite,
    returns=UploadDefaultsRead,
)
def set_upload_defaults(body: UploadDefaultsWrite) -> UploadDefaultsRead:
    """Choose what your uploads begin with; what is left out goes back to how it was at first."""
    return upload_defaults.set_defaults(current_person(), body)


@call("GET", "/users/<username>", scope=TokenScope.READ, returns=UserRead)
def get_user(username: str) -> User:
    """Somebody's channel."""
    return accounts.get_user(username)
