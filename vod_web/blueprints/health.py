"""Is the site alive, and can it do its work? For load balancers and `./vod up`."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from vod_web.core.clock import utc_now
from vod_web.resources import resources
from vod_web.services.health import check_readiness

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Alive: this process answers."""
    return {"alive": True}


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Ready: database, queue, storage and workers answer; says which does not, and `./vod doctor` says why."""
    at_hand = resources()
    checks = check_readiness(storage=at_hand.storage, queue=at_hand.queue, now=utc_now())
    failing = [check.name for check in checks if not check.is_ok]
    return {"ready": not failing, "failing": failing}, 503 if failing else 200
