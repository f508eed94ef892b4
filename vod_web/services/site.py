"""What was decided about the site as a whole, in the browser?"""

from dataclasses import dataclass

from sqlalchemy import select

from vod_web.db.session import current_session, transaction
from vod_web.models import RegistrationPolicy, Role, SiteSetting, User
from vod_web.schemas.admin import SiteChange
from vod_web.services import audit
from vod_web.services.permissions import require_role


@dataclass(frozen=True, kw_only=True)
class Site:
    """The decisions about the site."""

    name: str = "VOD Web"
    registration: RegistrationPolicy = RegistrationPolicy.OPEN


def get_site() -> Site:
    """The decisions as they stand; defaults where nothing was decided."""
    rows = current_session().scalars(select(SiteSetting)).all()
    decided = {row.name: row.value["value"] for row in rows}
    return Site(
        name=decided.get("name", Site.name),
        registration=RegistrationPolicy(decided.get("registration", Site.registration)),
    )


def change_site(site: Site) -> Site:
    """Take these decisions; they hold at once."""
    with transaction() as session:
        for name, value in (("name", site.name), ("registration", site.registration.value)):
            session.merge(SiteSetting(name=name, value={"value": value}))
    return site


def decide(actor: User | None, change: SiteChange) -> Site:
    """Take the decisions that an admin sent.

    Raises:
        NotAllowed: the actor is not an admin.
    """
    admin = require_role(actor, Role.ADMIN)
    with transaction():
        audit.note(admin, "site.change", change.name, registration=change.registration.value)
        return change_site(Site(name=change.name, registration=change.registration))


def is_set_up() -> bool:
    """Whether the site has its first account."""
    return current_session().scalar(select(User.id).limit(1)) is not None
