"""How does somebody get an account, prove that it is theirs, and say who they are?"""

from functools import partial

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vod_web.core.errors import InvalidInput, NotAllowed, NotFound, WrongPassword
from vod_web.core.security import hash_password, needs_rehash, new_secret, verify_password
from vod_web.db.session import current_session, transaction
from vod_web.models import PasswordReset, RegistrationPolicy, Role, SignIn, User
from vod_web.schemas.accounts import AdminRegistration, EmailChange, PasswordChange, Registration
from vod_web.schemas.admin import PersonCreate
from vod_web.schemas.base import parse_input
from vod_web.schemas.channels import ProfileUpdate
from vod_web.services import audit, sign_ins, site
from vod_web.services.mail import Mailer
from vod_web.services.permissions import require_role, require_signed_in
from vod_web.services.search.index import index_owner
from vod_web.services.throttle import Limit, Throttle

ADDRESS_TAKEN = "This address cannot be used. If it is yours, sign in instead."
ADDRESS_OF_ANOTHER = "This address cannot be used for your account. Choose another."
NOT_YOUR_PASSWORD = "This is not your password."  # noqa: S105 - a sentence
WRONG = "The name or the password is not right."
TRIES_PER_ACCOUNT = Limit("sign_in_account", 10, 15 * 60, "Too many tries to sign in to this account.")
TRIES_PER_ADDRESS = Limit("sign_in_address", 60, 15 * 60, "Too many tries to sign in.")
ADDRESS_CHANGES = Limit("change_email", 10, 60 * 60, "Too many changes of your e-mail address.")
REGISTRATIONS = Limit("register", 30, 60 * 60, "Too many accounts were made from your address.")

ADDRESS_CHANGED = """\
Hello {name},

your account at {site} has another e-mail address now, and no mail about it comes here any more.

If that was not you, somebody knows your password: ask the people who run {site} for help.
"""

_ROLE_OF = {RegistrationPolicy.OPEN: Role.UPLOADER, RegistrationPolicy.VIEWERS: Role.VIEWER}


def require_registration() -> Role:
    """The role that people get who register themselves.

    Raises:
        NotAllowed: the site's admins have closed registration.
    """
    role = _ROLE_OF.get(site.get_site().registration)
    if role is None:
        raise NotAllowed("Registration is closed on this site. Ask an admin for an account.")
    return role


def register(form: Registration, *, address: str, throttle: Throttle) -> User:
    """Make an account for somebody who came by.

    Raises:
        NotAllowed: registration is closed.
        InvalidInput: the user name or the e-mail address is taken.
        RateLimited: too many from this address.
    """
    role = require_registration()
    throttle.hit(REGISTRATIONS, address)
    return _add_user(form, role)


def create_admin(email: str, username: str, password: str) -> User:
    """Make an account that runs the site; for the set-up page and the command line.

    Raises:
        InvalidInput: a value is wrong, or the user name or address is taken.
    """
    values = {"email": email, "username": username, "password": password}
    form = parse_input(AdminRegistration, values)
    with transaction():
        user = _add_user(form, Role.ADMIN)
        audit.note(None, "user.create_admin", user.username)
    return user


def add_person(actor: User | None, form: PersonCreate) -> User:
    """Make an account for somebody, who chooses the password by a link (see `passwords.make_reset_link`).

    Raises:
        NotAllowed: the actor is not an admin.
        InvalidInput: the user name or the address is taken.
    """
    admin = require_role(actor, Role.ADMIN)
    nobody_knows = Registration(username=form.username, email=form.email, password=new_secret())
    with transaction():
        user = _add_user(nobody_knows, form.role)
        audit.note(admin, "user.add", user.username, role=form.role.value)
    return user


def _add_user(form: Registration, role: Role) -> User:
    """Hashing comes before the transaction: it is slow on purpose, and nobody should wait for it."""
    _refuse_bad_password(form.password, form.username, form.email)
    user = User(
        username=form.username,
        username_key=form.username.lower(),
        email=form.email,
        email_key=form.email.lower(),
        password_hash=hash_password(form.password),
        display_name=form.username,
        role=role,
    )
    try:
        with transaction() as session:
            _refuse_taken(user)
            session.add(user)
            session.flush()
            index_owner(session, user)
    except IntegrityError:  # somebody took it between the look and the insert
        raise InvalidInput("That user name or e-mail address was taken just now.") from None
    return user


def _refuse_bad_password(password: str, *known: str) -> None:
    if password.lower() in (value.lower() for value in known):
        raise InvalidInput("Choose another password.", {"password": "This is too easy to guess. Choose another."})


def _refuse_taken(user: User, address_taken: str = ADDRESS_TAKEN) -> None:
    fields = {}
    others = select(User.id).where(User.id != user.id) if user.id else select(User.id)
    session = current_session()
    with session.no_autoflush:
        if session.scalar(others.where(User.username_key == user.username_key)):
            fields["username"] = "This user name is taken. Choose another."
        if session.scalar(others.where(User.email_key == user.email_key)):
            fields["email"] = address_taken
    if fields:
        raise InvalidInput(" ".join(fields.values()), fields)


