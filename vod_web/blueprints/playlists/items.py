"""What is done to the items of a playlist: moved, cut, removed, and all that undone."""

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from vod_web.blueprints.playlists import blueprint
from vod_web.core.clock import utc_now
from vod_web.schemas.base import PageQuery, parse_input
from vod_web.schemas.playlists import ItemMove, ItemsChosen, ItemsTake, ItemUpdate
from vod_web.services import playlist_changes, playlist_moves, playlists
from vod_web.services.playlist_changes import Changed
from vod_web.services.playlist_undo import undo_change
from vod_web.web.forms import read_form
from vod_web.web.playlists import say_taken, show_playlists
from vod_web.web.rendering import go_to, is_fragment_request, is_from_htmx, reload_page, render, tell
from vod_web.web.sign_in import current_person


@blueprint.post("/playlists/<playlist_id>/items/<item_id>/move")
def move(playlist_id: str, item_id: str) -> Response:
    """To another place; a script is told which one that is."""
    place = playlist_moves.move_item(current_person(), playlist_id, item_id, read_form(ItemMove))
    if is_from_htmx():
        return Response(str(place), mimetype="text/plain")
    return go_to("playlists.show", playlist_id=playlist_id, _anchor=f"item-{item_id}")


@blueprint.post("/playlists/<playlist_id>/items/<item_id>/part")
def cut(playlist_id: str, item_id: str) -> Response:
    """Only a part of the video plays."""
    playlist_moves.update_item(current_person(), playlist_id, item_id, read_form(ItemUpdate))
    flash("Saved.", "good")
    return reload_page() if is_fragment_request() else go_to("playlists.show", playlist_id=playlist_id)


@blueprint.post("/playlists/<playlist_id>/items/<item_id>/remove")
def remove(playlist_id: str, item_id: str) -> Response:
    """Take one item out."""
    changed = playlist_changes.remove_items(current_person(), playlist_id, [item_id], now=utc_now())
    return _tell(playlist_id, changed, "Removed.", stays=is_fragment_request())


@blueprint.post("/playlists/<playlist_id>/items/take")
def take(playlist_id: str) -> Response:
    """Take the checked items out, or all of them, or move them to another playlist."""
    wanted, person = read_form(ItemsTake), current_person()
    changed = playlist_changes.remove_items(person, playlist_id, wanted.ids, to=wanted.to, now=utc_now())
    return _tell(playlist_id, changed, say_taken(changed, is_moved=wanted.to is not None), stays=False)


@blueprint.post("/playlists/<playlist_id>/items/target")
def choose_target(playlist_id: str) -> str:
    """To which playlist the checked items go: a dialog, or a page; a button on it asks for more playlists."""
    cursor = request.form.get("cursor") or None
    chosen = parse_input(ItemsChosen, {"items": request.form.getlist("items"), "all": request.form.get("all", False)})
    found = playlists.list_targets(current_person(), playlist_id, PageQuery(cursor=cursor))
    source, *targets = show_playlists([found.source, *found.targets.items])
    context = {"playlist": source, "targets": targets, "next": found.targets.next, "chosen": chosen}
    return render("playlists/target.html", "dialog", **context)


@blueprint.post("/playlists/undo/<change_id>")
def undo(change_id: str) -> Response:
    """Take it back."""
    playlist = undo_change(current_person(), change_id)
    flash("Undone.", "good")
    if is_from_htmx() or playlist is None:
        return reload_page() if is_from_htmx() else go_to("playlists.index")
    return go_to("playlists.show", playlist_id=playlist.public_id)


def _tell(playlist_id: str, changed: Changed, message: str, *, stays: bool) -> Response:
    """A toast with Undo; where the page is shown anew, a notice with the same."""
    if stays and changed.undo:
        return tell(message, action="Undo", url=url_for("playlists.undo", change_id=changed.undo), playlist_changed="")
    return go_to("playlists.show", playlist_id=playlist_id, undo=changed.undo, did=message)
