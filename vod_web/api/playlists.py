"""Lists of videos: your own, and those that you may see. `watch-later` stands for the id of your *Watch later*."""

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.models import Playlist, TokenScope
from vod_web.schemas.base import Page, PageQuery
from vod_web.schemas.playlists import (
    ChangeRead,
    ItemAdd,
    ItemRead,
    ItemsAdd,
    ItemsTake,
    ItemUpdate,
    PlaylistCreate,
    PlaylistDetailRead,
    PlaylistRead,
    PlaylistUpdate,
)
from vod_web.services import playlist_changes, playlist_items, playlist_moves, playlists
from vod_web.services.accounts import get_user
from vod_web.services.playlist_undo import undo_change
from vod_web.services.throttle import Limit
from vod_web.web.playlists import tell_change, tell_detail, tell_entries, tell_playlist, tell_playlists
from vod_web.web.sign_in import current_person

CHANGES = Limit("playlist changes", 600, 60, "That was too often for one minute.")


@call("GET", "/playlists", scope=TokenScope.READ, query=PageQuery, returns=Page[PlaylistRead])
def list_playlists(query: PageQuery) -> Page[PlaylistRead]:
    """Your playlists, the last changed first."""
    return tell_playlists(playlists.list_mine(current_person(), query))


@call("GET", "/users/<username>/playlists", scope=TokenScope.READ, query=PageQuery, returns=Page[PlaylistRead])
def list_channel_playlists(username: str, query: PageQuery) -> Page[PlaylistRead]:
    """The playlists of one channel that you may find; all of them, if it is yours."""
    return tell_playlists(playlists.list_public_of_channel(current_person(), get_user(username), query))


@call(
    "POST",
    "/playlists",
    scope=TokenScope.UPLOAD,
    body=PlaylistCreate,
    returns=PlaylistRead,
    status=201,
    errors=(409,),
    limit=CHANGES,
)
def create_playlist(body: PlaylistCreate) -> PlaylistRead:
    """Make an empty playlist."""
    return tell_playlist(playlists.create_playlist(current_person(), body))


@call("GET", "/playlists/<playlist_id>", scope=TokenScope.READ, query=PageQuery, returns=PlaylistDetailRead)
def get_playlist(playlist_id: str, query: PageQuery) -> PlaylistDetailRead:
    """A playlist with its first items, in its order; of others' playlists, those that you may watch."""
    person = current_person()
    playlist = playlists.get_playlist(person, playlist_id)
    return tell_detail(playlist, playlist_items.list_entries(person, playlist, query))


@call("GET", "/playlists/<playlist_id>/items", scope=TokenScope.READ, query=PageQuery, returns=Page[ItemRead])
def list_items(playlist_id: str, query: PageQuery) -> Page[ItemRead]:
    """The items of a playlist, a page at a time."""
    person = current_person()
    playlist = playlists.get_playlist(person, playlist_id)
    return tell_entries(playlist_items.list_entries(person, playlist, query))


@call(
    "PATCH",
    "/playlists/<playlist_id>",
    scope=TokenScope.UPLOAD,
    body=PlaylistUpdate,
    returns=PlaylistRead,
    errors=(409,),
    limit=CHANGES,
)
def update_playlist(playlist_id: str, body: PlaylistUpdate) -> PlaylistRead:
    """Change the words, the visibility, the order or the cover of a playlist of yours."""
    return tell_playlist(playlists.update_playlist(current_person(), playlist_id, body))


@call("DELETE", "/playlists/<playlist_id>", scope=TokenScope.UPLOAD, errors=(409,))
def delete_playlist(playlist_id: str) -> None:
    """Delete a playlist; for seven days it can be restored. Its videos stay."""
    playlists.delete_playlist(current_person(), playlist_id, now=utc_now())


@call("POST", "/playlists/<playlist_id>/restore", scope=TokenScope.UPLOAD, returns=PlaylistRead, errors=(410,))
def restore_playlist(playlist_id: str) -> PlaylistRead:
    """Bring a deleted playlist of yours back."""
    return tell_playlist(playlists.restore_playlist(current_person(), playlist_id, now=utc_now()))


@call(
    "POST",
    "/playlists/<playlist_id>/items",
    scope=TokenScope.UPLOAD,
    body=ItemAdd,
    returns=ItemRead,
    status=201,
    errors=(409, 410),
    limit=CHANGES,
)
def add_item(playlist_id: str, body: ItemAdd) -> ItemRead:
    """Put a video into a playlist of yours: to its end, or to the place `position`, counted from 1."""
    item = playlist_changes.add_video(current_person(), playlist_id, body, now=utc_now())
    return _tell_item(playlist_id, item.public_id)


@call(
    "POST",
    "/playlists/<playlist_id>/items/bulk",
    scope=TokenScope.UPLOAD,
    body=ItemsAdd,
    returns=ChangeRead,
    errors=(409,),
    limit=CHANGES,
)
def add_items(playlist_id: str, body: ItemsAdd) -> ChangeRead:
    """Put up to 100 videos to the end of a playlist of yours; those that are there already stay where they are."""
    return tell_change(playlist_changes.add_videos(current_person(), playlist_id, body.video_ids, now=utc_now()))


@call(
    "POST",
    "/playlists/<playlist_id>/items/take",
    scope=TokenScope.UPLOAD,
    body=ItemsTake,
    returns=ChangeRead,
    errors=(409,),
    limit=CHANGES,
)
def take_items(playlist_id: str, body: ItemsTake) -> ChangeRead:
    """Remove items from a playlist of yours, up to 1000 or `all`, or move them to another one (`to`)."""
    changed = playlist_changes.remove_items(current_person(), playlist_id, body.ids, to=body.to, now=utc_now())
    return tell_change(changed)


@call("POST", "/playlists/undo/<change_id>", scope=TokenScope.UPLOAD)
def undo_playlist_change(change_id: str) -> None:
    """Undo a change of yours that added or removed items, for a day."""
    undo_change(current_person(), change_id)


@call(
    "PATCH",
    "/playlists/<playlist_id>/items/<item_id>",
    scope=TokenScope.UPLOAD,
    body=ItemUpdate,
    returns=ItemRead,
    errors=(409,),
    limit=CHANGES,
)
def update_item(playlist_id: str, item_id: str, body: ItemUpdate) -> ItemRead:
    """Put an item to another place, counted from 1, or choose which part of the video plays."""
    playlist_moves.update_item(current_person(), playlist_id, item_id, body)
    return _tell_item(playlist_id, item_id)


@call("DELETE", "/playlists/<playlist_id>/items/<item_id>", scope=TokenScope.UPLOAD, limit=CHANGES)
def remove_item(playlist_id: str, item_id: str) -> None:
    """Take an item out of a playlist of yours; harmless where it is gone already."""
    playlist_changes.remove_items(current_person(), playlist_id, [item_id], now=utc_now())


def _tell_item(playlist_id: str, item_id: str) -> ItemRead:
    person = current_person()
    playlist: Playlist = playlists.get_playlist(person, playlist_id)
    return tell_entries(playlist_items.find_entry(person, playlist, item_id)).items[0]
