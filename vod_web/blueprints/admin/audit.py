"""Who did what with power, and when?"""

from vod_web.blueprints.admin import blueprint
from vod_web.schemas.admin import AuditFilter
from vod_web.services import audit
from vod_web.web.forms import read_query
from vod_web.web.rendering import render
from vod_web.web.sign_in import current_person


@blueprint.get("/audit")
def audit_log() -> str:
    """The table of everything that was done with power."""
    wanted = read_query(AuditFilter)
    actions = [("", "All"), *((action, action) for action in audit.list_actions(current_person()))]
    page = audit.list_events(current_person(), wanted)
    return render("admin/audit.html", "rows", page=page, wanted=wanted, action_choices=actions)
