"""How is a playlist told to whoever asks: to a page with addresses of this site, to a program with whole ones?"""

from collections.abc import Sequence

from vod_web.models import Playlist, PlaylistKind
from vod_web.schemas.accounts import OwnerRead
from vod_web.schemas.base import Page
from vod_web.schemas.playlists import (
    ChangeRead,
    ItemRead,
    PlaylistAddressesRead,
    PlaylistDetailRead,
    PlaylistRead,
)
from vod_web.services.paging import Found
from vod_web.services.playlist_changes import Changed
from vod_web.services.playlist_items import Entry, find_covers
from vod_web.web.sign_in import current_person
from vod_web.web.videos import own_address, show_videos


def show_playlists(playlists: Sequence[Playlist], *, base_url: str = "") -> list[PlaylistRead]:
    """What the person who asks is told of these playlists, which were loaded with their owners."""
    covers = find_covers(current_person(), playlists)
    shown = {video.id: video for video in show_videos(list(covers.values()), base_url=base_url)}
    pictures = {row_id: shown[video.public_id].urls.poster for row_id, video in covers.items()}
    return [_read(playlist, pictures.get(playlist.id), base_url) for playlist in playlists]


def show_playlist(playlist: Playlist, *, base_url: str = "") -> PlaylistRead:
    """What is told of one."""
    return show_playlists([playlist], base_url=base_url)[0]


def show_entries(entries: Sequence[Entry], *, base_url: str = "") -> list[ItemRead]:
    """What the person is told of these items: of what is not available, nothing but that it is there."""
    available = [entry.item.video for entry in entries if entry.is_available]
    shown = {video.id: video for video in show_videos(available, base_url=base_url)}
    return [
        ItemRead(
            id=entry.item.public_id,
            position=entry.place,
            start_s=entry.item.start_s,
            stop_s=entry.item.stop_s,
            added_at=entry.item.added_at,
            is_available=entry.is_available,
            video=shown[entry.item.video.public_id] if entry.is_available else None,
        )
        for entry in entries
    ]


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
    return Page(items=show_entries(found.items, base_url=own_address()), next=found.next)


def tell_change(changed: Changed) -> ChangeRead:
    """What came of a change, as the API says it."""
    return ChangeRead(added=changed.added, removed=changed.removed, present=changed.present, undo=changed.undo)


def _read(playlist: Playlist, cover: str | None, base_url: str) -> PlaylistRead:
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
