"""What do pages and API share of what people watch?"""

from vod_web.core.clock import utc_now
from vod_web.resources import resources
from vod_web.schemas.viewing import PlayReport
from vod_web.services import views
from vod_web.web.sign_in import asking_browser, current_person


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
