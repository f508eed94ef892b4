"""Reset links: whom they reach, how often they work, what they end."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import PASSWORD, make_admin, make_user
from tests.mail_server import Mailbox, mail_server
from tests.servers import wait_until
from vod_web.core.clock import utc_now
from vod_web.core.errors import Gone, InvalidInput, NotAllowed, NotFound, RateLimited
from vod_web.core.security import verify_password
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session
from vod_web.models import AuditEvent, PasswordReset, User
from vod_web.schemas.accounts import EmailChange, PasswordChange, PasswordChoice
from vod_web.schemas.channels import ProfileUpdate
from vod_web.services import accounts, passwords, sign_ins
from vod_web.services.mail import Mailer
from vod_web.services.sign_ins import Browser
from vod_web.services.throttle import Throttle

pytestmark = pytest.mark.usefixtures("database")

ADDRESS = "192.0.2.1"
NEW = PasswordChoice(password="another long one")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that keeps what it gets."""
    with mail_server() as box:
        yield box


@pytest.fixture
def mailing(settings: Settings, mailbox: Mailbox) -> Settings:
    """Settings of a site that sends mail there."""
    return replace(settings, mail_url=mailbox.url, mail_from="Video <video@example.org>")


def ask(email: str, settings: Settings, throttle: Throttle) -> None:
    mailer = Mailer(settings)
    passwords.request_reset(email, address=ADDRESS, throttle=throttle, mailer=mailer, settings=settings)
    mailer.in_background(lambda: None).result(20)


def link_for(user: User, settings: Settings) -> str:
    return passwords.make_reset_link(make_admin(), user.username, settings=settings)


def secret_of(link: str) -> str:
    return link.rsplit("/", 1)[1]


def test_the_mail_brings_a_link_that_works_once(mailing: Settings, mailbox: Mailbox, throttle: Throttle) -> None:
    ada = make_user("ada")
    _, browser = sign_ins.begin_sign_in(ada, Browser())
    close_session()
    ask("ADA@example.org", mailing, throttle)
    wait_until(lambda: len(mailbox.messages) == 1, what="the mail arrives")
    message = mailbox.messages[0]
    assert (message["To"], message["From"]) == ("ada@example.org", "Video <video@example.org>")
    found = re.search(rf"{re.escape(mailing.base_url)}/password/(\S+)", message.get_content())
    assert found is not None
    assert passwords.get_reset(found[1]).user.username == "ada"
    passwords.reset_password(found[1], NEW)
    assert verify_password(NEW.password, accounts.get_user("ada").password_hash)
    assert sign_ins.find_sign_in(browser) is None
    for use in (lambda: passwords.get_reset(found[1]), lambda: passwords.reset_password(found[1], NEW)):
        with pytest.raises(Gone):
            use()


@pytest.mark.parametrize("email", ["nobody@example.org", "sus@example.org"])
def test_others_are_answered_alike_and_get_no_mail(
    email: str, mailing: Settings, mailbox: Mailbox, throttle: Throttle
) -> None:
    make_user("sus", is_suspended=True)
    make_user("ada")
    ask(email, mailing, throttle)
    ask("ada@example.org", mailing, throttle)
    wait_until(lambda: len(mailbox.messages) >= 1, what="the mail arrives")
    assert [message["To"] for message in mailbox.messages] == ["ada@example.org"]


def test_a_mail_server_that_is_away_does_not_change_the_answer(settings: Settings, throttle: Throttle) -> None:
    make_user("ada")
    ask("ada@example.org", replace(settings, mail_url="smtp://127.0.0.1:1", mail_from="v@example.org"), throttle)


def test_without_mail_nothing_is_made(settings: Settings, throttle: Throttle) -> None:
    make_user("ada")
    ask("ada@example.org", settings, throttle)
    assert current_session().scalars(select(PasswordReset)).all() == []


def test_mails_cannot_be_asked_for_without_end(settings: Settings, throttle: Throttle) -> None:
    for _ in range(passwords.ASKED_FOR_ACCOUNT.amount):
        ask("ada@example.org", settings, throttle)
    with pytest.raises(RateLimited):
        ask("Ada@example.org", settings, throttle)
    ask("bob@example.org", settings, throttle)


def test_an_admin_makes_links_and_it_is_written_down(settings: Settings) -> None:
    link = link_for(make_user("ada"), settings)
    assert link.startswith(f"{settings.base_url}/password/")
    assert passwords.get_reset(secret_of(link)).user.username == "ada"
    event = current_session().scalars(select(AuditEvent)).one()
    assert (event.action, event.target) == ("user.make_reset_link", "ada")
    assert secret_of(link) not in str(event.detail)


def test_others_make_none(settings: Settings) -> None:
    with pytest.raises(NotAllowed):
        passwords.make_reset_link(make_user("eve"), "eve", settings=settings)
    with pytest.raises(NotFound):
        passwords.make_reset_link(make_admin(), "nobody", settings=settings)


def test_a_link_lasts_an_hour(settings: Settings) -> None:
    secret = secret_of(link_for(make_user("ada"), settings))
    passwords.get_reset(secret, now=utc_now() + timedelta(minutes=59))
    with pytest.raises(Gone):
        passwords.reset_password(secret, NEW, now=utc_now() + timedelta(minutes=61))


def test_using_one_link_ends_the_others_of_the_person_alone(settings: Settings) -> None:
    ada, bob, admin = make_user("ada"), make_user("bob"), make_admin()
    first, second, bobs = (
        secret_of(passwords.make_reset_link(admin, user.username, settings=settings)) for user in (ada, ada, bob)
    )
    passwords.reset_password(first, NEW)
    with pytest.raises(Gone):
        passwords.get_reset(second)
    assert passwords.get_reset(bobs).user.username == "bob"


def test_a_new_password_or_address_ends_the_links_of_before(settings: Settings, throttle: Throttle) -> None:
    ada, admin = make_user("ada"), make_admin()
    first = secret_of(passwords.make_reset_link(admin, "ada", settings=settings))
    change = PasswordChange(old_password=PASSWORD, password="another long one")
    accounts.change_password(ada, change, current=None, throttle=throttle)
    second = secret_of(passwords.make_reset_link(admin, "ada", settings=settings))
    accounts.change_profile(ada, ProfileUpdate(display_name="Ada L"))
    passwords.get_reset(second)
    new_address = EmailChange(email="ada@new.example.org", password="another long one")
    accounts.change_email(ada, new_address, throttle=throttle, mailer=Mailer(settings))

    for secret in (first, second):
        with pytest.raises(Gone):
            passwords.get_reset(secret)


def test_a_refused_password_does_not_use_the_link_up(settings: Settings) -> None:
    secret = secret_of(link_for(make_user("alexandra"), settings))
    with pytest.raises(InvalidInput):
        passwords.reset_password(secret, PasswordChoice(password="alexandra"))
    passwords.reset_password(secret, NEW)


def test_the_link_is_not_in_the_database(settings: Settings) -> None:
    secret = secret_of(link_for(make_user("ada"), settings))
    kept = current_session().scalars(select(PasswordReset)).one()
    assert secret not in str(vars(kept))
    assert verify_password(PASSWORD, accounts.get_user("ada").password_hash)
