"""Who gets through, for every address of the site: one row each, by its rule and method."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from tests.rights.people import WHO, Things
from vod_web.models import Visibility

WATCHES: dict[Visibility, set[str]] = {
    Visibility.PUBLIC: set(WHO),
    Visibility.UNLISTED: set(WHO),
    Visibility.INTERNAL: set(WHO) - {"visitor"},
    Visibility.PRIVATE: {"named", "owner", "moderator", "admin"},
}
"""Who may know of a video, and watch it."""

Body = dict[str, Any]


SEES_PLAYLIST: dict[Visibility, set[str]] = WATCHES | {Visibility.PRIVATE: {"owner", "admin"}}
"""Who may know of a playlist."""


@dataclass(frozen=True)
class Rule:
    """Who passes, and whether that depends on who may know of the thing."""

    passes: frozenset[str]
    sees: Mapping[Visibility, set[str]] | None = None
    """Who may know of the thing, if that depends on its visibility."""
    is_hidden: bool = False
    """To everybody else it does not exist."""
    signs_in_first: bool = False
    """A page leads a visitor to the sign-in before it looks for the thing."""

    def passers(self, visibility: Visibility) -> set[str]:
        """Everybody who gets through."""
        return set(self.passes) if self.sees is None else self.sees[visibility] & self.passes

    def refusal(self, who: str, visibility: Visibility, *, is_api: bool) -> int:
        """With which status somebody else is refused; a page leads a visitor to the sign-in."""
        if who == "visitor" and (is_api or self.signs_in_first):
            return 401 if is_api else 303
        if self.sees is not None and (self.is_hidden or who not in self.sees[visibility]):
            return 404
        if who == "visitor":
            return 303
        return 404 if self.is_hidden else 403


FED = (Visibility.PUBLIC, Visibility.UNLISTED)
ALL = frozenset(WHO)
EVERYBODY = Rule(ALL)
SIGNED_IN = Rule(ALL - {"visitor"})
UPLOADERS = Rule(frozenset({"stranger", "owner", "moderator", "admin"}))
MODERATORS = Rule(frozenset({"moderator", "admin"}))
ADMINS = Rule(frozenset({"admin"}))
OWNER = Rule(frozenset({"owner"}), is_hidden=True)
OWNER_AND_MODERATORS = Rule(frozenset({"owner", "moderator", "admin"}))
OWNER_AND_ADMINS = Rule(frozenset({"owner", "admin"}), is_hidden=True)
WATCHERS = Rule(ALL, WATCHES)
SIGNED_IN_WATCHERS = Rule(ALL - {"visitor"}, WATCHES, signs_in_first=True)
SAVERS = Rule(ALL - {"visitor"}, WATCHES)
CHANGERS = Rule(frozenset({"owner", "admin"}), WATCHES)
RESTORERS = Rule(frozenset({"owner", "admin"}), WATCHES, is_hidden=True)
AUTHOR = Rule(frozenset({"owner"}), WATCHES, signs_in_first=True)
MARKERS = Rule(frozenset({"owner", "admin"}), WATCHES, signs_in_first=True)
JUDGES = Rule(frozenset({"owner", "moderator", "admin"}), WATCHES, signs_in_first=True)
FEED_READERS = Rule(ALL, {visibility: set(ALL) if visibility in FED else set() for visibility in Visibility})
LIST_READERS = Rule(ALL, SEES_PLAYLIST)
LIST_CALLERS = Rule(ALL - {"visitor"}, SEES_PLAYLIST)
LIST_CHANGERS = Rule(frozenset({"owner", "admin"}), SEES_PLAYLIST)
LIST_RESTORERS = Rule(frozenset({"owner", "admin"}), SEES_PLAYLIST, is_hidden=True)


@dataclass(frozen=True)
class Row:
    """One address and method."""

    rule: Rule
    request: Mapping[str, Any] | Callable[[Things], Mapping[str, Any]] = field(default_factory=dict)
    """What is sent, as the test client takes it; such that nobody is refused for what it says."""
    query: str = ""
    known: Mapping[str, str] = field(default_factory=dict)
    """Variables of the address that are not the owner's things."""

    def sends(self, things: Things) -> dict[str, Any]:
        """The request's body."""
        return dict(self.request(things) if callable(self.request) else self.request)


def _picture(things: Things) -> Body:
    return {"data": {"picture": (BytesIO(b"no picture"), "a.png"), "position": "0.5"}}


REMOVED = "?removed=2020-01-01T00:00:00Z"
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
BYSTANDER = {"username": "bystander"}


