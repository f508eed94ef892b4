"""Reports: from anybody, once, and what moderators decide about them."""

import pytest
from sqlalchemy import select

from tests.factories import make_user, make_video
from vod_web.core.clock import utc_now
from vod_web.core.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn, RateLimited
from vod_web.db.session import current_session
from vod_web.models import AuditEvent, Comment, Report, ReportReason, Role, User, Video, VideoStatus, Visibility
from vod_web.schemas.comments import CommentCreate
from vod_web.schemas.reports import Decision, ReportCreate, ReportDecision, ReportFilter, ReportState
from vod_web.services import blocking, comments, reports
from vod_web.services.throttle import Throttle
from vod_web.services.videos import get_video

pytestmark = pytest.mark.usefixtures("database")
SPAM = ReportCreate(reason=ReportReason.SPAM, words="Look")


class Desk:
    """A video with a comment, and people who complain."""

    def __init__(self, throttle: Throttle) -> None:
        self.throttle = throttle
        self.ada, self.bob, self.eve = make_user("ada"), make_user("bob"), make_user("eve")
        self.mod = make_user("mod", Role.MODERATOR)
        self.video = make_video(self.ada, "Harbour")
        new = CommentCreate(text="Buy now")
        self.comment = comments.add_comment(self.bob, self.video.public_id, new, throttle=throttle, now=utc_now())

    def report(self, who: User | None, *, comment: bool = False, address: str = "10.0.0.1") -> None:
        """One report of the video or the comment."""
        sender = {"address": address, "secret": "s", "throttle": self.throttle}
        if comment:
            reports.report_comment(who, self.comment.public_id, SPAM, **sender)
        else:
            reports.report_video(who, self.video.public_id, SPAM, **sender)

    def listed(self, state: ReportState = ReportState.OPEN) -> list[Report]:
        """What the moderator sees."""
        return reports.list_reports(self.mod, ReportFilter(state=state)).items

    def decide(self, decision: Decision, **more: str) -> Report:
        """About the newest."""
        words = ReportDecision(decision=decision, **more)
        return reports.decide(self.mod, self.listed()[0].public_id, words, now=utc_now())


@pytest.fixture
def desk(throttle: Throttle) -> Desk:
    """Somewhere to complain."""
    return Desk(throttle)


def test_everybody_reports_once_with_or_without_an_account(desk: Desk) -> None:
    for _ in range(2):
        desk.report(desk.eve)
        desk.report(None)
        desk.report(None, address="10.0.0.2")
        desk.report(desk.eve, comment=True)
    told = reports.read_reports(desk.listed())
    assert [(one.comment_id is not None, one.reporter, one.open_count) for one in told] == [
        (True, "eve", 1),
        (False, None, 3),
        (False, None, 3),
        (False, "eve", 3),
    ]
    assert [one.excerpt for one in told[:2]] == ["Buy now", "Harbour"]
    kept = current_session().scalars(select(Report.reporter_key)).all()
    assert not any("10.0.0" in key for key in kept)


def test_reporting_has_a_limit_and_needs_the_right_to_see(desk: Desk) -> None:
    private = make_video(desk.ada, visibility=Visibility.PRIVATE)
    with pytest.raises(NotFound):
        reports.report_video(desk.eve, private.public_id, SPAM, address="x", secret="s", throttle=desk.throttle)
    for _ in range(reports.MOST_REPORTS.amount):
        desk.report(desk.eve)
    with pytest.raises(RateLimited):
        desk.report(desk.eve)
    desk.report(desk.bob)


def test_only_moderators_see_and_decide(desk: Desk) -> None:
    desk.report(desk.eve)
    report = desk.listed()[0]
    words = ReportDecision(decision=Decision.KEEP)
    for person, error in ((desk.ada, NotAllowed), (None, NotSignedIn)):
        with pytest.raises(error):
            reports.list_reports(person, ReportFilter())
        with pytest.raises(error):
            reports.decide(person, report.public_id, words, now=utc_now())
        with pytest.raises(error):
            reports.reopen(person, report.public_id)
        with pytest.raises(error):
            blocking.block_video(person, desk.video.public_id, "x")
    with pytest.raises(NotFound):
        reports.decide(desk.mod, "AAAAAAAAAAA", words, now=utc_now())


def test_one_decision_settles_all_reports_of_the_same_thing(desk: Desk) -> None:
    desk.report(desk.eve)
    desk.report(desk.eve, comment=True)
    desk.report(desk.bob, comment=True)
    settled = desk.decide(Decision.REMOVE, note="Spam again")
    assert (settled.is_open, settled.note) == (False, "Spam again")
    assert [report.comment_id for report in desk.listed()] == [None]
    assert len(desk.listed(ReportState.RESOLVED)) == 2
    assert current_session().get_one(Comment, desk.comment.id, populate_existing=True).deleted_at is not None
    actions = current_session().scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["comment.remove", "report.resolve"]
    reports.reopen(desk.mod, settled.public_id)
    assert reports.read_reports(desk.listed())[0].is_gone
    desk.decide(Decision.REMOVE)
    assert len(desk.listed()) == 1


def test_a_blocked_video_is_gone_at_once_and_comes_back(desk: Desk) -> None:
    desk.report(desk.eve)
    with pytest.raises(InvalidInput):
        desk.decide(Decision.REMOVE)
    assert len(desk.listed()) == 1
    desk.decide(Decision.REMOVE, reason="Not yours")
    assert desk.listed() == []
    with pytest.raises(NotFound):
        get_video(desk.eve, desk.video.public_id)
    shown = get_video(desk.ada, desk.video.public_id)
    assert (shown.status, shown.status_reason, shown.access_epoch) == (VideoStatus.BLOCKED, "Not yours", 1)
    blocking.unblock_video(desk.mod, desk.video.public_id)
    row = current_session().get_one(Video, desk.video.id, populate_existing=True)
    assert (row.status, row.status_reason, row.access_epoch) == (VideoStatus.READY, None, 2)
    assert get_video(desk.eve, desk.video.public_id)
