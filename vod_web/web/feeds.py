"""How is a feed written: RSS, Atom, JSON Feed, or a podcast?

All addresses in it are whole ones, of `VOD_BASE_URL`. An item keeps its id for good, also when the site gets another
name, so that no reader shows it twice.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from flask import current_app, request, url_for
from flask import render_template as render_page
from markupsafe import Markup
from werkzeug.wrappers import Response

from vod_web.media.episodes import EPISODE_NAME
from vod_web.models import User, Video
from vod_web.resources import resources
from vod_web.schemas.video_lists import SearchFilter
from vod_web.schemas.videos import VideoRead
from vod_web.services import site
from vod_web.services.feeds import Feed
from vod_web.services.playback import media_address
from vod_web.services.video_telling import read_video
from vod_web.web.formats import count_seconds
from vod_web.web.live_text import make_live

KEPT_S = 300
"""How long caches keep a feed without asking again."""

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
"""Since when a feed of nobody's has been empty."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can neither hold nor escape."""


@dataclass(frozen=True)
class Item:
    """One video of a feed."""

    id: str
    video: VideoRead
    author: str
    author_url: str
    published_at: datetime
    updated_at: datetime
    content: Markup
    """The description, with links, as HTML."""
    episode_url: str | None
    episode_bytes: int | None
    """Of the sound as one file, where it is made."""


def send_feed(feed: Feed, form: str, *, own_path: str) -> Response:
    """The feed in one of `FORMS`; `own_path` is its own address on this site."""
    base_url, items = resources().settings.base_url, [_item(video) for video in feed.videos]
    name = site.get_site().name
    changed_at = max((item.updated_at for item in items), default=None)
    icon_url, spoken = _picture(feed, base_url), [item.video.language for item in items]
    known = {
        "title": f"{feed.title} · {name}" if feed.title else name,
        "feed": feed,
        "items": items,
        "id": _stable_id(feed.path),
        "page_url": base_url + feed.path,
        "own_url": base_url + own_path,
        "icon_url": icon_url,
        "since": feed.owner.created_at if feed.owner else ALWAYS,
        "changed_at": changed_at,
        "base_url": base_url,
        "language": next((one for one in spoken if one not in (None, "zxx")), "en"),
        "picture_url": icon_url or next((item.video.urls.poster for item in items if item.video.urls.poster), None),
        "rfc822": lambda moment: format_datetime(moment, usegmt=True),
    }
    mimetype, write = FORMS[form]
    return _answer(write(known), mimetype, changed_at)


def _item(video: Video) -> Item:
    held = resources()
    told = _without_picture(read_video(video, None, settings=held.settings, base_url=held.settings.base_url))
    published_at = video.published_at or video.created_at
    return Item(
        id=_stable_id(video.public_id),
        video=told,
        author=video.owner.display_name or video.owner.username,
        author_url=f"{held.settings.base_url}/@{video.owner.username}",
        published_at=published_at,
        updated_at=max(video.updated_at, published_at),
        content=_as_html(told),
        episode_url=_episode_url(video),
        episode_bytes=video.active_encode.episode_bytes if video.active_encode else None,
    )


def _without_picture(video: VideoRead) -> VideoRead:
    """Readers blur nothing: a sensitive video has no picture there."""
    if not video.is_sensitive:
        return video
    return video.model_copy(update={"urls": video.urls.model_copy(update={"poster": None})})


def _episode_url(video: Video) -> str | None:
    held = resources().settings
    if video.active_encode is None or not video.active_encode.episode_bytes:
        return None
    return held.base_url + media_address(video, None, EPISODE_NAME, secret_key=held.secret_key)


def _stable_id(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"vod-web:{name}").urn


def _as_html(video: VideoRead) -> Markup:
    """The description, with its lines; times lead to the page of the video, as the reader has no player."""
    live = make_live(video.description, video.duration_s).replace("\n", Markup("<br>\n"))
    return live.replace(Markup('href="?t='), Markup('href="{}?t=').format(video.urls.watch))


