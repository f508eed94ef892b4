"""Accounts: registering, proving who one is, passwords, profiles."""

import statistics
import time

import pytest
from argon2 import PasswordHasher

from tests.factories import PASSWORD, make_user
from vod_web.core.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn, RateLimited, WrongPassword
from vod_web.core.security import hash_password, verify_password
from vod_web.core.settings import Settings
from vod_web.db.session import close_session
from vod_web.models import RegistrationPolicy, Role, User
from vod_web.schemas.accounts import EmailChange, PasswordChange, Registration
from vod_web.schemas.base import parse_input
from vod_web.schemas.channels import ProfileUpdate
from vod_web.services import accounts, sign_ins, site
from vod_web.services.mail import Mailer
from vod_web.services.sign_ins import Browser
from vod_web.services.throttle import Throttle

pytestmark = pytest.mark.usefixtures("database")

ADDRESS = "192.0.2.1"


def form(username: str = "ada", **changes: str) -> Registration:
    values = {"username": username, "email": f"{username}@example.org", "password": PASSWORD}
    return parse_input(Registration, values | changes)


def close_registration(policy: RegistrationPolicy) -> None:
    site.change_site(site.Site(registration=policy))


@pytest.mark.parametrize(
    ("policy", "role"), [(RegistrationPolicy.OPEN, Role.UPLOADER), (RegistrationPolicy.VIEWERS, Role.VIEWER)]
)
def test_the_site_decides_what_newcomers_may_do(policy: RegistrationPolicy, role: Role, throttle: Throttle) -> None:
    close_registration(policy)
    person = accounts.register(form(), address=ADDRESS, throttle=throttle)
    assert person.role is role
    assert verify_password(PASSWORD, person.password_hash)
    assert PASSWORD not in person.password_hash


def test_nobody_registers_where_registration_is_closed(throttle: Throttle) -> None:
    close_registration(RegistrationPolicy.CLOSED)
    with pytest.raises(NotAllowed, match="closed"):
        accounts.register(form(), address=ADDRESS, throttle=throttle)


def test_names_and_addresses_are_one_however_they_are_spelt(throttle: Throttle) -> None:
    accounts.register(form("ada"), address=ADDRESS, throttle=throttle)
    with pytest.raises(InvalidInput) as taken:
        accounts.register(form("ADA", email="Ada@Example.org"), address=ADDRESS, throttle=throttle)
    assert set(taken.value.fields) == {"username", "email"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "a"),
        ("username", "admin"),
        ("username", "API"),
        ("username", "ada lovelace"),
        ("username", ".ada"),
        ("username", "ada/../x"),
        ("username", "a" * 31),
        ("email", "ada"),
        ("email", "ada@"),
        ("email", "ada@example.org\nBcc: eve@example.org"),
        ("password", "short"),
        ("password", "x" * 201),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        form(**{field: value})
    assert refused.value.fields[field].endswith((".", "org"))


def test_blanks_at_the_ends_of_a_password_are_part_of_it(throttle: Throttle) -> None:
    spaced = "  eight letters  "
    person = accounts.register(form(password=spaced), address=ADDRESS, throttle=throttle)
    assert verify_password(spaced, person.password_hash)
    assert not verify_password(spaced.strip(), person.password_hash)


def test_a_password_is_not_the_name_of_its_owner(throttle: Throttle) -> None:
    with pytest.raises(InvalidInput) as refused:
        accounts.register(form("alexandra", password="Alexandra"), address=ADDRESS, throttle=throttle)
    assert "password" in refused.value.fields


def test_one_address_cannot_make_accounts_without_end(throttle: Throttle) -> None:
    for _ in range(accounts.REGISTRATIONS.amount):
        throttle.hit(accounts.REGISTRATIONS, ADDRESS)
    with pytest.raises(RateLimited):
        accounts.register(form(), address=ADDRESS, throttle=throttle)
    accounts.register(form(), address="192.0.2.2", throttle=throttle)


