"""People: their roles, who is shut out, and links for new passwords."""

from flask import flash
from werkzeug.wrappers import Response

from vod_web.blueprints.admin import blueprint
from vod_web.models import Role
from vod_web.resources import resources
from vod_web.schemas.admin import RoleChange, Suspension, UserFilter
from vod_web.services import accounts, admin, passwords, people
from vod_web.web.forms import choices, read_form, read_query
from vod_web.web.rendering import go_to, render
from vod_web.web.sign_in import current_person


@blueprint.get("/users")
def users() -> str:
    """The table of all people."""
    wanted = read_query(UserFilter)
    page = admin.list_users(current_person(), wanted)
    return render("admin/users.html", "rows", page=page, wanted=wanted, roles=list(Role), role_choices=choices(Role))


@blueprint.post("/users/<username>/role")
def set_role(username: str) -> Response:
    """Give somebody another role."""
    person = people.set_role(current_person(), username, read_form(RoleChange).role)
    flash(f"{person.username} now has the role {person.role.value}.", "good")
    return go_to("admin.users")


@blueprint.post("/users/<username>/suspend")
def suspend(username: str) -> Response:
    """Shut somebody out."""
    person = people.suspend_user(current_person(), username, read_form(Suspension).reason)
    flash(f"{person.username} is suspended and signed out everywhere.", "good")
    return go_to("admin.users")


@blueprint.post("/users/<username>/unsuspend")
def unsuspend(username: str) -> Response:
    """Let somebody in again."""
    person = people.unsuspend_user(current_person(), username)
    flash(f"{person.username} may sign in again.", "good")
    return go_to("admin.users")


@blueprint.post("/users/<username>/reset-link")
def make_reset_link(username: str) -> str:
    """The link for a new password, to be handed over; it is shown this once."""
    link = passwords.make_reset_link(current_person(), username, settings=resources().settings)
    return render("admin/reset_link.html", link=link, person=accounts.get_user(username))
