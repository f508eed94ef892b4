"""People: their roles, who is shut out, and links for new passwords."""

from werkzeug.wrappers import Response

from vod_web.blueprints.admin import blueprint, done
from vod_web.models import Role
from vod_web.resources import resources
from vod_web.schemas.admin import PersonCreate, RoleChange, Suspension, UserFilter
from vod_web.services import accounts, admin, passwords, people
from vod_web.web.forms import blank_form, choices, read_form, read_query, redisplay_on_error
from vod_web.web.rendering import render, render_secret
from vod_web.web.sign_in import current_person


@blueprint.get("/users")
def users() -> str:
    """The table of all people."""
    wanted = read_query(UserFilter)
    page = admin.list_users(current_person(), wanted)
    return render("admin/users.html", "rows", page=page, wanted=wanted, roles=list(Role), role_choices=choices(Role))


@blueprint.get("/users/new")
def new_user() -> str:
    """The form of a new account."""
    return render("admin/new_user.html", **blank_form(role=Role.UPLOADER.value))


@blueprint.post("/users/new")
@redisplay_on_error("admin/new_user.html", "form")
def add_user() -> Response:
    """Make the account, and show the link by which its owner chooses the password."""
    person = accounts.add_person(current_person(), read_form(PersonCreate))
    link = passwords.make_reset_link(current_person(), person.username, settings=resources().settings)
    return render_secret("admin/reset_link.html", link=link, person=person)


@blueprint.post("/users/<username>/role")
def set_role(username: str) -> Response:
    """Give somebody another role."""
    person = people.set_role(current_person(), username, read_form(RoleChange).role)
    return done(f"{person.username} now has the role {person.role.value}.", "admin.users")


@blueprint.post("/users/<username>/suspend")
def suspend(username: str) -> Response:
    """Shut somebody out."""
    person = people.suspend_user(current_person(), username, read_form(Suspension).reason)
    return done(f"{person.username} is suspended and signed out everywhere.", "admin.users")


@blueprint.post("/users/<username>/unsuspend")
def unsuspend(username: str) -> Response:
    """Let somebody in again."""
    person = people.unsuspend_user(current_person(), username)
    return done(f"{person.username} may sign in again.", "admin.users")


@blueprint.post("/users/<username>/reset-link")
def make_reset_link(username: str) -> Response:
    """The link for a new password, to be handed over; it is shown this once."""
    link = passwords.make_reset_link(current_person(), username, settings=resources().settings)
    return render_secret("admin/reset_link.html", link=link, person=accounts.get_user(username))
