"""How is a video told to whoever asks: to a page with addresses of this site, to a program with whole ones?"""

from collections.abc import Sequence
from typing import Any

from flask import request

from vod_web.core.clock import utc_now
from vod_web.models import Video, ViewingPosition
from vod_web.resources import resources
from vod_web.schemas.base import Page
from vod_web.schemas.thumbnails import FrameRead, FramesRead
from vod_web.schemas.videos import VideoCard, VideoRead
from vod_web.schemas.viewing import HistoryRead
from vod_web.services import processing, thumbnails, videos
from vod_web.services.paging import Found
from vod_web.services.playback import encode_file_address
from vod_web.services.playlist_saving import find_saved
from vod_web.services.positions import find_positions
from vod_web.services.video_telling import read_card, read_video
from vod_web.web.rendering import address_here
from vod_web.web.sign_in import current_person
from vod_web.web.site import current_site


def show_videos(videos: Sequence[Video], *, base_url: str = "") -> list[VideoRead]:
    """What the person who asks is told of these videos."""
    actor, settings = current_person(), resources().settings
    places = processing.queue_positions(videos)
    has_reactions = current_site().has_reactions
    return [
        read_video(
            video,
            actor,
            settings=settings,
            has_reactions=has_reactions,
            base_url=base_url,
            queue_position=places.get(video.id),
        )
        for video in videos
    ]


def show_video(video: Video) -> VideoRead:
    """What a page says of the video."""
    return show_videos([video])[0]


def show_cards(videos: Sequence[Video]) -> list[VideoCard]:
    """The little of them that a list shows; they were loaded `AS_CARD`, or with more."""
    actor, secret_key = current_person(), resources().settings.secret_key
    saved = find_saved(actor, videos)
    return [read_card(video, actor, secret_key=secret_key, is_saved=video.id in saved) for video in videos]


def show_list(found: Found[Video]) -> dict[str, Any]:
    """What a page with cards of videos needs: them, how far each was watched, and the address of the next page."""
    return {
        "videos": show_cards(found.items),
        "positions": find_positions(current_person(), found.items),
        "next_url": address_here(cursor=found.next) if found.next else None,
    }


def show_table(found: Found[Video]) -> dict[str, Any]:
    """The same for a page that says all there is to be said of each."""
    return {
        "videos": show_videos(found.items),
        "next_url": address_here(cursor=found.next) if found.next else None,
    }


def tell_video(video: Video) -> VideoRead:
    """What the API says of the video; its addresses begin as the one by which the program came here."""
    return show_videos([video], base_url=own_address())[0]


def tell_videos(found: Sequence[Video]) -> list[VideoRead]:
    """The same of several."""
    return show_videos(found, base_url=own_address())


def tell_frames(video_id: str, *, with_host: bool = True) -> FramesRead:
    """The frames that may be chosen as the picture of a video of the person who asks."""
    person, held = current_person(), resources()
    offer = thumbnails.find_frames(person, video_id, queue=held.queue, now=utc_now())
    if offer.made is None:
        return FramesRead(state=offer.state, frames=[])
    video, base_url = videos.get_own_video(person, video_id), own_address() if with_host else ""
    frames = [
        FrameRead(
            at_s=float(frame.time_s),
            url=base_url
            + encode_file_address(video, person, offer.encode_id, frame.name, secret_key=held.settings.secret_key),
        )
        for frame in offer.made.frames
    ]
    return FramesRead(state=offer.state, frames=frames)


def tell_page(found: Found[Video]) -> Page[VideoRead]:
    """A page of a list, as the API says it."""
    return Page(items=show_videos(found.items, base_url=own_address()), next=found.next)


def tell_history(found: Found[ViewingPosition]) -> Page[HistoryRead]:
    """A page of a history, as the API says it."""
    told = show_videos([seen.video for seen in found.items], base_url=own_address())
    items = [
        HistoryRead(video=video, position_s=seen.position_s, watched_at=seen.watched_at)
        for seen, video in zip(found.items, told, strict=True)
    ]
    return Page(items=items, next=found.next)


def own_address() -> str:
    """How the address begins by which a program came here."""
    return request.url_root.rstrip("/")
