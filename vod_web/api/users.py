"""People, as others and they themselves may know them."""

from vod_web.api.calls import call
from vod_web.models import TokenScope
from vod_web.schemas.accounts import MeRead
from vod_web.schemas.uploads import UploadDefaultsRead, UploadDefaultsWrite
from vod_web.services import upload_defaults
from vod_web.services.permissions import require_signed_in
from vod_web.web.channels import tell_me
from vod_web.web.sign_in import current_person


@call("GET", "/me", returns=MeRead)
def get_me() -> MeRead:
    """Who you are, to this site."""
    return tell_me(require_signed_in(current_person()))


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
