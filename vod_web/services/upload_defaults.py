"""With what do a person's new uploads begin?"""

from collections.abc import Mapping
from typing import Any

from vod_web.db.session import current_session, transaction
from vod_web.db.upserts import upsert
from vod_web.models import Role, UploadDefaults, User
from vod_web.schemas.uploads import UploadDefaultsRead, UploadDefaultsWrite
from vod_web.schemas.videos import VideoCreate
from vod_web.services.filenames import make_title
from vod_web.services.permissions import require_role


def get_defaults(actor: User | None) -> UploadDefaultsRead:
    """What the person has chosen, or what holds where nothing is chosen.

    Raises:
        NotSignedIn, NotAllowed: the person may not upload.
    """
    person = require_role(actor, Role.UPLOADER)
    kept = current_session().get(UploadDefaults, person.id)
    return UploadDefaultsRead.model_validate(kept) if kept else UploadDefaultsRead()


def describe_video(person: User, said: Mapping[str, Any], filename: str) -> VideoCreate:
    """What is said of a new video: by the person now, else by their defaults, else by the name of its file."""
    defaults = get_defaults(person).model_dump(exclude_none=True)
    return VideoCreate(**({"title": make_title(filename)} | defaults | dict(said)))


def set_defaults(actor: User | None, wanted: UploadDefaultsWrite) -> UploadDefaultsRead:
    """Keep these from now on; uploads that have begun stay as they are."""
    person = require_role(actor, Role.UPLOADER)
    with transaction() as session:
        upsert(session, UploadDefaults, {"user_id": person.id}, wanted.model_dump())
    return UploadDefaultsRead.model_validate(wanted.model_dump())
