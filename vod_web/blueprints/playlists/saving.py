"""Saving videos: in *Watch later* with one click, and in playlists by a dialog, which is a page without script."""

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from vod_web.blueprints.playlists import blueprint
from vod_web.core.clock import utc_now
from vod_web.schemas.base import parse_input
from vod_web.schemas.playlists import PlaylistCreate
from vod_web.services import playlist_changes, playlist_saving, playlists
from vod_web.web.forms import redisplay_on_error
from vod_web.web.playlists import say_saved
from vod_web.web.rendering import came_from, go_to, go_to_address, is_fragment_request, is_from_htmx, render, tell
from vod_web.web.sign_in import current_person, safe_next


@blueprint.post("/watch-later/<video_id>")
def add_later(video_id: str) -> Response:
    """Watch it later; a button that is pressed already says `wish=out`."""
    if request.form.get("wish") == "out":
        return remove_later(video_id)
    changed = playlist_changes.add_videos(current_person(), playlists.WATCH_LATER, [video_id], now=utc_now())
    message = "Added to Watch later." if changed.added else "It is in Watch later already."
    if is_fragment_request():
        action = "Undo" if changed.added else "Remove"
        undo, change = url_for("playlists.remove_later", video_id=video_id), {"video": video_id, "is_in": True}
        return tell(message, action=action, url=undo, about=f"later {video_id}", later_changed=change)
    flash(message, "good")
    return go_to_address(came_from())


@blueprint.post("/watch-later/<video_id>/remove")
def remove_later(video_id: str) -> Response:
    """Do not watch it later."""
    playlist_changes.remove_video(current_person(), playlists.WATCH_LATER, video_id, now=utc_now())
    if is_from_htmx():
        undo, change = url_for("playlists.add_later", video_id=video_id), {"video": video_id, "is_in": False}
        return tell(
            "Removed from Watch later.", action="Undo", url=undo, about=f"later {video_id}", later_changed=change
        )
    flash("Removed from Watch later.", "good")
    return go_to_address(came_from())


@blueprint.get("/save")
def save() -> str:
    """In which playlists the videos of the address are, and are to be."""
    return render("playlists/save.html", "dialog", **_form())


@blueprint.post("/save")
def save_choices() -> Response:
    """Save them in the playlists that are checked; `changed` names the one whose box was just clicked."""
    ids, chosen = request.form.getlist("video"), request.form.getlist("playlists")
    shown = request.form.getlist("changed") or request.form.getlist("shown")
    changes = playlist_saving.save_choices(current_person(), ids, shown, chosen, now=utc_now())
    message = " ".join(say_saved(changed) for changed in changes) or "Nothing has changed."
    if is_fragment_request():
        return Response(render_template("playlists/saved.html", message=message), mimetype="text/html")
    flash(message, "good")
    return go_to_address(safe_next(request.form.get("next")) or url_for("library.home"))


def _form() -> dict[str, object]:
    """The choices as they are now, and an empty form for a new playlist."""
    saving = playlist_saving.find_saving(current_person(), request.values.getlist("video"))
    next_address = safe_next(request.values.get("next")) or came_from()
    return {"saving": saving, "next": next_address, "values": {}, "errors": {}, "form_error": None, "told": ""}


@blueprint.post("/save/new")
@redisplay_on_error("playlists/save.html", "body", context=_form)
def save_in_new() -> Response | str:
    """Make a playlist of them."""
    ids = request.form.getlist("video")
    new = parse_input(PlaylistCreate, {name: request.form.get(name, "") for name in ("title", "visibility")})
    changed = playlist_saving.save_in_new(current_person(), new, ids, now=utc_now())
    if is_fragment_request():
        return render("playlists/save.html", "body", **_form() | {"told": say_saved(changed)})
    flash(say_saved(changed), "good")
    return go_to("playlists.save", video=ids, next=request.form.get("next"))
