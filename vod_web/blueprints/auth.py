"""Register, sign in and out, forgotten passwords, and the account pages."""

from typing import Any

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from vod_web.resources import resources
from vod_web.schemas.accounts import (
    Credentials,
    EmailChange,
    PasswordChange,
    PasswordChoice,
    Registration,
    ResetRequest,
    TokenCreate,
)
from vod_web.schemas.channels import ProfileForm
from vod_web.services import accounts, passwords, sign_ins, tokens
from vod_web.services.browsers import name_browser
from vod_web.services.permissions import require_signed_in
from vod_web.web.channels import show_profile
from vod_web.web.forms import blank_form, read_form, redisplay_on_error
from vod_web.web.kept import read_kept
from vod_web.web.rendering import go_to, go_to_address, render, render_secret
from vod_web.web.sign_in import (
    asking_browser,
    current_person,
    current_sign_in,
    safe_next,
    sign_in_person,
    sign_out_person,
)
from vod_web.web.sign_in_reasons import reason_asked

blueprint = Blueprint("auth", __name__)


@blueprint.before_request
def know_whose_account() -> None:
    """The account pages are nobody's until somebody is signed in."""
    if request.path.startswith("/account"):
        require_signed_in(current_person())


def _way_on() -> dict[str, Any]:
    """Where to go afterwards and what for, for the forms to hand on."""
    return {"next": safe_next(request.args.get("next"))} | reason_asked()


def _login_context() -> dict[str, Any]:
    return _way_on() | {"kept": read_kept()}


def _go_on() -> Response:
    address = safe_next(request.args.get("next"))
    return go_to_address(address) if address else go_to("library.home")


@blueprint.get("/login")
def login() -> str | Response:
    """The form; whoever is signed in already goes on."""
    return _go_on() if current_person() else render("auth/login.html", **blank_form(), **_login_context())


@blueprint.post("/login")
@redisplay_on_error("auth/login.html", "form", context=_login_context)
def submit_login() -> Response | str:
    """Sign in and go on to where the person wanted to be, or send what was typed before."""
    form, kept = read_form(Credentials), read_kept()
    address, throttle = asking_browser().address, resources().throttle
    person = accounts.check_credentials(form.email, form.password, address=address, throttle=throttle)
    sign_in_person(person, remember=form.remember)
    return render("errors/again.html", kept=kept) if kept else _go_on()


@blueprint.get("/register")
def register() -> str | Response:
    """The form, while registration is open."""
    accounts.require_registration()
    return _go_on() if current_person() else render("auth/register.html", **blank_form(), **_way_on())


@blueprint.post("/register")
@redisplay_on_error("auth/register.html", "form", context=_way_on)
def submit_registration() -> Response:
    """Make the account and sign in."""
    form = read_form(Registration)
    person = accounts.register(form, address=asking_browser().address, throttle=resources().throttle)
    sign_in_person(person)
    flash(f"Welcome, {person.display_name}.", "good")
    return _go_on()


@blueprint.post("/logout")
def logout() -> Response:
    """Sign this browser out."""
    sign_out_person()
    flash("You are signed out.", "good")
    return go_to("library.home")


@blueprint.get("/password")
def forgot_password() -> str:
    """The form that asks for a reset link, or whom to ask where the site sends no mail."""
    return render("auth/forgot.html", **blank_form(), **_mail_context())


def _mail_context() -> dict[str, Any]:
    return {"has_mail": resources().mailer.is_on, "is_sent": "sent" in request.args}


@blueprint.post("/password")
@redisplay_on_error("auth/forgot.html", "form", context=_mail_context)
def request_reset() -> Response:
    """Mail a link where there is such an account; the answer is the same where there is none."""
    form, at_hand = read_form(ResetRequest), resources()
    passwords.request_reset(
        form.email,
        address=asking_browser().address,
        throttle=at_hand.throttle,
        mailer=at_hand.mailer,
        settings=at_hand.settings,
    )
    return go_to("auth.forgot_password", sent="")


@blueprint.get("/password/<secret>")
def choose_password(secret: str) -> Response:
    """The form behind a reset link."""
    return render_secret("auth/choose.html", **blank_form(), **_reset_context(secret))


def _reset_context(secret: str) -> dict[str, Any]:
    return {"username": passwords.get_reset(secret).user.username, "secret": secret}


