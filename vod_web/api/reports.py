"""Saying what is wrong with a video or a comment, and deciding about it."""

from typing import Any

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.models import Report, TokenScope
from vod_web.resources import resources
from vod_web.schemas.base import Page
from vod_web.schemas.reports import ReportCreate, ReportDecision, ReportFilter, ReportRead
from vod_web.services import reports
from vod_web.web.sign_in import asking_browser, current_person


@call("POST", "/videos/<video_id>/reports", scope=TokenScope.UPLOAD, body=ReportCreate, errors=(410,))
def report_video(video_id: str, body: ReportCreate) -> None:
    """Say what is wrong with a video; a second report of yours changes nothing."""
    reports.report_video(current_person(), video_id, body, **_sender())


@call("POST", "/comments/<comment_id>/reports", scope=TokenScope.UPLOAD, body=ReportCreate, errors=(410,))
def report_comment(comment_id: str, body: ReportCreate) -> None:
    """Say what is wrong with a comment; a second report of yours changes nothing."""
    reports.report_comment(current_person(), comment_id, body, **_sender())


@call("GET", "/admin/reports", scope=TokenScope.ADMIN, query=ReportFilter, returns=Page[ReportRead])
def list_reports(query: ReportFilter) -> Page[ReportRead]:
    """What people reported, for moderators: what is open, or what is settled."""
    found = reports.list_reports(current_person(), query)
    return Page(items=reports.read_reports(found.items), next=found.next)


@call("POST", "/admin/reports/<report_id>/decision", scope=TokenScope.ADMIN, body=ReportDecision, returns=ReportRead)
def decide_report(report_id: str, body: ReportDecision) -> ReportRead:
    """Leave what was reported as it is, or delete the comment or block the video; settles all reports of it."""
    return _tell(reports.decide(current_person(), report_id, body, now=utc_now()))


@call("POST", "/admin/reports/<report_id>/reopen", scope=TokenScope.ADMIN, returns=ReportRead)
def reopen_report(report_id: str) -> ReportRead:
    """Let a report wait for a decision again."""
    return _tell(reports.reopen(current_person(), report_id))


def _sender() -> dict[str, Any]:
    held = resources()
    return {"address": asking_browser().address, "secret": held.settings.secret_key, "throttle": held.throttle}


def _tell(report: Report) -> ReportRead:
    return reports.read_reports([report])[0]
