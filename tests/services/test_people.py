"""What admins decide about people."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from tests.factories import make_admin, make_token, make_user
from vod_web.core.errors import Conflict, NotAllowed, NotFound, NotSignedIn, VodError
from vod_web.db.session import close_session, current_session
from vod_web.models import AuditEvent, Role, User
from vod_web.services import accounts, people, sign_ins, tokens
from vod_web.services.sign_ins import Browser

pytestmark = pytest.mark.usefixtures("database")


def audit_trail() -> list[tuple[str, str]]:
    events = current_session().scalars(select(AuditEvent).order_by(AuditEvent.id))
    return [(event.action, event.target) for event in events]


def test_an_admin_gives_roles_and_it_is_written_down() -> None:
    admin = make_admin()
    make_user("ada", Role.VIEWER)
    assert people.set_role(admin, "ADA", Role.UPLOADER).can_upload
    assert audit_trail() == [("user.set_role", "ada")]
    event = current_session().scalars(select(AuditEvent)).one()
    assert (event.actor_id, event.detail) == (admin.id, {"before": "viewer", "after": "uploader"})


def test_giving_the_role_that_somebody_has_is_no_event() -> None:
    admin = make_admin()
    make_user("ada", Role.VIEWER)
    people.set_role(admin, "ada", Role.VIEWER)
    assert audit_trail() == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.UPLOADER, Role.MODERATOR])
def test_only_admins_decide_about_people(role: Role) -> None:
    actor = make_user("eve", role)
    make_user("ada")
    for deed in (
        lambda: people.set_role(actor, "eve", Role.ADMIN),
        lambda: people.suspend_user(actor, "ada"),
        lambda: people.unsuspend_user(actor, "ada"),
    ):
        with pytest.raises(NotAllowed):
            deed()
    with pytest.raises(NotSignedIn):
        people.suspend_user(None, "ada")
    assert audit_trail() == []


def test_the_last_admin_stays() -> None:
    admin = make_admin()
    make_admin("former", is_suspended=True)
    with pytest.raises(Conflict, match="only admin"):
        people.set_role(admin, "root", Role.VIEWER)
    with pytest.raises(Conflict):
        people.suspend_user(admin, "root")
    close_session()
    assert accounts.get_user("root").is_admin
    assert accounts.get_user("root").is_active


def test_an_admin_can_step_down_where_there_is_another() -> None:
    admin = make_admin()
    make_admin("second")
    assert people.set_role(admin, "root", Role.VIEWER).role is Role.VIEWER


def test_two_admins_cannot_demote_each_other_at_once() -> None:
    admins = [make_admin("first"), make_admin("second")]

    def demote(actor: User, username: str) -> bool:
        try:
            people.set_role(actor, username, Role.VIEWER)
        except VodError:
            return False
        finally:
            close_session()
        return True

    with ThreadPoolExecutor(2) as threads:
        worked = list(threads.map(demote, admins, ["second", "first"]))
    assert sorted(worked) == [False, True]
    close_session()
    left = current_session().scalars(select(User).where(User.role == Role.ADMIN)).all()
    assert len(left) == 1


def test_the_suspended_are_out_at_once_and_back_when_let_in() -> None:
    admin, ada = make_admin(), make_user("ada")
    _, secret = sign_ins.begin_sign_in(ada, Browser())
    token = make_token(ada)
    people.suspend_user(admin, "ada", "Spam.")
    assert sign_ins.find_sign_in(secret) is None
    with pytest.raises(NotSignedIn):
        tokens.authenticate(token)
    assert people.unsuspend_user(admin, "ada").suspended_reason is None
    assert tokens.authenticate(token).person.id == ada.id
    assert sign_ins.find_sign_in(secret) is None
    assert audit_trail() == [("user.suspend", "ada"), ("user.unsuspend", "ada")]


def test_nobody_suspends_themselves_or_nobody() -> None:
    admin = make_admin()
    make_admin("second")
    with pytest.raises(Conflict, match="yourself"):
        people.suspend_user(admin, "root")
    with pytest.raises(NotFound):
        people.suspend_user(admin, "nobody")
