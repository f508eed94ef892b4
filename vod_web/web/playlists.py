"""How is a playlist told to whoever asks: to a page with addresses of this site, to a program with whole ones?"""

from collections.abc import Sequence
from typing import Any

from vod_web.models import Playlist, PlaylistKind, Video
from vod_web.resources import resources
from vod_web.schemas.accounts import OwnerRead
from vod_web.schemas.base import Page
from vod_web.schemas.playlists import (
    ChangeRead,
    ItemCard,
    ItemRead,
    PlaylistAddressesRead,
    PlaylistDetailRead,
    PlaylistRead,
)
from vod_web.services.paging import Found
from vod_web.services.playlist_changes import Changed
from vod_web.services.playlist_items import Entry, find_covers
from vod_web.services.video_telling import poster_address
from vod_web.web.sign_in import current_person
from vod_web.web.videos import own_address, show_cards, show_videos


def show_playlists(playlists: Sequence[Playlist], *, base_url: str = "") -> list[PlaylistRead]:
    """What the person who asks is told of these playlists, which were loaded with their owners."""
    person, secret_key = current_person(), resources().settings.secret_key
    covers = {
        row_id: (poster_address(video, person, secret_key=secret_key, base_url=base_url), _is_portrait(video))
        for row_id, video in find_covers(person, playlists).items()
        if not video.is_sensitive  # its picture stands for nothing else
    }
    return [_read(playlist, *covers.get(playlist.id, (None, False)), base_url) for playlist in playlists]


def show_playlist(playlist: Playlist, *, base_url: str = "") -> PlaylistRead:
    """What is told of one."""
    return show_playlists([playlist], base_url=base_url)[0]


def with_host(told: PlaylistRead, base_url: str) -> PlaylistRead:
    """The same with addresses for programs and people elsewhere."""
    urls = {name: address and base_url + address for name, address in told.urls}
    return told.model_copy(update={"urls": told.urls.model_copy(update=urls)})


def show_entries(entries: Sequence[Entry]) -> list[ItemCard]:
    """What a page shows the person of these items: of what is not available, nothing but that it is there."""
    shown = {video.id: video for video in show_cards(_available(entries))}
    return [ItemCard(**_facts(entry), video=shown.get(entry.item.video.public_id)) for entry in entries]


def tell_playlist(playlist: Playlist) -> PlaylistRead:
    """What the API says of a playlist."""
    return show_playlist(playlist, base_url=own_address())


def tell_playlists(found: Found[Playlist]) -> Page[PlaylistRead]:
    """A page of playlists, as the API says it."""
    return Page(items=show_playlists(found.items, base_url=own_address()), next=found.next)


def tell_detail(playlist: Playlist, found: Found[Entry]) -> PlaylistDetailRead:
    """A playlist with its first items, as the API says it."""
    told = tell_playlist(playlist).model_dump()
    return PlaylistDetailRead(**told, items=tell_entries(found).items, next=found.next)


def tell_entries(found: Found[Entry]) -> Page[ItemRead]:
    """A page of items, as the API says it."""
    told = {video.id: video for video in show_videos(_available(found.items), base_url=own_address())}
    items = [ItemRead(**_facts(entry), video=told.get(entry.item.video.public_id)) for entry in found.items]
    return Page(items=items, next=found.next)


def tell_change(changed: Changed) -> ChangeRead:
    """What came of a change, as the API says it."""
    return ChangeRead(added=changed.added, removed=changed.removed, present=changed.present, undo=changed.undo)


def _available(entries: Sequence[Entry]) -> list[Video]:
    return [entry.item.video for entry in entries if entry.is_available]


def _facts(entry: Entry) -> dict[str, Any]:
    item = entry.item
    return {
        "id": item.public_id,
        "position": entry.place,
        "start_s": item.start_s,
        "stop_s": item.stop_s,
        "added_at": item.added_at,
        "is_available": entry.is_available,
    }


def _is_portrait(video: Video) -> bool:
    return (video.height_px or 0) > (video.width_px or 0)


def _read(playlist: Playlist, cover: str | None, is_cover_portrait: bool, base_url: str) -> PlaylistRead:
    is_later = playlist.kind is PlaylistKind.WATCH_LATER
    page = "/watch-later" if is_later else f"/playlists/{playlist.public_id}"
    return PlaylistRead(
        id=playlist.public_id,
        kind=playlist.kind,
        title=playlist.title,
        description=playlist.description,
        owner=OwnerRead.model_validate(playlist.owner),
        visibility=playlist.visibility,
        order=playlist.order,
        item_count=playlist.item_count,
        created_at=playlist.created_at,
        updated_at=playlist.updated_at,
        is_cover_portrait=is_cover_portrait,
        urls=PlaylistAddressesRead(
            page=base_url + page, embed=f"{base_url}/embed/playlists/{playlist.public_id}", cover=cover
        ),
    )


def say_saved(changed: Changed) -> str:
    """What came of saving videos in a playlist, in words."""
    title = changed.playlist.title
    if changed.added or changed.removed:
        number = changed.added or changed.removed
        verb = "Saved in" if changed.added else "Removed from"
        return f"{verb} “{title}”." if number == 1 else f"{verb} “{title}”: {number} videos."
    return f"“{title}” is as it was."


def say_taken(changed: Changed, *, is_moved: bool) -> str:
    """What came of taking items out of a playlist, in words."""
    number = f"{changed.removed} video{'s' if changed.removed != 1 else ''}"
    if not is_moved:
        return f"{number} removed."
    present = changed.removed - changed.added
    return f"{number} moved." if not present else f"{number} moved; {present} of them were there already."
