"""What do pages and API share of what people watch?"""

from typing import Any

from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound
from vod_web.models import PopularIn
from vod_web.resources import resources
from vod_web.schemas.viewing import PlayReport
from vod_web.services import views
from vod_web.services.home import Home
from vod_web.services.positions import find_positions
from vod_web.web.sign_in import asking_browser, current_person
from vod_web.web.videos import show_cards

OF_ALL_TIME = "all"


def note_report(video_id: str, report: PlayReport) -> bool:
    """Take the report of a player of whoever asks, and say whether it made a view."""
    held = resources()
    return views.note_playing(
        current_person(),
        video_id,
        report,
        browser=asking_browser(),
        buffer=held.plays,
        throttle=held.throttle,
        now=utc_now(),
    )


def read_time(name: str) -> PopularIn | None:
    """The time of a ranking, as addresses call it.

    Raises:
        NotFound: there is no such time.
    """
    if name == OF_ALL_TIME:
        return None
    if name not in list(PopularIn):
        raise NotFound("There is no such list.")
    return PopularIn(name)


def show_home(home: Home) -> dict[str, Any]:
    """What the home page needs; a video that stands in several lists is told once."""
    every = {one.id: one for row in (home.unfinished, home.followed, home.popular, home.newest.items) for one in row}
    videos = list(every.values())
    told = dict(zip(every, show_cards(videos), strict=True))
    return {
        "unfinished": [told[video.id] for video in home.unfinished],
        "followed": [told[video.id] for video in home.followed],
        "popular": [told[video.id] for video in home.popular],
        "newest": [told[video.id] for video in home.newest.items],
        "positions": find_positions(current_person(), videos),
        "next": home.newest.next,
    }
