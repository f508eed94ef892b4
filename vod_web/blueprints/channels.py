"""What there is of a channel besides its videos, and the pictures that its owner shows there."""

from typing import Any

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.core.errors import InvalidInput, NotFound, RateLimited, TooLarge
from vod_web.media.uploaded_pictures import MOST_BYTES
from vod_web.models import ChannelPictureKind
from vod_web.resources import resources
from vod_web.schemas.base import PageQuery
from vod_web.schemas.thumbnails import PicturePlace
from vod_web.services import channel_pictures, channels
from vod_web.services.mentions import list_named
from vod_web.services.permissions import require_signed_in
from vod_web.services.playback import Delivery
from vod_web.services.playlists import list_public_of_channel
from vod_web.web.channels import show_channel, show_profile
from vod_web.web.delivery import deliver
from vod_web.web.forms import blank_form, read_form, read_query_kindly
from vod_web.web.playlists import show_playlists
from vod_web.web.rendering import address_here, go_to, render
from vod_web.web.sign_in import current_person

blueprint = Blueprint("channels", __name__)

FORM_BYTES = 64 * 1024
"""What a form with a picture has beside it."""
NO_FILE = "Choose a picture first."
NAMES = {ChannelPictureKind.AVATAR: "picture", ChannelPictureKind.BANNER: "banner"}
OTHER_SITES = {"Cross-Origin-Resource-Policy": "cross-origin"}
"""Other sites show it beside a link to the channel."""


@blueprint.url_value_preprocessor
def allow_pictures(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Pictures are larger than other forms; this is known before the form is read."""
    if endpoint == "channels.upload_picture":
        request.max_content_length = MOST_BYTES + FORM_BYTES


@blueprint.get("/@<username>/about")
def about(username: str) -> str:
    """What a person says of themselves, and how much their videos are watched."""
    shown = channels.get_channel(current_person(), username)
    views = channels.count_views(current_person(), shown.owner)
    mentions = list_named(shown.owner.about)
    return render("channel/about.html", view_count=views, mentions=mentions, **show_channel(shown))


@blueprint.get("/@<username>/playlists")
def playlists(username: str) -> str:
    """The channel's playlists; to their owner, all of them."""
    shown = channels.get_channel(current_person(), username)
    wanted, _ = read_query_kindly(PageQuery)
    found = list_public_of_channel(current_person(), shown.owner, wanted)
    next_url = address_here(cursor=found.next) if found.next else None
    context = {"playlists": show_playlists(found.items), "next_url": next_url} | show_channel(shown)
    return render("channel/playlists.html", "cards", **context)


@blueprint.get("/pictures/<name>")
def picture(name: str) -> Response:
    """The file of a channel's picture, in the size that is asked for."""
    key = channel_pictures.find_file(name, request.args.get("width", type=int))
    response = deliver(Delivery(key=key, is_public=True, is_finished=True))
    response.headers.update(OTHER_SITES)
    return response


@blueprint.post("/account/pictures/<kind>")
def upload_picture(kind: str) -> Response:
    """Take a picture as avatar or banner."""
    wanted, held = _read_kind(kind), resources()
    person = require_signed_in(current_person())
    try:
        position = read_form(PicturePlace).position
        content = _read_picture()
        channel_pictures.upload_picture(
            person, wanted, content, position=position, storage=held.storage, throttle=held.throttle, now=utc_now()
        )
    except (InvalidInput, TooLarge) as error:
        return _refuse(wanted, error.fields.get("picture", error.message), 422)
    except RateLimited as error:
        return _refuse(wanted, error.message, 429)
    flash(f"The {NAMES[wanted]} is shown from now on.", "good")
    return go_to("auth.account")


@blueprint.post("/account/pictures/<name>/restore")
def restore_picture(name: str) -> Response:
    """Show a former picture again."""
    channel_pictures.restore_picture(current_person(), name, now=utc_now())
    flash("The former picture is shown again.", "good")
    return go_to("auth.account")


@blueprint.post("/@<username>/pictures/<kind>/remove")
def remove_picture(username: str, kind: str) -> Response:
    """Take a picture off a channel: one's own, or, by a moderator, somebody else's."""
    wanted = _read_kind(kind)
    person = require_signed_in(current_person())
    owner = channel_pictures.remove_picture(person, username, wanted, now=utc_now())
    flash(f"The {NAMES[wanted]} is removed.", "good")
    return go_to("auth.account") if owner.id == person.id else go_to("library.channel", username=owner.username)


def _read_picture() -> bytes:
    file = request.files.get("picture")
    content = file.read() if file else b""
    if not content:
        raise InvalidInput(NO_FILE, {"picture": NO_FILE})
    return content


def _refuse(kind: ChannelPictureKind, sentence: str, status: int) -> Response:
    person = require_signed_in(current_person())
    values = blank_form(display_name=person.display_name, about=person.about)
    page = render("auth/profile.html", **values, **show_profile({kind.value: sentence}))
    return Response(page, status, content_type="text/html; charset=utf-8")


def _read_kind(kind: str) -> ChannelPictureKind:
    try:
        return ChannelPictureKind(kind)
    except ValueError:
        raise NotFound("There is no such picture.") from None