def test_an_admin_may_be_called_admin() -> None:
    admin = accounts.create_admin("root@office.local", "admin", PASSWORD)
    assert admin.is_admin
    with pytest.raises(InvalidInput):
        accounts.create_admin("other@office.local", "Admin", PASSWORD)


@pytest.mark.parametrize("name", ["ada", "ADA", "ada@example.org", " Ada@Example.ORG "])
def test_a_person_is_known_by_name_or_address(name: str, throttle: Throttle) -> None:
    ada = make_user("ada")
    assert accounts.check_credentials(name, PASSWORD, address=ADDRESS, throttle=throttle).id == ada.id


def test_a_wrong_name_and_a_wrong_password_are_told_alike(throttle: Throttle) -> None:
    make_user("ada")
    told = []
    for name in ("ada", "nobody"):
        with pytest.raises(WrongPassword) as refused:
            accounts.check_credentials(name, "wrong password", address=ADDRESS, throttle=throttle)
        told.append((refused.value.message, refused.value.fields, refused.value.code))
    assert told[0] == told[1]


def test_a_wrong_name_takes_as_long_as_a_wrong_password(dear_passwords: None, throttle: Throttle) -> None:
    make_user("ada", password_hash=hash_password(PASSWORD))
    took: dict[str, list[float]] = {"ada": [], "nobody": []}
    for _ in range(3):
        for name, times in took.items():
            begun = time.process_time()
            with pytest.raises(WrongPassword):
                accounts.check_credentials(name, "wrong password", address=ADDRESS, throttle=throttle)
            times.append(time.process_time() - begun)
    known, unknown = statistics.median(took["ada"]), statistics.median(took["nobody"])
    assert unknown > known / 3, f"{known:.3f} s for a known name, {unknown:.3f} s for an unknown one"


def test_guessing_at_one_account_ends_soon(throttle: Throttle) -> None:
    make_user("ada")
    for attempt in range(accounts.TRIES_PER_ACCOUNT.amount):
        throttle.hit(accounts.TRIES_PER_ACCOUNT, "ada")
        assert attempt < 20
    for name in ("ada", "ada@example.org"):
        with pytest.raises(RateLimited) as refused:
            accounts.check_credentials(name, PASSWORD, address=ADDRESS, throttle=throttle)
        assert 0 < refused.value.retry_after_s <= accounts.TRIES_PER_ACCOUNT.per_s


def test_guessing_from_one_address_ends_soon(throttle: Throttle) -> None:
    make_user("ada")
    with pytest.raises(WrongPassword):
        accounts.check_credentials("ada", "wrong password", address=ADDRESS, throttle=throttle)
    for _ in range(accounts.TRIES_PER_ADDRESS.amount - 1):
        throttle.hit(accounts.TRIES_PER_ADDRESS, ADDRESS)
    with pytest.raises(RateLimited):
        accounts.check_credentials("bob", "wrong password", address=ADDRESS, throttle=throttle)


def test_whoever_gets_it_right_may_sign_in_as_often_as_needed(throttle: Throttle) -> None:
    make_user("ada")
    for _ in range(accounts.TRIES_PER_ACCOUNT.amount - 1):
        throttle.hit(accounts.TRIES_PER_ACCOUNT, "ada")
    for _ in range(3):
        accounts.check_credentials("ada", PASSWORD, address=ADDRESS, throttle=throttle)


def test_the_suspended_learn_why_only_with_the_right_password(throttle: Throttle) -> None:
    make_user("ada", is_suspended=True, suspended_reason="Spam.")
    with pytest.raises(NotAllowed, match=r"Spam\."):
        accounts.check_credentials("ada", PASSWORD, address=ADDRESS, throttle=throttle)
    with pytest.raises(WrongPassword):
        accounts.check_credentials("ada", "wrong password", address=ADDRESS, throttle=throttle)


