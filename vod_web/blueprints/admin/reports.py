"""What people reported; the one admin page that moderators see."""

from werkzeug.wrappers import Response

from vod_web.blueprints.admin import blueprint, done
from vod_web.core.clock import utc_now
from vod_web.schemas.reports import Decision, ReportDecision, ReportFilter
from vod_web.services import blocking, reports
from vod_web.web.forms import read_form, read_query
from vod_web.web.rendering import render
from vod_web.web.sign_in import current_person


@blueprint.get("/reports")
def list_reports() -> str:
    """Those that wait for a decision, or those that have one."""
    wanted = read_query(ReportFilter)
    page = reports.list_reports(current_person(), wanted)
    return render("admin/reports.html", "rows", page=page, wanted=wanted, reports=reports.read_reports(page.items))


@blueprint.post("/reports/<report_id>/decide")
def decide_report(report_id: str) -> Response:
    """Leave what was reported as it is, or take it away."""
    decision = read_form(ReportDecision)
    report = reports.decide(current_person(), report_id, decision, now=utc_now())
    removed = "The comment is deleted." if report.comment_id else "The video is blocked."
    kept = "It stays as it is; the reports are settled."
    return done(removed if decision.decision is Decision.REMOVE else kept, "admin.list_reports")


@blueprint.post("/reports/<report_id>/reopen")
def reopen_report(report_id: str) -> Response:
    """Let it wait for a decision again."""
    reports.reopen(current_person(), report_id)
    return done("The report is open again.", "admin.list_reports")


@blueprint.post("/reports/videos/<video_id>/unblock")
def unblock_video(video_id: str) -> Response:
    """Show a blocked video again."""
    video = blocking.unblock_video(current_person(), video_id)
    return done(f"“{video.title}” can be watched again.", "admin.list_reports")