def _items(things: Things) -> Body:
    return {"data": {"items": [things["item_id"]]}}


def _nothing_but_an_item(things: Things) -> Body:
    """Nothing is sent; the playlist holds something."""
    things.make_all("item_id")
    return {}


def _nothing_but_captions(things: Things) -> Body:
    """Nothing is sent; the video has captions."""
    things.make_all("language")
    return {}


def _saved(things: Things) -> Body:
    return {"video": things["video_id"], "title": "New", "visibility": "private"}


def _video(things: Things) -> Body:
    return {"video_id": things["video_id"]}


def _scheduled(things: Things) -> Body:
    """Nothing is sent; the video is still to come."""
    things.schedule_video()
    return {}


def _wanted(things: Things) -> Body:
    """It is, and somebody wants to be reminded."""
    return _scheduled(things) | {"data": {"is_wanted": "1"}}


SRT = b"1\n00:00:01,000 --> 00:00:02,000\nLand ahoy.\n"

TABLE: dict[str, Row] = {
    # Pages for everybody
    "GET /": Row(EVERYBODY),
    "GET /@<username>": Row(EVERYBODY),
    "GET /@<username>/about": Row(EVERYBODY),
    "POST /@<username>/pictures/<kind>/remove": Row(OWNER_AND_MODERATORS),
    "GET /@<username>/playlists": Row(EVERYBODY),
    "GET /feeds/videos.<any(rss, atom, json):form>": Row(EVERYBODY),
    "GET /feeds/channels/<username>.<any(rss, atom, json):form>": Row(EVERYBODY),
    "GET /feeds/search.<any(rss, atom, json):form>": Row(EVERYBODY, query="?query=video"),
    "GET /feeds/playlists/<playlist_id>.<any(rss, atom, json):form>": Row(FEED_READERS),
    "GET /search": Row(EVERYBODY, query="?query=video"),
    "GET /search/suggestions": Row(EVERYBODY, query="?query=vi"),
    "GET /search/suggestions/<field>": Row(EVERYBODY, known={"field": "tag"}, query="?tag=vi"),
    "GET /newest": Row(EVERYBODY),
    "GET /popular": Row(EVERYBODY),
    "GET /popular/<popular_in>": Row(EVERYBODY, known={"popular_in": "week"}),
    "GET /robots.txt": Row(EVERYBODY),
    "GET /sitemap.xml": Row(EVERYBODY),
    "GET /healthz": Row(EVERYBODY),
    "GET /login": Row(EVERYBODY),
    "POST /logout": Row(EVERYBODY),
    "GET /password": Row(EVERYBODY),
    "GET /register": Row(EVERYBODY),
    # One video
    "GET /watch/<video_id>": Row(WATCHERS),
    "GET /watch/<video_id>/status": Row(WATCHERS),
    "GET /watch/<video_id>/qr.svg": Row(WATCHERS),
    "GET /watch/<video_id>/premiere": Row(WATCHERS, _scheduled),
    "POST /watch/<video_id>/reminder": Row(SIGNED_IN_WATCHERS, _wanted),
    "POST /watch/<video_id>/plays": Row(WATCHERS, {"json": {"played_s": 1}}),
    "POST /watch/<video_id>/retry": Row(CHANGERS),
    "GET /watch/<video_id>/download": Row(RESTORERS),
    "GET /watch/<video_id>/download/files": Row(RESTORERS),
    "GET /watch/<video_id>/download/<name>": Row(RESTORERS, known={"name": "audio"}),
    "POST /watch/<video_id>/download/<name>": Row(RESTORERS, known={"name": "audio"}),
    "POST /watch/<video_id>/reveal": Row(WATCHERS),
    "POST /watch/<video_id>/sensitive": Row(MODERATORS, {"data": {"is_sensitive": "true"}}),
    "POST /watch/<video_id>/reaction": Row(SIGNED_IN_WATCHERS, {"data": {"kind": "like"}}),
    "GET /embed/<video_id>": Row(WATCHERS),
    "GET /watch/<video_id>/report": Row(WATCHERS),
    "POST /watch/<video_id>/report": Row(WATCHERS, {"data": {"reason": "spam"}}),
    "GET /watch/<video_id>/comments/<comment_id>/report": Row(WATCHERS),
    "POST /watch/<video_id>/comments/<comment_id>/report": Row(WATCHERS, {"data": {"reason": "spam"}}),
    "GET /watch/<video_id>/transcript": Row(WATCHERS, _nothing_but_captions),
    "GET /watch/<video_id>/transcript.txt": Row(WATCHERS, _nothing_but_captions),
    # Comments; this one is the owner's
    "GET /watch/<video_id>/comments": Row(WATCHERS),
    "POST /watch/<video_id>/comments": Row(SIGNED_IN_WATCHERS, {"data": {"text": "Well done"}}),
    "GET /watch/<video_id>/comments/mentions": Row(SIGNED_IN_WATCHERS, query="?query=ow"),
    "GET /watch/<video_id>/comments/<comment_id>": Row(WATCHERS),
    "GET /watch/<video_id>/comments/<comment_id>/one": Row(WATCHERS),
    "GET /watch/<video_id>/comments/<comment_id>/reply": Row(SIGNED_IN_WATCHERS),
    "GET /watch/<video_id>/comments/<comment_id>/edit": Row(AUTHOR),
    "POST /watch/<video_id>/comments/<comment_id>/edit": Row(AUTHOR, {"data": {"text": "Better"}}),
    "POST /watch/<video_id>/comments/<comment_id>/delete": Row(JUDGES),
    "POST /watch/<video_id>/comments/<comment_id>/approve": Row(JUDGES),
    "POST /watch/<video_id>/comments/<comment_id>/like": Row(SIGNED_IN_WATCHERS, {"data": {"is_liked": "1"}}),
    "POST /watch/<video_id>/comments/<comment_id>/marks": Row(MARKERS, {"data": {"is_pinned": "1"}}),
    # One's own account
    "GET /account": Row(SIGNED_IN),
    "POST /account": Row(SIGNED_IN, {"data": {"display_name": "Me"}}),
    "GET /account/email": Row(SIGNED_IN),
    "POST /account/email": Row(SIGNED_IN, {"data": {"email": "new@example.org", "password": "wrong"}}),
    "GET /account/password": Row(SIGNED_IN),
    "POST /account/password": Row(SIGNED_IN, {"data": {"old_password": "wrong", "password": "a new password"}}),
    "GET /account/sign-ins": Row(SIGNED_IN),
    "POST /account/sign-ins/<sign_in_id>/end": Row(OWNER),
    "POST /account/sign-ins/end-others": Row(SIGNED_IN),
    "GET /account/tokens": Row(SIGNED_IN),
    "POST /account/tokens": Row(SIGNED_IN, {"data": {"name": "t", "scopes": "read"}}),
    "POST /account/tokens/<token_id>/revoke": Row(OWNER),
    "GET /account/uploads": Row(UPLOADERS),
    "GET /account/watching": Row(SIGNED_IN),
    "POST /account/watching": Row(SIGNED_IN, {"data": {"rule": "show"}}),
    "POST /account/uploads": Row(UPLOADERS, {"data": {"visibility": "public"}}),
    "POST /account/pictures/<kind>": Row(SIGNED_IN, _picture),
    # What one follows, likes and has watched
    "GET /subscriptions": Row(SIGNED_IN),
    "GET /subscriptions/channels": Row(SIGNED_IN),
    "POST /subscriptions/<username>": Row(SIGNED_IN, {"data": {"wish": "on"}}),
    "GET /liked": Row(SIGNED_IN),
    "GET /history": Row(SIGNED_IN),
    "POST /history/clear": Row(SIGNED_IN),
    "POST /history/continue": Row(SIGNED_IN),
    "POST /history/pause": Row(SIGNED_IN),
    "POST /history/restore": Row(SIGNED_IN, query=REMOVED),
    "GET /notifications": Row(SIGNED_IN),
    "GET /notifications/bell": Row(SIGNED_IN),
    "POST /notifications/read": Row(SIGNED_IN),
    "GET /account/notifications": Row(SIGNED_IN),
    "GET /account/muted": Row(SIGNED_IN),
    "POST /account/muted/<username>": Row(SIGNED_IN, {"data": {"is_muted": "true"}}),
    "POST /account/notifications": Row(SIGNED_IN),
    # Playlists
    "GET /playlists": Row(SIGNED_IN),
    "POST /playlists": Row(SIGNED_IN, {"data": {"title": "New", "visibility": "private"}}),
    "GET /watch-later": Row(SIGNED_IN),
    "POST /watch-later/<video_id>": Row(SAVERS),
    "POST /watch-later/<video_id>/remove": Row(SIGNED_IN),
    "GET /save": Row(SIGNED_IN, lambda things: {"query_string": _saved(things)}),
    "POST /save": Row(SIGNED_IN, lambda things: {"data": _saved(things)}),
    "POST /save/new": Row(SIGNED_IN, lambda things: {"data": _saved(things)}),
    "GET /playlists/<playlist_id>": Row(LIST_READERS),
    "GET /playlists/<playlist_id>/qr.svg": Row(LIST_READERS),
    "GET /embed/playlists/<playlist_id>": Row(LIST_READERS, _nothing_but_an_item),
    "GET /playlists/<playlist_id>/panel": Row(LIST_READERS, {"headers": FRAGMENT}),
    "GET /playlists/<playlist_id>/shuffle": Row(LIST_READERS, _nothing_but_an_item),
    "GET /playlists/<playlist_id>/edit": Row(LIST_CHANGERS),
    "POST /playlists/<playlist_id>/edit": Row(LIST_CHANGERS, {"data": {"title": "New"}}),
    "POST /playlists/<playlist_id>/cover": Row(LIST_CHANGERS),
    "POST /playlists/<playlist_id>/delete": Row(LIST_CHANGERS),
    "POST /playlists/<playlist_id>/restore": Row(LIST_RESTORERS),
    "POST /playlists/<playlist_id>/items/take": Row(LIST_CHANGERS, _items),
    "POST /playlists/<playlist_id>/items/target": Row(LIST_CHANGERS, _items),
    "POST /playlists/<playlist_id>/items/<item_id>/move": Row(LIST_CHANGERS, {"data": {"to": "top"}}),
    "POST /playlists/<playlist_id>/items/<item_id>/part": Row(LIST_CHANGERS, {"data": {"start_s": "1"}}),
    "POST /playlists/<playlist_id>/items/<item_id>/remove": Row(LIST_CHANGERS),
    "POST /account/podcast": Row(SIGNED_IN, {"data": {"is_on": "1"}}),
    # Uploading
    "GET /upload": Row(UPLOADERS),
    "GET /upload/imports": Row(SIGNED_IN),
    "POST /upload/imports": Row(UPLOADERS, {"data": {"addresses": "https://example.org/a.mp4"}}),
    "POST /upload/imports/<import_id>/cancel": Row(OWNER_AND_ADMINS),
    "POST /upload/imports/<import_id>/retry": Row(OWNER_AND_ADMINS),
    # My videos
    "GET /studio": Row(SIGNED_IN),
    "GET /studio/bin": Row(SIGNED_IN),
    "GET /studio/status": Row(SIGNED_IN),
    "GET /studio/analytics": Row(SIGNED_IN),
    "GET /studio/analytics.csv": Row(SIGNED_IN),
    "GET /studio/comments": Row(SIGNED_IN),
    "POST /studio/comments": Row(SIGNED_IN, {"data": {"ids": "x", "deed": "delete"}}),
    "GET /studio/videos/<video_id>/analytics": Row(CHANGERS),
    "GET /studio/videos/<video_id>/analytics.csv": Row(CHANGERS),
    "GET /studio/videos/<video_id>": Row(CHANGERS),
    "POST /studio/videos/<video_id>": Row(CHANGERS, {"data": {"title": "New", "visibility": "public"}}),
    "GET /studio/videos/<video_id>/captions": Row(CHANGERS),
    "POST /studio/videos/<video_id>/captions": Row(
        CHANGERS, lambda things: {"data": {"files": (BytesIO(SRT), "a.fr.srt")}}
    ),
    "POST /studio/videos/<video_id>/captions/<caption_id>": Row(CHANGERS, {"data": {"label": "New"}}),
    "POST /studio/videos/<video_id>/captions/<caption_id>/delete": Row(CHANGERS),
    "GET /studio/videos/<video_id>/captions/<caption_id>/file": Row(CHANGERS),
    "GET /studio/videos/<video_id>/captions/<caption_id>/preview": Row(CHANGERS),
    "POST /studio/videos/<video_id>/captions/<caption_id>/restore": Row(CHANGERS),
    "GET /studio/videos/<video_id>/chapters": Row(CHANGERS),
    "POST /studio/videos/<video_id>/chapters": Row(CHANGERS, {"data": {"chapters": "0:00 Start"}}),
    "POST /studio/videos/<video_id>/chapters/check": Row(CHANGERS, {"data": {"chapters": "0:00 Start"}}),
    "POST /studio/videos/<video_id>/chapters/choose/<wanted>": Row(CHANGERS),
    "POST /studio/videos/<video_id>/delete": Row(CHANGERS),
    "GET /studio/videos/<video_id>/file": Row(CHANGERS),
    "POST /studio/videos/<video_id>/file/<version_id>/delete": Row(CHANGERS),
    "GET /studio/videos/<video_id>/file/<version_id>/download": Row(CHANGERS),
    "POST /studio/videos/<video_id>/file/<version_id>/restore": Row(CHANGERS),
    "POST /studio/videos/<video_id>/file/retry": Row(CHANGERS),
    "GET /studio/videos/<video_id>/progress": Row(CHANGERS),
    "POST /studio/videos/<video_id>/restore": Row(RESTORERS),
    "POST /studio/videos/<video_id>/retry": Row(CHANGERS),
    "GET /studio/videos/<video_id>/thumbnail": Row(CHANGERS),
    "POST /studio/videos/<video_id>/thumbnail/automatic": Row(CHANGERS),
    "POST /studio/videos/<video_id>/thumbnail/frame": Row(CHANGERS, {"data": {"at_s": "3"}}),
    "POST /studio/videos/<video_id>/thumbnail/picture": Row(CHANGERS, _picture),
    # Running the site
    "GET /setup/proof": Row(ADMINS),
    "POST /setup/proof": Row(ADMINS),
    "POST /setup/proof/remove": Row(ADMINS),
    "GET /admin": Row(ADMINS),
    "GET /admin/audit": Row(ADMINS),
    "GET /admin/health": Row(ADMINS),
    "GET /admin/jobs": Row(ADMINS),
    "GET /admin/jobs/<int:job_id>": Row(ADMINS),
    "POST /admin/jobs/<int:job_id>/cancel": Row(ADMINS),
    "POST /admin/jobs/<int:job_id>/retry": Row(ADMINS),
    "GET /admin/settings": Row(ADMINS),
    "POST /admin/settings": Row(ADMINS, {"data": {"name": "Site", "registration": "open"}}),
    "GET /admin/users": Row(ADMINS),
    "GET /admin/users/new": Row(ADMINS),
    "POST /admin/users/new": Row(ADMINS, {"data": {"username": "fresh", "email": "f@example.org", "role": "viewer"}}),
    "POST /admin/users/<username>/reset-link": Row(ADMINS, known=BYSTANDER),
    "POST /admin/users/<username>/role": Row(ADMINS, {"data": {"role": "uploader"}}, known=BYSTANDER),
    "POST /admin/users/<username>/suspend": Row(ADMINS, known=BYSTANDER),
    "POST /admin/users/<username>/unsuspend": Row(ADMINS, known=BYSTANDER),
    "GET /admin/reports": Row(MODERATORS),
    "POST /admin/reports/<report_id>/decide": Row(MODERATORS, {"data": {"decision": "keep"}}),
    "POST /admin/reports/<report_id>/reopen": Row(MODERATORS),
    "POST /admin/reports/videos/<video_id>/unblock": Row(MODERATORS),
    "GET /admin/videos": Row(ADMINS),
    "POST /admin/videos/<video_id>/cancel": Row(ADMINS),
    "POST /admin/videos/<video_id>/delete": Row(ADMINS),
    "POST /admin/videos/<video_id>/reencode": Row(ADMINS),
    "POST /admin/videos/<video_id>/restore": Row(ADMINS),
    "POST /admin/videos/<video_id>/retry": Row(ADMINS),
    "POST /admin/videos/<video_id>/sensitive": Row(ADMINS, {"data": {"is_sensitive": "true"}}),
    "POST /admin/workers": Row(ADMINS, {"data": {"count": "2"}}),
    # The API
    "GET /api/v1/docs": Row(EVERYBODY),
    "GET /api/v1/openapi.json": Row(EVERYBODY),
    "GET /api/v1/me": Row(SIGNED_IN),
    "PATCH /api/v1/me": Row(SIGNED_IN, {"json": {"display_name": "Me"}}),
    "PUT /api/v1/me/avatar": Row(SIGNED_IN, {"data": b"no picture", "content_type": "image/png"}),
    "DELETE /api/v1/me/avatar": Row(SIGNED_IN),
    "PUT /api/v1/me/banner": Row(SIGNED_IN, {"data": b"no picture", "content_type": "image/png"}),
    "DELETE /api/v1/me/banner": Row(SIGNED_IN),
    "GET /api/v1/history": Row(SIGNED_IN),
    "DELETE /api/v1/history": Row(SIGNED_IN),
    "POST /api/v1/history/restore": Row(SIGNED_IN, {"json": {"removed_at": "2020-01-01T00:00:00Z"}}),
    "PUT /api/v1/history/recording": Row(SIGNED_IN, {"json": {"is_paused": False}}),
    "GET /api/v1/liked": Row(SIGNED_IN),
    "GET /api/v1/subscriptions": Row(SIGNED_IN),
    "GET /api/v1/subscriptions/videos": Row(SIGNED_IN),
    "PUT /api/v1/subscriptions/<username>": Row(SIGNED_IN, {"json": {}}),
    "DELETE /api/v1/subscriptions/<username>": Row(SIGNED_IN),
    "GET /api/v1/me/upload-defaults": Row(UPLOADERS),
    "PUT /api/v1/me/upload-defaults": Row(UPLOADERS, {"json": {}}),
    "GET /api/v1/tokens": Row(SIGNED_IN),
    "DELETE /api/v1/tokens/<token_id>": Row(OWNER),
    "GET /api/v1/users/<username>": Row(SIGNED_IN),
    "GET /api/v1/users/<username>/videos": Row(SIGNED_IN),
    "GET /api/v1/imports": Row(SIGNED_IN),
    "POST /api/v1/imports": Row(UPLOADERS, {"json": {"url": "https://example.org/b.mp4"}}),
    "GET /api/v1/imports/<import_id>": Row(OWNER_AND_ADMINS),
    "DELETE /api/v1/imports/<import_id>": Row(OWNER_AND_ADMINS),
    "POST /api/v1/imports/<import_id>/retry": Row(OWNER_AND_ADMINS, {"json": {}}),
    "GET /api/v1/uploads": Row(SIGNED_IN),
    "POST /api/v1/uploads": Row(UPLOADERS, {"json": {"filename": "a.mp4", "size_bytes": 9}}),
    "GET /api/v1/uploads/<upload_id>": Row(OWNER),
    "DELETE /api/v1/uploads/<upload_id>": Row(OWNER),
    "POST /api/v1/uploads/<upload_id>/complete": Row(OWNER, {"json": {}}),
    "POST /api/v1/uploads/<upload_id>/parts": Row(OWNER, {"json": {"numbers": [1]}}),
    "GET /api/v1/popular": Row(SIGNED_IN),
    "GET /api/v1/videos": Row(SIGNED_IN),
    "GET /api/v1/videos/<video_id>": Row(SIGNED_IN_WATCHERS),
    "PATCH /api/v1/videos/<video_id>": Row(CHANGERS, {"json": {"title": "New"}}),
    "DELETE /api/v1/videos/<video_id>": Row(CHANGERS),
    "GET /api/v1/videos/<video_id>/downloads": Row(RESTORERS),
    "POST /api/v1/videos/<video_id>/downloads/<name>": Row(RESTORERS, known={"name": "audio"}),
    "GET /api/v1/videos/<video_id>/downloads/<name>": Row(RESTORERS, known={"name": "audio"}),
    "PUT /api/v1/videos/<video_id>/sensitivity": Row(MODERATORS, {"json": {"is_sensitive": True}}),
    "GET /api/v1/videos/<video_id>/captions": Row(SIGNED_IN_WATCHERS),
    "PUT /api/v1/videos/<video_id>/captions/<language>": Row(
        CHANGERS, {"data": SRT, "content_type": "application/x-subrip"}
    ),
    "DELETE /api/v1/videos/<video_id>/captions/<language>": Row(CHANGERS),
    "PUT /api/v1/videos/<video_id>/chapters": Row(CHANGERS, {"json": {"chapters": []}}),
    "GET /api/v1/videos/<video_id>/reaction": Row(SIGNED_IN_WATCHERS),
    "PUT /api/v1/videos/<video_id>/reaction": Row(SIGNED_IN_WATCHERS, {"json": {"kind": "like"}}),
    "PUT /api/v1/videos/<video_id>/position": Row(SIGNED_IN_WATCHERS, {"json": {"position_s": 3}}),
    "GET /api/v1/videos/<video_id>/premiere": Row(SIGNED_IN_WATCHERS, _scheduled),
    "PUT /api/v1/videos/<video_id>/reminder": Row(SIGNED_IN_WATCHERS, _scheduled),
    "DELETE /api/v1/videos/<video_id>/reminder": Row(SIGNED_IN_WATCHERS, _scheduled),
    "POST /api/v1/videos/<video_id>/retry": Row(CHANGERS),
    "PUT /api/v1/videos/<video_id>/thumbnail": Row(CHANGERS, {"json": {"at_s": 3}}),
    "DELETE /api/v1/videos/<video_id>/thumbnail": Row(CHANGERS),
    "GET /api/v1/videos/<video_id>/thumbnail/frames": Row(CHANGERS),
    "GET /api/v1/videos/<video_id>/versions": Row(CHANGERS),
    "DELETE /api/v1/videos/<video_id>/versions/<version_id>": Row(CHANGERS),
    "GET /api/v1/videos/<video_id>/versions/<version_id>/file": Row(CHANGERS),
    "POST /api/v1/videos/<video_id>/versions/<version_id>/restore": Row(CHANGERS),
    "GET /api/v1/playlists": Row(SIGNED_IN),
    "POST /api/v1/playlists": Row(SIGNED_IN, {"json": {"title": "Mine"}}),
    "GET /api/v1/users/<username>/playlists": Row(SIGNED_IN),
    "GET /api/v1/playlists/<playlist_id>": Row(LIST_CALLERS),
    "PATCH /api/v1/playlists/<playlist_id>": Row(LIST_CHANGERS, {"json": {"title": "New"}}),
    "DELETE /api/v1/playlists/<playlist_id>": Row(LIST_CHANGERS),
    "POST /api/v1/playlists/<playlist_id>/restore": Row(LIST_RESTORERS),
    "GET /api/v1/playlists/<playlist_id>/items": Row(LIST_CALLERS),
    "POST /api/v1/playlists/<playlist_id>/items": Row(LIST_CHANGERS, lambda things: {"json": _video(things)}),
    "POST /api/v1/playlists/<playlist_id>/items/bulk": Row(
        LIST_CHANGERS, lambda things: {"json": {"video_ids": [things["video_id"]]}}
    ),
    "POST /api/v1/playlists/<playlist_id>/items/take": Row(
        LIST_CHANGERS, lambda things: {"json": {"items": [things["item_id"]]}}
    ),
    "PATCH /api/v1/playlists/<playlist_id>/items/<item_id>": Row(LIST_CHANGERS, {"json": {"position": 1}}),
    "DELETE /api/v1/playlists/<playlist_id>/items/<item_id>": Row(LIST_CHANGERS),
    "GET /api/v1/videos/<video_id>/related": Row(SIGNED_IN_WATCHERS),
    "GET /api/v1/videos/<video_id>/comments": Row(SIGNED_IN_WATCHERS),
    "POST /api/v1/videos/<video_id>/comments": Row(SIGNED_IN_WATCHERS, {"json": {"text": "Well done"}}),
    "GET /api/v1/videos/<video_id>/comments/<comment_id>/replies": Row(SIGNED_IN_WATCHERS),
    "GET /api/v1/comments": Row(SIGNED_IN),
    "POST /api/v1/comments/bulk": Row(SIGNED_IN, {"json": {"ids": ["x"], "deed": "delete"}}),
    "GET /api/v1/comments/<comment_id>": Row(SIGNED_IN_WATCHERS),
    "PATCH /api/v1/comments/<comment_id>": Row(AUTHOR, {"json": {"text": "Better"}}),
    "DELETE /api/v1/comments/<comment_id>": Row(JUDGES),
    "POST /api/v1/comments/<comment_id>/approve": Row(JUDGES),
    "PUT /api/v1/comments/<comment_id>/like": Row(SIGNED_IN_WATCHERS, {"json": {"is_liked": True}}),
    "PUT /api/v1/comments/<comment_id>/marks": Row(MARKERS, {"json": {"is_pinned": True}}),
    "GET /api/v1/notifications": Row(SIGNED_IN),
    "GET /api/v1/notifications/unread": Row(SIGNED_IN),
    "POST /api/v1/notifications/read": Row(SIGNED_IN),
    "GET /api/v1/me/notification-choices": Row(SIGNED_IN),
    "PUT /api/v1/me/notification-choices": Row(SIGNED_IN, {"json": {"choices": []}}),
    "GET /api/v1/me/muted": Row(SIGNED_IN),
    "PUT /api/v1/me/muted/<username>": Row(SIGNED_IN),
    "DELETE /api/v1/me/muted/<username>": Row(SIGNED_IN),
    "POST /api/v1/videos/<video_id>/plays": Row(SIGNED_IN_WATCHERS, {"json": {"played_s": 1}}),
    "GET /api/v1/analytics": Row(SIGNED_IN),
    "GET /api/v1/videos/<video_id>/analytics": Row(CHANGERS),
    "GET /api/v1/me/sensitive-videos": Row(SIGNED_IN),
    "PUT /api/v1/me/sensitive-videos": Row(SIGNED_IN, {"json": {"rule": "show"}}),
    "GET /api/v1/me/podcast": Row(SIGNED_IN),
    "PUT /api/v1/me/podcast": Row(SIGNED_IN, {"json": {"is_on": False}}),
    "POST /api/v1/videos/<video_id>/reports": Row(SIGNED_IN_WATCHERS, {"json": {"reason": "spam"}}),
    "POST /api/v1/comments/<comment_id>/reports": Row(SIGNED_IN_WATCHERS, {"json": {"reason": "spam"}}),
    "GET /api/v1/admin/reports": Row(MODERATORS),
    "POST /api/v1/admin/reports/<report_id>/decision": Row(MODERATORS, {"json": {"decision": "keep"}}),
    "POST /api/v1/admin/reports/<report_id>/reopen": Row(MODERATORS),
    "GET /api/v1/admin/jobs": Row(ADMINS),
    "GET /api/v1/admin/users": Row(ADMINS),
    "GET /api/v1/admin/videos": Row(ADMINS),
    "GET /api/v1/admin/workers": Row(ADMINS),
}