@blueprint.post("/password/<secret>")
@redisplay_on_error("auth/choose.html", "form", context=_reset_context)
def reset_password(secret: str) -> Response:
    """Take the new password; every browser must sign in again."""
    passwords.reset_password(secret, read_form(PasswordChoice))
    sign_out_person()
    flash("Your password is changed. Sign in with the new one.", "good")
    return go_to("auth.login")


@blueprint.get("/account")
def account() -> str:
    """What the person says of themselves, and shows on the channel."""
    person = require_signed_in(current_person())
    values = blank_form(display_name=person.display_name, about=person.about)
    return render("auth/profile.html", **values, **show_profile())


@blueprint.post("/account")
@redisplay_on_error("auth/profile.html", "form", context=show_profile)
def save_profile() -> Response:
    """Keep it."""
    accounts.change_profile(current_person(), read_form(ProfileForm).update)
    flash("Saved.", "good")
    return go_to("auth.account")


@blueprint.get("/account/email")
def email() -> str:
    """The form for another address."""
    return render("auth/email.html", **blank_form(email=require_signed_in(current_person()).email))


@blueprint.post("/account/email")
@redisplay_on_error("auth/email.html", "form")
def change_email() -> Response:
    """Take the new address."""
    at_hand = resources()
    accounts.change_email(current_person(), read_form(EmailChange), throttle=at_hand.throttle, mailer=at_hand.mailer)
    flash("Your e-mail address is changed.", "good")
    return go_to("auth.email")


@blueprint.get("/account/password")
def password() -> str:
    """The form for a new password."""
    return render("auth/password.html", **blank_form())


@blueprint.post("/account/password")
@redisplay_on_error("auth/password.html", "form")
def change_password() -> Response:
    """Take the new password; the other browsers are signed out."""
    form, this = read_form(PasswordChange), current_sign_in()
    accounts.change_password(current_person(), form, current=this, throttle=resources().throttle)
    flash("Your password is changed. All other browsers are signed out.", "good")
    return go_to("auth.password")


@blueprint.get("/account/sign-ins")
def list_sign_ins() -> str:
    """The browsers in which the person is signed in."""
    found = sign_ins.list_sign_ins(require_signed_in(current_person()))
    return render("auth/sign_ins.html", sign_ins=found, current=current_sign_in(), name_browser=name_browser)


@blueprint.post("/account/sign-ins/<sign_in_id>/end")
def end_sign_in(sign_in_id: str) -> Response:
    """Sign one browser out."""
    sign_ins.end_sign_in(require_signed_in(current_person()), sign_in_id)
    flash("That browser is signed out.", "good")
    return go_to("auth.list_sign_ins")


@blueprint.post("/account/sign-ins/end-others")
def end_other_sign_ins() -> Response:
    """Sign all browsers out but this one."""
    sign_ins.end_sign_ins(require_signed_in(current_person()), but=current_sign_in())
    flash("All other browsers are signed out.", "good")
    return go_to("auth.list_sign_ins")


@blueprint.post("/account/sign-ins/end-all")
def end_all_sign_ins() -> Response:
    """Sign out everywhere, here too."""
    sign_ins.end_sign_ins(require_signed_in(current_person()))
    sign_out_person()
    flash("You are signed out everywhere.", "good")
    return go_to("auth.login")


@blueprint.get("/account/tokens")
def list_tokens() -> str:
    """The person's API tokens."""
    return render("auth/tokens.html", **blank_form(), **_tokens_context())


def _tokens_context() -> dict[str, Any]:
    return {"tokens": tokens.list_tokens(current_person()), "made": None, "secret": None}


@blueprint.post("/account/tokens")
@redisplay_on_error("auth/tokens.html", "form", context=_tokens_context)
def create_token() -> Response:
    """Make a token and show it, this once."""
    form = read_form(TokenCreate, scopes=request.form.getlist("scopes"))
    made, secret = tokens.create_token(current_person(), form)
    shown = _tokens_context() | {"made": made, "secret": secret}
    return render_secret("auth/tokens.html", 201, **blank_form(), **shown)


@blueprint.post("/account/tokens/<token_id>/revoke")
def revoke_token(token_id: str) -> Response:
    """End a token."""
    tokens.revoke_token(current_person(), token_id)
    flash("That token is revoked.", "good")
    return go_to("auth.list_tokens")
