"""What was decided about the site as a whole, in the browser?"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import select

from vod_web.core.errors import Conflict
from vod_web.core.settings import Settings
from vod_web.db.session import current_session, transaction
from vod_web.models import CommentRule, RegistrationPolicy, Role, SensitiveRule, SiteSetting, User
from vod_web.schemas.admin import SiteChange, WorkersChange
from vod_web.services import audit
from vod_web.services.permissions import require_role

WORKERS = "workers"
_KNOWN = "site"
_DECIDED = select(SiteSetting.name, SiteSetting.value)


@dataclass(frozen=True, kw_only=True)
class Site:
    """The decisions about the site."""

    name: str = "VOD Web"
    registration: RegistrationPolicy = RegistrationPolicy.OPEN
    has_reactions: bool = True
    """Whether people can like videos, and see how many do."""
    has_comments: bool = True
    """Whether there are comments at all, whatever is said of each video."""
    comment_rule: CommentRule = CommentRule.ON
    """With what new videos begin, where their owner has not chosen."""
    sensitive_rule: SensitiveRule = SensitiveRule.BLUR
    """How sensitive videos are shown to visitors, and to whoever has not chosen."""


def get_site() -> Site:
    """The decisions as they stood when this session first asked; defaults where nothing was decided."""
    known = current_session().info
    if _KNOWN not in known:
        known[_KNOWN] = _read_site()
    found: Site = known[_KNOWN]
    return found


def _read_site() -> Site:
    decided = {name: value["value"] for name, value in current_session().execute(_DECIDED)}
    return Site(
        name=decided.get("name", Site.name),
        registration=RegistrationPolicy(decided.get("registration", Site.registration)),
        has_reactions=decided.get("has_reactions", Site.has_reactions),
        has_comments=decided.get("has_comments", Site.has_comments),
        comment_rule=CommentRule(decided.get("comment_rule", Site.comment_rule)),
        sensitive_rule=SensitiveRule(decided.get("sensitive_rule", Site.sensitive_rule)),
    )


def change_site(site: Site) -> Site:
    """Take these decisions; they hold at once."""
    with transaction() as session:
        for name, value in asdict(site).items():
            session.merge(SiteSetting(name=name, value={"value": value}))
        session.info.pop(_KNOWN, None)
    return site


def decide(actor: User | None, change: SiteChange) -> Site:
    """Take the decisions that an admin sent.

    Raises:
        NotAllowed: the actor is not an admin.
    """
    admin = require_role(actor, Role.ADMIN)
    with transaction():
        before = _read_site()
        after = replace(before, **change.model_dump(exclude_none=True))
        changed = [name for name, value in asdict(after).items() if value != getattr(before, name)]
        audit.note(admin, "site.change", after.name, registration=after.registration.value, changed=changed)
        return change_site(after)


@dataclass(frozen=True)
class WorkerCount:
    """How many workers `./vod up` keeps, wherever it runs for this site."""

    count: int
    decided_at: str | None = None
    """None where only the settings say. The same number, decided again, brings drained workers back."""


def get_worker_count(settings: Settings) -> WorkerCount:
    """What was decided, or else what the settings of this machine say, which may also forbid workers here."""
    row = current_session().get(SiteSetting, WORKERS, populate_existing=True)
    if row is None or not settings.workers:
        return WorkerCount(settings.workers)
    return WorkerCount(**row.value["value"])


def decide_worker_count(actor: User | None, change: WorkersChange, *, settings: Settings, now: datetime) -> WorkerCount:
    """Let `./vod up` keep so many workers; it hears of it within seconds. Those too many finish their jobs first.

    Raises:
        NotAllowed: the actor is not an admin.
        Conflict: the settings say that there are no workers where the site runs.
    """
    admin = require_role(actor, Role.ADMIN)
    if not settings.workers:
        raise Conflict("VOD_WORKERS is 0: ./vod up starts no workers here. Start them on other machines.")
    decided = WorkerCount(change.count, now.isoformat())
    with transaction() as session:
        audit.note(admin, "site.workers", str(change.count))
        session.merge(SiteSetting(name=WORKERS, value={"value": asdict(decided)}))
    return decided


def is_set_up() -> bool:
    """Whether the site has its first account."""
    return current_session().scalar(select(User.id).limit(1)) is not None
