"""What is new, for feed readers and podcast programs."""

from urllib.parse import urlencode

from flask import Blueprint, request
from werkzeug.wrappers import Response

from vod_web.core.clock import utc_now
from vod_web.schemas.video_lists import SearchFilter
from vod_web.services import feeds, podcasts
from vod_web.web.feeds import asked_for, send_feed
from vod_web.web.forms import read_query

blueprint = Blueprint("feeds", __name__, url_prefix="/feeds")

FORM = "<any(rss, atom, json):form>"


@blueprint.get(f"/videos.{FORM}")
def site(form: str) -> Response:
    """The newest videos of the site."""
    return send_feed(feeds.feed_site(), form, own_path=request.path)


@blueprint.get(f"/channels/<username>.{FORM}")
def channel(username: str, form: str) -> Response:
    """The newest videos of a channel."""
    return send_feed(feeds.feed_channel(username), form, own_path=request.path)


@blueprint.get("/channels/<username>/podcast.xml")
def podcast(username: str) -> Response:
    """The same to listen to, where the channel offers it."""
    return send_feed(podcasts.feed_podcast(username), "podcast", own_path=request.path)


@blueprint.get(f"/playlists/<playlist_id>.{FORM}")
def playlist(playlist_id: str, form: str) -> Response:
    """The first videos of a playlist, as long as it is public or unlisted."""
    return send_feed(feeds.feed_playlist(playlist_id), form, own_path=request.path)


@blueprint.get(f"/search.{FORM}")
def search(form: str) -> Response:
    """The newest videos that a search finds; the address takes what that of the search page takes."""
    wanted = read_query(SearchFilter)
    asked = asked_for(request.args)
    query = f"?{urlencode(asked)}" if asked else ""
    feed = feeds.feed_search(wanted, "/search" + query, now=utc_now())
    return send_feed(feed, form, own_path=request.path + query)