ELSEWHERE: dict[str, str] = {
    "GET /static/<path:filename>": "the same files for everybody",
    "GET /media/<token>/<video_id>/<encode_id>/<path:path>": "tests/blueprints/test_visibility.py, test_media.py",
    "GET /feeds/channels/<username>/podcast.xml": "where a channel offers one; tests/blueprints/test_feeds.py",
    "POST /watch/<video_id>/comments/<comment_id>/restore": "what one deleted; tests/services/test_comments.py",
    "POST /api/v1/comments/<comment_id>/restore": "what one deleted; tests/services/test_comments.py",
    "GET /pictures/<name>": "the same for everybody; tests/blueprints/test_channels.py",
    "POST /account/pictures/<name>/restore": "one's own; tests/blueprints/test_channels.py",
    "POST /history/<video_id>/remove": "one's own; tests/blueprints/test_history.py",
    "DELETE /api/v1/history/<video_id>": "one's own; tests/services/test_history.py",
    "GET /api/v1/subscriptions/<username>": "one's own; tests/api/test_subscriptions.py",
    "GET /notifications/<kind>/<subject>": "one's own; tests/blueprints/test_notifications.py",
    "POST /notifications/<kind>/<subject>/read": "one's own; tests/blueprints/test_notifications.py",
    "POST /api/v1/notifications/<kind>/<subject>/read": "one's own; tests/services/test_notifications.py",
    "GET /notifications/mail/<token>": "its token is the right; tests/blueprints/test_notifications.py",
    "POST /notifications/mail/<token>": "its token is the right; tests/blueprints/test_notifications.py",
    "POST /playlists/undo/<change_id>": "one's own; tests/blueprints/test_playlists.py",
    "POST /api/v1/playlists/undo/<change_id>": "one's own; tests/blueprints/test_playlists.py",
    "GET /readyz": "says whether the site can work, to everybody; tests/blueprints/test_health.py",
    "GET /oembed": "asks as a visitor whoever asks; tests/blueprints/test_embed.py",
    "GET /sitemap-<int:page>.xml": "as a visitor; tests/blueprints/test_embed.py",
    "POST /login": "tests/blueprints/test_auth.py",
    "POST /register": "tests/blueprints/test_auth.py",
    "POST /account/sign-ins/end-all": "ends one's own; tests/blueprints/test_auth.py",
    "POST /password": "for everybody, a few times an hour; tests/blueprints/test_auth.py",
    "GET /password/<secret>": "its secret is the right; tests/blueprints/test_auth.py",
    "POST /password/<secret>": "its secret is the right; tests/blueprints/test_auth.py",
    "GET /setup": "as long as there is no admin; tests/blueprints/test_setup.py",
    "POST /setup": "as long as there is no admin; tests/blueprints/test_setup.py",
    "POST /api/v1/tokens": "its password is the right; tests/api/test_tokens.py",
    "PUT /api/v1/uploads/<upload_id>/parts/<int:number>": "its signed address is the right; tests/api/test_uploads.py",
    "POST /admin/workers/<name>/drain": "needs a living worker; tests/blueprints/test_admin.py",
    "POST /api/v1/admin/workers/<name>/drain": "needs a living worker; tests/api/test_admin.py",
}
"""What is no matter of who somebody is, and where it is tested."""
