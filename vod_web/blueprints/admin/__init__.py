"""The pages from which the site is run: overview, users, videos, jobs, settings, the log of what was done.

Only admins get past the check here, but for the reports, which are for moderators. Services ask once more, but for
those that owners of a video may call as well, which ask for the right to change the video.
"""

import json
from urllib.parse import urlsplit

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response

from vod_web.models import Role
from vod_web.services.permissions import require_role
from vod_web.web.rendering import go_to_address, is_fragment_request
from vod_web.web.sign_in import current_person, safe_next

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

LIST_CHANGED = "list-changed"
"""The event on which a table shows itself anew."""


FOR_MODERATORS = {"list_reports", "decide_report", "reopen_report", "unblock_video"}
"""The views that moderators see as well."""


@blueprint.before_request
def require_admin() -> None:
    """Visitors are led to the sign-in page, others refused."""
    view = (request.endpoint or "").rpartition(".")[2]
    require_role(current_person(), Role.MODERATOR if view in FOR_MODERATORS else Role.ADMIN)


def done(sentence: str, otherwise: str) -> Response:
    """After a deed: back to where it was done, with what happened in words.

    htmx stays on the page and hears that the table has changed; a plain form goes back to the page it came from,
    filters and all, or to the endpoint `otherwise` where the browser does not say.
    """
    if is_fragment_request():
        events = {"toast": {"message": sentence, "kind": "good"}, LIST_CHANGED: True}
        return Response(status=204, headers={"HX-Trigger": json.dumps(events)})
    flash(sentence, "good")
    return go_to_address(_came_from() or url_for(otherwise))


def _came_from() -> str | None:
    """The admin page on which the button was pressed."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host or not came_from.path.startswith(f"{blueprint.url_prefix}/"):
        return None
    return safe_next(came_from._replace(scheme="", netloc="", fragment="").geturl())


from vod_web.blueprints.admin import audit, jobs, overview, reports, settings, users, videos  # noqa: E402 - they add their views

__all__ = ["audit", "blueprint", "jobs", "overview", "reports", "settings", "users", "videos"]
