"""The site at a glance: health lights and numbers."""

from vod_web.blueprints.admin import blueprint
from vod_web.core.clock import utc_now
from vod_web.resources import resources
from vod_web.services import admin, health
from vod_web.web.rendering import render
from vod_web.web.sign_in import current_person


@blueprint.get("")
def overview() -> str:
    """The numbers at once; the lights ask for themselves, since testing everything takes a moment."""
    return render("admin/overview.html", overview=admin.get_overview(current_person(), now=utc_now()))


@blueprint.get("/health")
def lights() -> str:
    """Every part of the site, tested for real."""
    at_hand = resources()
    checks = health.check_site(settings=at_hand.settings, storage=at_hand.storage, queue=at_hand.queue, now=utc_now())
    return render("admin/health.html", "lights", checks=checks)
