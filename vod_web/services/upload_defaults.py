"""With what do a person's new uploads begin?"""

from vod_web.db.session import current_session, transaction
from vod_web.db.upserts import upsert
from vod_web.models import Role, UploadDefaults, User
from vod_web.schemas.uploads import UploadDefaultsRead, UploadDefaultsWrite
from vod_web.services.permissions import require_role


def get_defaults(actor: User | None) -> UploadDefaultsRead:
    """What the person has chosen, or what holds where nothing is chosen.

    Raises:
        NotSignedIn, NotAllowed: the person may not upload.
    """
    person = require_role(actor, Role.UPLOADER)
    kept = current_session().get(UploadDefaults, person.id)
    return UploadDefaultsRead.model_validate(kept) if kept else UploadDefaultsRead()


def set_defaults(actor: User | None, wanted: UploadDefaultsWrite) -> UploadDefaultsRead:
    """Keep these from now on; uploads that have begun stay as they are."""
    person = require_role(actor, Role.UPLOADER)
    with transaction() as session:
        upsert(session, UploadDefaults, {"user_id": person.id}, wanted.model_dump())
    return UploadDefaultsRead.model_validate(wanted.model_dump())
