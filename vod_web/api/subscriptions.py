"""The channels that you follow, and what is new there."""

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.models import TokenScope
from vod_web.schemas.base import Page, PageQuery
from vod_web.schemas.subscriptions import SubscriptionChange, SubscriptionRead
from vod_web.schemas.videos import VideoRead
from vod_web.services import subscriptions
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
