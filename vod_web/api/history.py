"""What you have watched, and where you stopped."""

from vod_web.api.calls import call
from vod_web.core.clock import utc_now
from vod_web.models import TokenScope
from vod_web.schemas.base import Page
from vod_web.schemas.viewing import HistoryFilter, HistoryRead, RecordingUpdate, RemovalRead, RemovalUndo
from vod_web.services import history
from vod_web.web.sign_in import current_person
from vod_web.web.videos import tell_history


@call("GET", "/history", scope=TokenScope.READ, query=HistoryFilter, returns=Page[HistoryRead])
def list_history(query: HistoryFilter) -> Page[HistoryRead]:
    """What you have watched, the last first, as far as you may still see it."""
    return tell_history(history.list_history(current_person(), query))


@call("DELETE", "/history/<video_id>", scope=TokenScope.READ, returns=RemovalRead)
def remove_from_history(video_id: str) -> RemovalRead:
    """Take one video out of your history, with the place where you stopped."""
    return RemovalRead(removed_at=history.remove_from_history(current_person(), video_id, now=utc_now()))


@call("DELETE", "/history", scope=TokenScope.READ, returns=RemovalRead)
def clear_history() -> RemovalRead:
    """Take everything out of your history."""
    return RemovalRead(removed_at=history.clear_history(current_person(), now=utc_now()))


@call("POST", "/history/restore", scope=TokenScope.READ, body=RemovalUndo)
def restore_history(body: RemovalUndo) -> None:
    """Bring back what was taken out at a moment, within an hour; what is gone already stays so."""
    history.bring_back(current_person(), body.removed_at)


@call("PUT", "/history/recording", scope=TokenScope.READ, body=RecordingUpdate)
def set_recording(body: RecordingUpdate) -> None:
    """Pause your history: nothing is remembered of what you watch, until you let it go on."""
    history.pause_history(current_person(), is_paused=body.is_paused)
