"""How does a page show what plays before and after a video of a playlist?"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from vod_web.models import Playlist, PlaylistItem, Video
from vod_web.schemas.playlists import ItemCard
from vod_web.services.permissions import can_edit_playlist
from vod_web.services.playlist_items import Entry
from vod_web.services.playlist_orders import Shuffle
from vod_web.services.playlist_playing import Wish, find_playing
from vod_web.web.playlists import show_entries
from vod_web.web.sign_in import current_person


@dataclass(frozen=True)
class Links:
    """The addresses of a playlist that is being played; all carry along how."""

    playlist_id: str
    shuffle: str | None
    loops: bool
    is_embedded: bool

    def video(self, video_id: str) -> str:
        """A video in it."""
        endpoint = "embed.show" if self.is_embedded else "watch.show"
        return url_for(endpoint, video_id=video_id, **self.query(self.shuffle, loops=self.loops))

    def more(self, **cursor: str) -> str:
        """More rows of the panel; `earlier` or `later` is a cursor."""
        embedded = {"embedded": 1} if self.is_embedded else {}
        how = {name: value for name, value in self.query(self.shuffle, loops=self.loops).items() if name != "list"}
        return f"{url_for('playlists.panel', playlist_id=self.playlist_id)}?{urlencode(how | embedded | cursor)}"

    def query(self, shuffle: str | None, *, loops: bool) -> dict[str, Any]:
        """What such an address carries; None is left out."""
        how = {"list": self.playlist_id, "shuffle": shuffle, "loop": 1 if loops else None}
        return {name: value for name, value in how.items() if value is not None}


@dataclass(frozen=True)
class Panel:
    """What the panel beside the player shows."""

    playlist: Playlist
    links: Links
    rows: list[ItemCard]
    current: str
    """The id of the item that plays."""
    place: int
    count: int
    earlier: str | None
    later: str | None
    previous: ItemCard | None
    next: ItemCard | None
    stop_s: float | None
    start_s: float | None
    shuffled: str
    """The addresses of the same video with shuffling, and with looping, switched."""
    looped: str
    may_edit: bool


def show_playing(video: Video, *, is_embedded: bool = False) -> Panel | None:
    """What is played with the video, as the address says; None where it is not a playlist that holds it."""
    wish = read_wish(request.args.get("list", ""), is_embedded=is_embedded)
    playing = find_playing(current_person(), wish, video) if wish.playlist_id else None
    if playing is None:
        return None
    links = links_of(playing.playlist, wish)
    shuffle = None if wish.shuffle else str(Shuffle.beginning_with(playing.item))
    around = {item.id: item for item in (playing.previous, playing.next) if item is not None}
    told = dict(zip(around, show_entries([Entry(item, 0, True) for item in around.values()]), strict=True))
    here = url_for("embed.show" if is_embedded else "watch.show", video_id=video.public_id)
    return Panel(
        playlist=playing.playlist,
        links=links,
        rows=show_entries(playing.entries),
        current=playing.item.public_id,
        place=playing.place,
        count=playing.count,
        earlier=links.more(earlier=playing.earlier) if playing.earlier else None,
        later=links.more(later=playing.later) if playing.later else None,
        previous=_told(told, playing.previous),
        next=_told(told, playing.next),
        start_s=playing.item.start_s,
        stop_s=playing.item.stop_s,
        shuffled=f"{here}?{urlencode(links.query(shuffle, loops=wish.loops))}",
        looped=f"{here}?{urlencode(links.query(links.shuffle, loops=not wish.loops))}",
        may_edit=can_edit_playlist(current_person(), playing.playlist),
    )


def read_wish(playlist_id: str, *, is_embedded: bool = False) -> Wish:
    """Which playlist is played, and how, as the address says it."""
    shuffle = Shuffle.parse(request.args.get("shuffle"))
    return Wish(playlist_id, shuffle, loops=request.args.get("loop") == "1", is_embedded=is_embedded)


def links_of(playlist: Playlist, wish: Wish) -> Links:
    """The addresses of what is played so."""
    shuffle = str(wish.shuffle) if wish.shuffle else None
    return Links(playlist.public_id, shuffle, wish.loops, wish.is_embedded)


def begins_at(state: dict[str, Any], panel: Panel | None) -> dict[str, Any]:
    """In a playlist that plays a part of the video, it begins where that part does."""
    return state | {"start_s": panel.start_s} if panel and panel.start_s is not None else state


def _told(told: dict[int, ItemCard], item: PlaylistItem | None) -> ItemCard | None:
    return told[item.id] if item is not None else None
