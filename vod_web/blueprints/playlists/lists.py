"""The pages of playlists: all of mine, one of them, and what is said about it."""

from typing import Any

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from vod_web.blueprints.playlists import blueprint
from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound
from vod_web.models import Playlist, PlaylistKind, PlaylistOrder, Visibility
from vod_web.resources import resources
from vod_web.schemas.base import PageQuery
from vod_web.schemas.playlists import PlaylistCreate, PlaylistRead, PlaylistUpdate
from vod_web.services import playlist_items, playlists
from vod_web.services.mentions import list_named
from vod_web.services.permissions import can_edit_playlist
from vod_web.services.playlist_orders import Shuffle
from vod_web.services.playlist_playing import list_more
from vod_web.services.videos import AS_CARD
from vod_web.web.forms import blank_form, read_form, read_query_kindly, redisplay_on_error
from vod_web.web.playing import links_of, read_wish
from vod_web.web.playlists import show_entries, show_playlist, show_playlists, with_host
from vod_web.web.rendering import address_here, go_to, is_fragment_request, is_from_htmx, reload_page, render, tell
from vod_web.web.sharing import draw_qr, playlist_code
from vod_web.web.sign_in import current_person

ITEMS_PER_PAGE = 50


def _mine() -> dict[str, Any]:
    """A page of the person's playlists, *Watch later*, and what was deleted a short time ago."""
    person = current_person()
    wanted, _ = read_query_kindly(PageQuery)
    found = playlists.list_mine(person, wanted)
    later = [] if wanted.cursor else [playlists.get_playlist(person, playlists.WATCH_LATER)]
    return {
        "playlists": show_playlists([*later, *found.items]),
        "next_url": address_here(cursor=found.next) if found.next else None,
        "deleted": playlists.list_deleted(person),
    }


@blueprint.get("/playlists")
def index() -> str:
    """My playlists."""
    return render("playlists/index.html", "cards", **_mine(), **blank_form())


@blueprint.post("/playlists")
@redisplay_on_error("playlists/index.html", context=_mine)
def create() -> Response:
    """A new one."""
    made = playlists.create_playlist(current_person(), read_form(PlaylistCreate))
    return go_to("playlists.show", playlist_id=made.public_id)


@blueprint.get("/watch-later")
def watch_later() -> str:
    """What one wants to watch later."""
    return _show(playlists.get_playlist(current_person(), playlists.WATCH_LATER))


@blueprint.get("/playlists/<playlist_id>")
def show(playlist_id: str) -> str | Response:
    """One playlist."""
    playlist = playlists.get_playlist(current_person(), playlist_id)
    if playlist.kind is PlaylistKind.WATCH_LATER:
        return go_to("playlists.watch_later")
    return _show(playlist)


@blueprint.get("/playlists/<playlist_id>/shuffle")
def shuffle(playlist_id: str) -> Response:
    """Play it in a random order."""
    playlist = playlists.get_playlist(current_person(), playlist_id)
    first = playlist_items.find_random(current_person(), playlist)
    if first is None:
        raise NotFound("There is nothing in this playlist that plays.")
    order = str(Shuffle.beginning_with(first))
    return go_to("watch.show", video_id=first.video.public_id, list=playlist.public_id, shuffle=order)


@blueprint.get("/playlists/<playlist_id>/panel")
def panel(playlist_id: str) -> str | Response:
    """More rows of the panel beside the player, before (`earlier`) or after (`later`) a cursor."""
    if not is_fragment_request():
        return go_to("playlists.show", playlist_id=playlist_id)
    earlier = request.args.get("earlier")
    wish = read_wish(playlist_id, is_embedded="embedded" in request.args)
    cursor = earlier or request.args.get("later", "")
    found = list_more(current_person(), wish, cursor=cursor, backwards=earlier is not None)
    links = links_of(playlists.get_playlist(current_person(), playlist_id), wish)
    more = links.more(**{"later" if earlier is None else "earlier": found.next}) if found.next else None
    context = {"rows": show_entries(found.items), "links": links, "more_url": more}
    return render_template("playlists/panel.html", is_earlier=earlier is not None, **context)


