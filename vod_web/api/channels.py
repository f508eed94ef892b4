"""Channels: what people say of themselves, and the pictures they show."""

from flask import request

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.media.uploaded_pictures import MOST_BYTES
from vod_web.models import ChannelPictureKind, TokenScope, User
from vod_web.resources import resources
from vod_web.schemas.accounts import MeRead
from vod_web.schemas.channels import ChannelRead, ProfileUpdate
from vod_web.schemas.thumbnails import PicturePlace
from vod_web.services import accounts, channel_pictures, channels
from vod_web.services.permissions import require_signed_in
from vod_web.web.channels import tell_channel, tell_me
from vod_web.web.sign_in import current_person


@call("GET", "/users/<username>", scope=TokenScope.READ, returns=ChannelRead)
def get_user(username: str) -> ChannelRead:
    """Somebody's channel."""
    return tell_channel(channels.get_owner(current_person(), username))


@call("PATCH", "/me", scope=TokenScope.UPLOAD, body=ProfileUpdate, returns=MeRead)
def update_me(body: ProfileUpdate) -> MeRead:
    """Change what you say of yourself on your channel."""
    return tell_me(accounts.change_profile(current_person(), body))


@call(
    "PUT",
    "/me/avatar",
    scope=TokenScope.UPLOAD,
    raw="image/*",
    query=PicturePlace,
    returns=MeRead,
    errors=(413, 503),
)
def set_avatar(query: PicturePlace) -> MeRead:
    """Choose your picture: it stands beside your name, cut to a square.

    It is sent as it is: JPEG, PNG, WebP or AVIF, of at most 20 MiB and 64 million pixels, at least 100 × 100. It is
    encoded anew, without its metadata.
    """
    return _set_picture(ChannelPictureKind.AVATAR, query.position)


@call("DELETE", "/me/avatar", scope=TokenScope.UPLOAD, returns=MeRead)
def delete_avatar() -> MeRead:
    """Show the first letter of your name instead of a picture."""
    return _remove_picture(ChannelPictureKind.AVATAR)


@call(
    "PUT",
    "/me/banner",
    scope=TokenScope.UPLOAD,
    raw="image/*",
    query=PicturePlace,
    returns=MeRead,
    errors=(413, 503),
)
def set_banner(query: PicturePlace) -> MeRead:
    """Choose the picture on top of your channel, cut to five times its height.

    It is sent as your avatar is; what is kept of it must be at least 1000 pixels wide.
    """
    return _set_picture(ChannelPictureKind.BANNER, query.position)


@call("DELETE", "/me/banner", scope=TokenScope.UPLOAD, returns=MeRead)
def delete_banner() -> MeRead:
    """Show nothing on top of your channel."""
    return _remove_picture(ChannelPictureKind.BANNER)


def _set_picture(kind: ChannelPictureKind, position: float) -> MeRead:
    held = resources()
    request.max_content_length = MOST_BYTES + 1
    content = request.get_data(cache=False)
    return tell_me(
        channel_pictures.upload_picture(
            current_person(),
            kind,
            content,
            position=position,
            storage=held.storage,
            throttle=held.throttle,
            now=utc_now(),
        )
    )


def _remove_picture(kind: ChannelPictureKind) -> MeRead:
    person: User = require_signed_in(current_person())
    return tell_me(channel_pictures.remove_picture(person, person.username, kind, now=utc_now()))
