"""How one's videos are watched: each of them, and all together."""

import csv
import io

from flask import current_app
from werkzeug.wrappers import Response

from vod_web.blueprints.studio import blueprint
from vod_web.core.clock import utc_now
from vod_web.schemas.analytics import AnalyticsQuery, WatchedRead
from vod_web.services import analytics, videos
from vod_web.web.forms import read_query_kindly
from vod_web.web.rendering import render
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_video


@blueprint.get("/analytics", endpoint="channel_analytics")
def channel_analytics() -> str:
    """My channel."""
    wanted, left_out = read_query_kindly(AnalyticsQuery)
    told = analytics.get_channel_analytics(current_person(), wanted.span, now=utc_now())
    return render("studio/channel_analytics.html", told=told, left_out=left_out)


@blueprint.get("/analytics.csv", endpoint="channel_analytics_file")
def channel_analytics_file() -> Response:
    """The same as a table for other programs."""
    wanted, _ = read_query_kindly(AnalyticsQuery)
    told = analytics.get_channel_analytics(current_person(), wanted.span, now=utc_now())
    return _as_csv(told, f"channel-{wanted.span.value}.csv")


@blueprint.get("/videos/<video_id>/analytics", endpoint="analytics")
def video_analytics(video_id: str) -> str:
    """One of my videos."""
    wanted, _ = read_query_kindly(AnalyticsQuery)
    video = show_video(videos.get_own_video(current_person(), video_id))
    told = analytics.get_video_analytics(current_person(), video_id, wanted.span, now=utc_now())
    return render("studio/analytics.html", told=told, video=video, now=utc_now())


@blueprint.get("/videos/<video_id>/analytics.csv", endpoint="analytics_file")
def video_analytics_file(video_id: str) -> Response:
    """The same as a table for other programs."""
    wanted, _ = read_query_kindly(AnalyticsQuery)
    told = analytics.get_video_analytics(current_person(), video_id, wanted.span, now=utc_now())
    return _as_csv(told, f"{video_id}-{wanted.span.value}.csv")


def _as_csv(told: WatchedRead, filename: str) -> Response:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["from", "views", "watched_s"])
    table.writerows([day.day.isoformat(), day.views, round(day.watched_s, 1)] for day in told.days)
    response = current_app.response_class(text.getvalue(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    response.headers["Cache-Control"] = "private, no-store"
    return response
