"""What do people find wrong, and what becomes of it?"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import joinedload

from vod_web.core.errors import Gone, NotFound
from vod_web.core.ids import new_public_id
from vod_web.db.session import current_session, transaction
from vod_web.db.upserts import add_missing
from vod_web.models import Comment, Report, Role, User, Video, VideoStatus
from vod_web.schemas.reports import Decision, ReportCreate, ReportDecision, ReportFilter, ReportRead, ReportState
from vod_web.services import audit
from vod_web.services.blocking import block_video
from vod_web.services.comments import delete_comment, get_comment
from vod_web.services.paging import Found, Order, find_page
from vod_web.services.permissions import require_role
from vod_web.services.throttle import Limit, Throttle, network_of
from vod_web.services.videos import get_video, is_public_id

MOST_REPORTS = Limit("reports", amount=10, per_s=3600, message="You have reported a lot.")
NEWEST = Order(name="newest", by=Report.id, id=Report.id)
GONE = (VideoStatus.DELETED, VideoStatus.BLOCKED)


def report_video(
    actor: User | None, public_id: str, new: ReportCreate, *, address: str, secret: str, throttle: Throttle
) -> Video:
    """Say what is wrong with a video; who said so before is not counted twice. Nobody needs an account.

    Raises:
        NotFound, Gone: as `videos.get_video`.
        RateLimited: too often.
    """
    video = get_video(actor, public_id)
    subject = {"video_id": video.id, "comment_id": None, "subject": f"video {video.id}", "excerpt": video.title}
    _keep(actor, new, subject, address=address, secret=secret, throttle=throttle)
    return video


def report_comment(
    actor: User | None, public_id: str, new: ReportCreate, *, address: str, secret: str, throttle: Throttle
) -> Comment:
    """The same of a comment.

    Raises:
        NotFound, Gone: as `comments.get_comment`.
        RateLimited: too often.
    """
    comment, video = get_comment(actor, public_id)
    about = {"comment_id": comment.id, "subject": f"comment {comment.id}", "excerpt": comment.text}
    _keep(actor, new, {"video_id": video.id} | about, address=address, secret=secret, throttle=throttle)
    return comment


def list_reports(actor: User | None, wanted: ReportFilter) -> Found[Report]:
    """Those that wait for a decision, or those that have one; the newest first.

    Raises:
        NotSignedIn, NotAllowed: the actor does not moderate.
    """
    require_role(actor, Role.MODERATOR)
    reports = _with_all().where(Report.is_open.is_(wanted.state is ReportState.OPEN))
    return find_page(reports, NEWEST, cursor=wanted.cursor, limit=wanted.limit)


def read_reports(reports: Sequence[Report]) -> list[ReportRead]:
    """What moderators are told of them; one query, however many they are."""
    subjects = {report.subject for report in reports}
    alike = select(Report.subject, func.count()).where(Report.subject.in_(subjects), Report.is_open)
    rows = current_session().execute(alike.group_by(Report.subject))
    counted = {subject: number for subject, number in rows}  # noqa: C416 - rows are tuples, which mypy does not know
    return [_read(report, counted.get(report.subject, 0)) for report in reports]


def decide(actor: User | None, public_id: str, decision: ReportDecision, *, now: datetime) -> Report:
    """Take a decision on what was reported; it settles all open reports of the same thing.

    Raises:
        NotSignedIn, NotAllowed: the actor does not moderate.
        NotFound: there is no such report.
        InvalidInput: a video is blocked without a reason.
    """
    moderator = require_role(actor, Role.MODERATOR)
    with transaction() as session:
        report = _get(public_id)
        if decision.decision is Decision.REMOVE:
            _remove(moderator, report, decision.reason, now)
        settled = {"is_open": False, "note": decision.note, "resolved_by_id": moderator.id, "resolved_at": now}
        alike = update(Report).where(Report.subject == report.subject, Report.is_open)
        session.execute(alike.values(settled), execution_options={"synchronize_session": False})
        about = {"decision": decision.decision.value, "reason": decision.note or None, "id": report.video.public_id}
        audit.note(moderator, "report.resolve", _in_short(report.excerpt), **about)
    return _get(public_id)


def reopen(actor: User | None, public_id: str) -> Report:
    """Let it wait for a decision again.

    Raises:
        NotSignedIn, NotAllowed: the actor does not moderate.
        NotFound: there is no such report.
    """
    moderator = require_role(actor, Role.MODERATOR)
    with transaction():
        report = _get(public_id)
        report.is_open, report.resolved_at, report.resolved_by_id = True, None, None
        audit.note(moderator, "report.reopen", _in_short(report.excerpt), id=report.video.public_id)
    return _get(public_id)


def _keep(
    actor: User | None, new: ReportCreate, about: Mapping[str, object], *, address: str, secret: str, throttle: Throttle
) -> None:
    who = f"user {actor.id}" if actor else f"address {network_of(address)}"
    throttle.hit(MOST_REPORTS, who)
    row = dict(about) | {
        "public_id": new_public_id(),
        "reporter_id": actor.id if actor else None,
        "reporter_key": hashlib.sha256(f"{secret} {who}".encode()).hexdigest(),
        "reason": new.reason,
        "words": new.words,
    }
    with transaction() as session:
        add_missing(session, Report, [row])


def _remove(moderator: User, report: Report, reason: str, now: datetime) -> None:
    if report.comment is None:
        block_video(moderator, report.video.public_id, reason)
        return
    try:
        delete_comment(moderator, report.comment.public_id, now=now)
    except Gone:
        return  # somebody else was faster


def _with_all() -> Select[Report]:
    loaded = select(Report).options(
        joinedload(Report.video).joinedload(Video.owner),
        joinedload(Report.comment).joinedload(Comment.author),
        joinedload(Report.reporter),
        joinedload(Report.resolved_by),
    )
    return loaded.execution_options(populate_existing=True)


def _get(public_id: str) -> Report:
    of_id = _with_all().where(Report.public_id == public_id)
    found = current_session().scalar(of_id) if is_public_id(public_id) else None
    if found is None:
        raise NotFound("There is no such report.")
    return found


def _read(report: Report, open_count: int) -> ReportRead:
    comment, video = report.comment, report.video
    return ReportRead(
        id=report.public_id,
        reason=report.reason,
        words=report.words,
        excerpt=report.excerpt,
        video_id=video.public_id,
        video_title=video.title,
        comment_id=comment.public_id if comment else None,
        author=(comment.author if comment else video.owner).username,
        is_gone=comment.deleted_at is not None if comment else video.status in GONE,
        reporter=report.reporter.username if report.reporter else None,
        is_open=report.is_open,
        open_count=open_count,
        note=report.note,
        resolved_by=report.resolved_by.username if report.resolved_by else None,
        resolved_at=report.resolved_at,
        created_at=report.created_at,
    )


def _in_short(text: str) -> str:
    return " ".join(text.split())[: audit.TARGET_LENGTH]
