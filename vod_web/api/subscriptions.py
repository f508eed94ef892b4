"""The channels that you follow, and what is new there."""

from flask import url_for

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.models import TokenScope, User
from vod_web.resources import resources
from vod_web.schemas.base import Page, PageQuery
from vod_web.schemas.subscriptions import PodcastChoice, PodcastRead, SubscriptionChange, SubscriptionRead
from vod_web.schemas.videos import VideoRead
from vod_web.services import podcasts, subscriptions
from vod_web.services.permissions import require_signed_in
from vod_web.web.channels import tell_subscription
from vod_web.web.sign_in import current_person
from vod_web.web.videos import tell_page


@call("GET", "/subscriptions", scope=TokenScope.READ, query=PageQuery, returns=Page[SubscriptionRead])
def list_subscriptions(query: PageQuery) -> Page[SubscriptionRead]:
    """The channels that you follow, by name."""
    return subscriptions.list_subscriptions(current_person(), query).read(tell_subscription)


@call("GET", "/subscriptions/videos", scope=TokenScope.READ, query=PageQuery, returns=Page[VideoRead])
def list_subscribed_videos(query: PageQuery) -> Page[VideoRead]:
    """The newest videos of the channels that you follow."""
    return tell_page(subscriptions.list_newest_videos(current_person(), query))


@call("GET", "/subscriptions/<username>", scope=TokenScope.READ, returns=SubscriptionRead)
def get_subscription(username: str) -> SubscriptionRead:
    """Whether, and how, you follow this channel; 404 if you do not."""
    return tell_subscription(subscriptions.get_subscription(current_person(), username))


@call(
    "PUT",
    "/subscriptions/<username>",
    scope=TokenScope.UPLOAD,
    body=SubscriptionChange,
    returns=SubscriptionRead,
    errors=(409,),
)
def subscribe(username: str, body: SubscriptionChange) -> SubscriptionRead:
    """Follow a channel, or change how you do."""
    row = subscriptions.subscribe(current_person(), username, has_bell=body.has_bell, now=utc_now())
    return tell_subscription(row)


@call("DELETE", "/subscriptions/<username>", scope=TokenScope.UPLOAD)
def unsubscribe(username: str) -> None:
    """Follow a channel no more; it is no mistake if you did not."""
    subscriptions.unsubscribe(current_person(), username)


@call("GET", "/me/podcast", scope=TokenScope.READ, returns=PodcastRead)
def get_podcast() -> PodcastRead:
    """Whether the sound of your public videos is offered as a podcast."""
    return _tell_podcast(require_signed_in(current_person()))


@call("PUT", "/me/podcast", scope=TokenScope.UPLOAD, body=PodcastChoice, returns=PodcastRead)
def set_podcast(body: PodcastChoice) -> PodcastRead:
    """Offer a podcast, or do so no more.

    The sound is then stored once more, as one file for each video; episodes appear as these are made.
    """
    return _tell_podcast(podcasts.offer_podcast(current_person(), is_on=body.is_on))


def _tell_podcast(person: User) -> PodcastRead:
    address = url_for("feeds.podcast", username=person.username)
    return PodcastRead(is_on=person.has_podcast, url=resources().settings.base_url + address)