def test_a_weak_hash_of_former_years_is_replaced_on_signing_in(throttle: Throttle, dear_passwords: None) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    make_user("ada", password_hash=weak)
    accounts.check_credentials("ada", PASSWORD, address=ADDRESS, throttle=throttle)
    close_session()
    kept = accounts.get_user("ada").password_hash
    assert kept != weak
    assert verify_password(PASSWORD, kept)


def test_a_new_password_ends_every_other_sign_in(throttle: Throttle) -> None:
    ada = make_user("ada")
    here, here_secret = sign_ins.begin_sign_in(ada, Browser())
    _, there_secret = sign_ins.begin_sign_in(ada, Browser())
    change = PasswordChange(old_password=PASSWORD, password="another long one")
    accounts.change_password(ada, change, current=here, throttle=throttle)
    assert sign_ins.find_sign_in(here_secret) is not None
    assert sign_ins.find_sign_in(there_secret) is None
    accounts.check_credentials("ada", "another long one", address=ADDRESS, throttle=throttle)
    with pytest.raises(WrongPassword):
        accounts.check_credentials("ada", PASSWORD, address=ADDRESS, throttle=throttle)


def test_the_old_password_is_asked_for_and_cannot_be_guessed_either(throttle: Throttle) -> None:
    ada = make_user("ada")
    change = PasswordChange(old_password="wrong password", password="another long one")
    with pytest.raises(InvalidInput) as refused:
        accounts.change_password(ada, change, current=None, throttle=throttle)
    assert "old_password" in refused.value.fields
    for _ in range(accounts.TRIES_PER_ACCOUNT.amount - 1):
        throttle.hit(accounts.TRIES_PER_ACCOUNT, "ada")
    with pytest.raises(RateLimited):
        accounts.change_password(ada, change, current=None, throttle=throttle)


def test_a_profile_is_kept_and_a_new_address_signs_in(throttle: Throttle, settings: Settings) -> None:
    ada = make_user("ada")
    accounts.change_profile(ada, ProfileUpdate(display_name="Ada L.", about="Hello.\nBye."))
    change_email(ada, "Countess@Example.org", throttle, settings)
    close_session()
    kept = accounts.check_credentials("countess@example.org", PASSWORD, address=ADDRESS, throttle=throttle)
    assert (kept.username, kept.display_name, kept.about) == ("ada", "Ada L.", "Hello.\nBye.")


def change_email(person: User, email: str, throttle: Throttle, settings: Settings, password: str = PASSWORD) -> None:
    """Choose another address on a site that sends no mail."""
    change = EmailChange(email=email, password=password)
    accounts.change_email(person, change, throttle=throttle, mailer=Mailer(settings))


@pytest.mark.parametrize(
    ("email", "password", "field"), [("BOB@example.org", PASSWORD, "email"), ("new@example.org", "wrong", "password")]
)
def test_an_address_is_not_changed_to_anothers_nor_without_the_password(
    throttle: Throttle, settings: Settings, email: str, password: str, field: str
) -> None:
    ada = make_user("ada")
    make_user("bob")
    with pytest.raises(InvalidInput) as refused:
        change_email(ada, email, throttle, settings, password)
    assert list(refused.value.fields) == [field]
    close_session()
    assert accounts.get_user("ada").email == "ada@example.org"


def test_trying_addresses_shows_soon_no_more_who_has_an_account(throttle: Throttle, settings: Settings) -> None:
    ada = make_user("ada")
    for _ in range(accounts.ADDRESS_CHANGES.amount):
        throttle.hit(accounts.ADDRESS_CHANGES, "ada")
    with pytest.raises(RateLimited):
        change_email(ada, "new@example.org", throttle, settings)


def test_a_visitor_has_no_profile_and_no_name_is_made_up() -> None:
    with pytest.raises(NotSignedIn):
        accounts.change_profile(None, ProfileUpdate(display_name="Eve"))
    with pytest.raises(NotFound):
        accounts.get_user("nobody")