def find_user(name: str) -> User | None:
    """The person with this e-mail address or user name, however it is spelt."""
    key = name.strip().lower()
    return current_session().scalar(select(User).where(or_(User.username_key == key, User.email_key == key)))


def get_user(username: str) -> User:
    """The person with this user name.

    Raises:
        NotFound: there is none.
    """
    key = username.lower() if username.isprintable() else ""  # names come from addresses, where all can stand
    found = current_session().scalar(select(User).where(User.username_key == key))
    if found is None:
        raise NotFound("There is nobody of this name.")
    return found


def check_credentials(name: str, password: str, *, address: str, throttle: Throttle) -> User:
    """The person with this name and password. Whether the name exists shows neither in the answer nor in its time.

    Raises:
        WrongPassword: one of the two is wrong.
        RateLimited: too many wrong tries, for this account or from this address.
        NotAllowed: both are right, and the account is suspended.
    """
    user = find_user(name)
    account = user.username_key if user else name.strip().lower()
    throttle.check(TRIES_PER_ADDRESS, address)
    throttle.hit(TRIES_PER_ACCOUNT, account)
    if not verify_password(password, user.password_hash if user else None) or user is None:
        throttle.hit(TRIES_PER_ADDRESS, address)
        raise WrongPassword(WRONG)
    throttle.forget(TRIES_PER_ACCOUNT, account)
    if user.is_suspended:
        raise NotAllowed(f"This account is suspended. {user.suspended_reason or ''}".strip())
    _rehash(user, password)
    return user


def _rehash(user: User, password: str) -> None:
    """Bring a hash of former years up to today's strength, now that the password is at hand."""
    if needs_rehash(user.password_hash):
        new_hash = hash_password(password)
        with transaction() as session:
            unchanged = update(User).where(User.id == user.id, User.password_hash == user.password_hash)
            session.execute(unchanged.values(password_hash=new_hash))  # it may have been reset meanwhile


def change_password(actor: User | None, form: PasswordChange, *, current: SignIn | None, throttle: Throttle) -> None:
    """Choose a new password; every other browser is signed out.

    Raises:
        InvalidInput: the old password is wrong, or the new one is too easy to guess.
        RateLimited: too many wrong tries.
    """
    person = require_signed_in(actor)
    _check_own_password(person, form.old_password, "old_password", throttle)
    replace_password(person, hash_new_password(person, form.password), keep=current)


def _check_own_password(person: User, password: str, field: str, throttle: Throttle) -> None:
    throttle.hit(TRIES_PER_ACCOUNT, person.username_key)
    if not verify_password(password, person.password_hash):
        raise InvalidInput(NOT_YOUR_PASSWORD, {field: NOT_YOUR_PASSWORD})
    throttle.forget(TRIES_PER_ACCOUNT, person.username_key)


def hash_new_password(user: User, password: str) -> str:
    """The hash of a password that the person wants; slow on purpose, so not for inside a transaction.

    Raises:
        InvalidInput: it is too easy to guess.
    """
    _refuse_bad_password(password, user.username, user.email)
    return hash_password(password)


def replace_password(user: User, password_hash: str, *, keep: SignIn | None = None) -> None:
    """Give the person this password, end all reset links, and sign every browser out but the one to keep."""
    with transaction() as session:
        session.add(user)
        user.password_hash = password_hash
        _end_reset_links(session, user)
        sign_ins.end_sign_ins(user, but=keep)


def _end_reset_links(session: Session, user: User) -> None:
    session.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id))


def change_profile(actor: User | None, changes: ProfileUpdate) -> User:
    """Change what the person says of themselves; what is not given stays."""
    person = require_signed_in(actor)
    given = changes.model_dump(exclude_none=True)
    with transaction() as session:
        session.add(person)
        is_renamed = person.display_name != given.get("display_name", person.display_name)
        for name, value in given.items():
            setattr(person, name, value)
        session.flush()
        if is_renamed:
            index_owner(session, person)
    return person


def change_email(actor: User | None, form: EmailChange, *, throttle: Throttle, mailer: Mailer) -> User:
    """Give the person another address, and tell the former one; reset links that went there end.

    Raises:
        InvalidInput: the password is wrong, or the address is somebody else's.
        RateLimited: too many wrong passwords, or too many addresses, which would show who else has an account.
    """
    person = require_signed_in(actor)
    _check_own_password(person, form.password, "password", throttle)
    throttle.hit(ADDRESS_CHANGES, person.username_key)
    former = person.email
    try:
        with transaction() as session:
            session.add(person)
            person.email, person.email_key = form.email, form.email.lower()
            _refuse_taken(person, ADDRESS_OF_ANOTHER)
            _end_reset_links(session, person)
    except IntegrityError:  # somebody took it between the look and the update
        raise InvalidInput(ADDRESS_OF_ANOTHER, {"email": ADDRESS_OF_ANOTHER}) from None
    if mailer.is_on and former != person.email:
        mailer.in_background(partial(_tell_former_address, former, person.display_name, mailer=mailer))
    return person


def _tell_former_address(former: str, name: str, *, mailer: Mailer) -> None:
    site_name = site.get_site().name
    mailer.send(former, f"Your address at {site_name}", ADDRESS_CHANGED.format(name=name, site=site_name))