def _picture(feed: Feed, base_url: str) -> str | None:
    return base_url + feed.owner.avatar_url if feed.owner and feed.owner.avatar_url else None


def _as_xml(template: str) -> Callable[[dict[str, Any]], str]:
    return lambda known: only_xml(render_page(template, **known))


def only_xml(text: str) -> str:
    """Without the characters that no XML may hold."""
    return _NOT_XML.sub("", text)


def _as_json(known: dict[str, Any]) -> str:
    """JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    feed: Feed = known["feed"]
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": known["title"],
        "home_page_url": known["page_url"],
        "feed_url": known["own_url"],
        "description": feed.summary,
        "icon": known["icon_url"],
        "items": [_json_item(item) for item in known["items"]],
    }
    return json.dumps({name: value for name, value in told.items() if value is not None}, ensure_ascii=False)


def _json_item(item: Item) -> dict[str, Any]:
    video = item.video
    told = {
        "id": item.id,
        "url": video.urls.watch,
        "title": video.title,
        "content_html": str(item.content),
        "content_text": video.description,
        "image": video.urls.poster,
        "date_published": item.published_at.isoformat(),
        "date_modified": item.updated_at.isoformat(),
        "authors": [{"name": item.author, "url": item.author_url}],
        "tags": video.tags or None,
        "language": video.language if video.language != "zxx" else None,
        "attachments": _attachments(video),
    }
    return {name: value for name, value in told.items() if value is not None}


def _attachments(video: VideoRead) -> Sequence[dict[str, Any]] | None:
    if video.urls.hls is None:
        return None
    length = {"duration_in_seconds": count_seconds(video.duration_s)} if video.duration_s else {}
    return [{"url": video.urls.hls, "mime_type": "application/vnd.apple.mpegurl", "title": video.title, **length}]


def _answer(text: str, mimetype: str, changed_at: datetime | None) -> Response:
    """Readers that have this version get 304.

    By its ETag alone: a video that is taken out makes a feed no newer, and must be gone from it all the same.
    """
    response = current_app.response_class(text, mimetype=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    response.make_conditional(request)
    response.last_modified = changed_at  # told, and not asked about
    return response


FORMS: dict[str, tuple[str, Callable[[dict[str, Any]], str]]] = {
    "rss": ("application/rss+xml", _as_xml("feeds/rss.xml")),
    "atom": ("application/atom+xml", _as_xml("feeds/atom.xml")),
    "json": ("application/feed+json", _as_json),
    "podcast": ("application/rss+xml", _as_xml("feeds/podcast.xml")),
}


def feed_links(kind: str, title: str, **where: Any) -> list[dict[str, str]]:
    """What a page names in its head, so that readers find its feeds, and in a menu; `kind` is the view's name."""
    forms = (("rss", "RSS"), ("atom", "Atom"), ("json", "JSON Feed"))
    return [_link(form, name, title, url_for(f"feeds.{kind}", form=form, **where)) for form, name in forms]


def _link(form: str, name: str, title: str, path: str) -> dict[str, str]:
    return {
        "type": FORMS[form][0],
        "name": name,
        "title": f"{title} ({name})",
        "href": path,
        "address": resources().settings.base_url + path,
    }


def search_feeds(wanted: SearchFilter) -> list[dict[str, str]]:
    """The same for the page of a search."""
    return feed_links("search", wanted.query or "Search", **asked_for(request.args))


def asked_for(query: Mapping[str, str]) -> dict[str, str]:
    """What the address of a search says that makes a difference to a feed."""
    names = set(SearchFilter.model_fields) - {"cursor", "limit", "sort"}
    return {name: value for name, value in query.items() if name in names and value}


def channel_feeds(owner: User) -> list[dict[str, str]]:
    """The same for the pages of a channel, with its podcast."""
    name = owner.display_name or owner.username
    links = feed_links("channel", name, username=owner.username)
    if owner.has_podcast:
        links.append(_link("podcast", "Podcast", name, url_for("feeds.podcast", username=owner.username)))
    return links