@blueprint.get("/playlists/<playlist_id>/qr.svg")
def qr(playlist_id: str) -> Response:
    """The address of the playlist for cameras of phones."""
    playlist = playlists.get_playlist(current_person(), playlist_id)
    address = resources().settings.base_url + url_for("playlists.show", playlist_id=playlist.public_id)
    return Response(draw_qr(address), mimetype="image/svg+xml")


def _edited(playlist_id: str) -> dict[str, Any]:
    playlist = playlists.get_own_playlist(current_person(), playlist_id)
    return {"playlist": show_playlist(playlist), "orders": list(PlaylistOrder), "KINDS": PlaylistKind}


@blueprint.get("/playlists/<playlist_id>/edit")
def edit(playlist_id: str) -> str:
    """What is said about it, who may see it, and its order."""
    told = _edited(playlist_id)
    return render("playlists/edit.html", **told, **blank_form(**told["playlist"].model_dump()))


@blueprint.post("/playlists/<playlist_id>/edit")
@redisplay_on_error("playlists/edit.html", context=_edited)
def update(playlist_id: str) -> Response:
    """Save it."""
    playlists.update_playlist(current_person(), playlist_id, read_form(PlaylistUpdate))
    flash("Saved.", "good")
    return go_to("playlists.show", playlist_id=playlist_id)


@blueprint.post("/playlists/<playlist_id>/cover")
def set_cover(playlist_id: str) -> Response:
    """Choose whose picture stands for it; without a video, that of the first one."""
    cover = PlaylistUpdate(cover=request.form.get("video", ""))
    playlists.update_playlist(current_person(), playlist_id, cover)
    flash("The cover is changed.", "good")
    return reload_page() if is_fragment_request() else go_to("playlists.show", playlist_id=playlist_id)


@blueprint.post("/playlists/<playlist_id>/delete")
def delete(playlist_id: str) -> Response:
    """Delete it; it can come back."""
    deleted = playlists.delete_playlist(current_person(), playlist_id, now=utc_now())
    if is_fragment_request():
        undo = url_for("playlists.restore", playlist_id=deleted.public_id)
        return tell(f"“{deleted.title}” is deleted.", action="Undo", url=undo)
    return go_to("playlists.index", deleted=deleted.public_id)


@blueprint.post("/playlists/<playlist_id>/restore")
def restore(playlist_id: str) -> Response:
    """Bring it back."""
    restored = playlists.restore_playlist(current_person(), playlist_id, now=utc_now())
    flash(f"“{restored.title}” is back.", "good")
    return reload_page() if is_from_htmx() else go_to("playlists.index")


def _show(playlist: Playlist) -> str:
    person = current_person()
    wanted, _ = read_query_kindly(PageQuery)
    wanted = PageQuery(cursor=wanted.cursor, limit=ITEMS_PER_PAGE)
    found = playlist_items.list_entries(person, playlist, wanted, options=AS_CARD)
    told = show_playlist(playlist)
    context = {
        "playlist": told,
        "items": show_entries(found.items),
        "next_url": address_here(cursor=found.next) if found.next else None,
        "may_edit": can_edit_playlist(person, playlist),
        "is_first": wanted.cursor is None,
        "is_later": playlist.kind is PlaylistKind.WATCH_LATER,
    }
    if is_fragment_request() and "facts" not in request.args:
        return render("playlists/show.html", "items", **context)
    return render("playlists/show.html", "facts", **context, **_around(playlist, told))


def _around(playlist: Playlist, told: PlaylistRead) -> dict[str, Any]:
    """What the head of the page says."""
    person = current_person()
    shared = with_host(told, resources().settings.base_url)
    first = playlist_items.find_first(person, playlist)
    return {
        "mentions": list_named(playlist.description),
        "has_feeds": playlist.visibility in (Visibility.PUBLIC, Visibility.UNLISTED),
        "extent": playlist_items.measure(person, playlist),
        "first": first.video.public_id if first else None,
        "shared": shared,
        "embed_code": playlist_code(shared),
        "orders": list(PlaylistOrder),
    }
