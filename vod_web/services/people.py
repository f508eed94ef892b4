"""Which role has somebody, and who is shut out? What admins decide about people."""

from sqlalchemy import or_, select

from vod_web.core.errors import Conflict, NotFound
from vod_web.db.session import transaction
from vod_web.models import Role, User
from vod_web.services import audit, sign_ins
from vod_web.services.permissions import require_role


def set_role(actor: User | None, username: str, role: Role) -> User:
    """Give somebody another role; it holds from the next request on.

    Raises:
        NotAllowed: the actor is not an admin.
        NotFound: there is nobody of this name.
        Conflict: it would leave the site without an admin.
    """
    admin = require_role(actor, Role.ADMIN)
    with transaction():
        user, is_replaceable = _lock(username)
        if user.role is role:
            return user
        _refuse_last_admin(user, is_replaceable)
        audit.note(admin, "user.set_role", user.username, before=user.role.value, after=role.value)
        user.role = role
    return user


def suspend_user(actor: User | None, username: str, reason: str = "") -> User:
    """Shut somebody out: signed out everywhere at once, tokens refused; nothing of theirs is deleted.

    Raises:
        NotAllowed: the actor is not an admin.
        NotFound: there is nobody of this name.
        Conflict: it is the actor, or the last admin.
    """
    admin = require_role(actor, Role.ADMIN)
    with transaction():
        user, is_replaceable = _lock(username)
        if user.id == admin.id:
            raise Conflict("You cannot suspend yourself.")
        _refuse_last_admin(user, is_replaceable)
        user.is_suspended, user.suspended_reason = True, reason.strip()[:300] or None
        sign_ins.end_sign_ins(user)
        audit.note(admin, "user.suspend", user.username, reason=user.suspended_reason)
    return user


def unsuspend_user(actor: User | None, username: str) -> User:
    """Let somebody in again; tokens work as before.

    Raises:
        NotAllowed: the actor is not an admin.
        NotFound: there is nobody of this name.
    """
    admin = require_role(actor, Role.ADMIN)
    with transaction():
        user, _ = _lock(username)
        user.is_suspended, user.suspended_reason = False, None
        audit.note(admin, "user.unsuspend", user.username)
    return user


def _lock(username: str) -> tuple[User, bool]:
    """The person as the database has them now, and whether somebody else could run the site without them.

    All admins are locked too, in the order of their ids, so that two of them cannot shut each other out.
    """
    key = username.lower()
    concerned = select(User).where(or_(User.role == Role.ADMIN, User.username_key == key)).order_by(User.id)
    with transaction() as session:
        people = session.scalars(concerned.with_for_update().execution_options(populate_existing=True)).all()
    user = next((person for person in people if person.username_key == key), None)
    if user is None:
        raise NotFound("There is nobody of this name.")
    return user, any(person.role is Role.ADMIN and person.is_active for person in people if person is not user)


def _refuse_last_admin(user: User, is_replaceable: bool) -> None:
    if user.role is Role.ADMIN and not is_replaceable:
        raise Conflict("This is the only admin. Make somebody else an admin first.")
