"""What do pages and programs need to show a channel?"""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from vod_web.core.clock import utc_now
from vod_web.media.uploaded_pictures import MOST_BYTES
from vod_web.models import Subscription, User
from vod_web.resources import resources
from vod_web.schemas.accounts import MeRead, UserRead
from vod_web.schemas.channels import MOST_LINKS, ChannelRead
from vod_web.schemas.subscriptions import FollowedChannelRead, SubscriptionRead
from vod_web.services import channel_pictures, channels
from vod_web.services.channels import Channel
from vod_web.services.mutes import has_muted
from vod_web.services.permissions import require_signed_in
from vod_web.services.subscriptions import get_standing
from vod_web.web.sharing import describe_channel
from vod_web.web.sign_in import current_person

EMPTY_LINKS = 2
"""So many lines are offered for further links."""


def show_channel(channel: Channel) -> dict[str, Any]:
    """What the frame of a channel's pages needs, with what other sites and search engines get to know."""
    base_url, owner = resources().settings.base_url, channel.owner
    address = base_url + url_for("library.channel", username=owner.username)
    pictures = [base_url + picture for picture in (owner.avatar_url, owner.banner_url) if picture]
    return {
        "channel": channel,
        "owner": owner,
        "standing": get_standing(current_person(), owner),
        "is_muted": has_muted(current_person(), owner),
        "address": address,
        "pictures": pictures,
        "structured": describe_channel(owner, address=address, picture=pictures[0] if owner.avatar_url else None),
    }


def show_profile(picture_errors: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the page needs, besides its fields, on which a person changes the own channel.

    `picture_errors` has a sentence for the kind of picture that was refused.
    """
    person = require_signed_in(current_person())
    titles, urls = request.form.getlist("link_titles"), request.form.getlist("link_urls")
    sent = zip(titles, urls, strict=False) if urls else ((link["title"], link["url"]) for link in person.links)
    links = [{"title": title, "url": url} for title, url in sent]
    empty = min(EMPTY_LINKS, MOST_LINKS - len(links)) if not urls else 0
    return {
        "owner": person,
        "links": links + [{"title": "", "url": ""}] * empty,
        "kept": channel_pictures.find_kept(person, now=utc_now()),
        "most_mib": MOST_BYTES // 1024**2,
        "picture_errors": picture_errors or {},
    }


def tell_channel(owner: User) -> ChannelRead:
    """What the API says of somebody's channel; addresses begin as the one by which the program came here."""
    views = channels.count_views(current_person(), owner)
    told = UserRead.model_validate(owner).model_dump()
    return ChannelRead(**(told | _whole_addresses(owner)), view_count=views)


def tell_subscription(row: Subscription) -> SubscriptionRead:
    """The same of a channel that the person follows, in short."""
    told = FollowedChannelRead.model_validate(row.channel)
    whole = told.model_copy(update={"avatar_url": _whole_addresses(row.channel)["avatar_url"]})
    return SubscriptionRead(channel=whole, has_bell=row.has_bell, created_at=row.created_at)


def tell_me(person: User) -> MeRead:
    """The same of whoever asks, with what is nobody else's business."""
    return MeRead.model_validate(person).model_copy(update=_whole_addresses(person))


def _whole_addresses(owner: User) -> dict[str, str | None]:
    base_url = request.url_root.rstrip("/")
    return {
        name: base_url + address if address else None
        for name, address in (("avatar_url", owner.avatar_url), ("banner_url", owner.banner_url))
    }
