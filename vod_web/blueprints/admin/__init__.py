"""The pages from which the site is run: overview, users, videos, jobs, settings.

Every service that they call asks for an admin; the check here only keeps others from reading an empty page.
"""

from flask import Blueprint

from vod_web.models import Role
from vod_web.services.permissions import require_role
from vod_web.web.sign_in import current_person

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.before_request
def require_admin() -> None:
    """Visitors are led to the sign-in page, others refused."""
    require_role(current_person(), Role.ADMIN)


from vod_web.blueprints.admin import jobs, overview, settings, users, videos  # noqa: E402 - they add their views

__all__ = ["blueprint", "jobs", "overview", "settings", "users", "videos"]
