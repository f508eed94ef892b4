"""How your videos are watched."""

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.models import TokenScope
from vod_web.schemas.analytics import AnalyticsQuery, ChannelAnalyticsRead, VideoAnalyticsRead
from vod_web.services import analytics
from vod_web.web.sign_in import current_person


@call("GET", "/analytics", scope=TokenScope.READ, query=AnalyticsQuery, returns=ChannelAnalyticsRead)
def get_channel_analytics(query: AnalyticsQuery) -> ChannelAnalyticsRead:
    """How all of your videos together are watched, and which of them most."""
    return analytics.get_channel_analytics(current_person(), query.span, now=utc_now())


@call(
    "GET",
    "/videos/<video_id>/analytics",
    scope=TokenScope.READ,
    query=AnalyticsQuery,
    returns=VideoAnalyticsRead,
    errors=(410,),
)
def get_video_analytics(video_id: str, query: AnalyticsQuery) -> VideoAnalyticsRead:
    """How one of your videos is watched: views, watch time, and how many stay until where."""
    return analytics.get_video_analytics(current_person(), video_id, query.span, now=utc_now())
