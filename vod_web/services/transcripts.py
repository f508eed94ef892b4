"""What is said in a video, line by line, for reading?"""

from dataclasses import dataclass

from sqlalchemy import func, select

from vod_web.core.errors import NotFound
from vod_web.db.session import close_session, current_session
from vod_web.media.cue_markup import plain_text
from vod_web.media.subrip import read_subrip
from vod_web.models import Caption, SearchTrack, User, Video
from vod_web.services.caption_files import shown_captions
from vod_web.services.videos import get_video
from vod_web.storage import keys
from vod_web.storage.base import Storage

LONGEST_TOLD = 8000
"""Letters of what is said that stand in the head of the page; the whole has a page of its own."""


@dataclass(frozen=True)
class Line:
    """Something that is said, and when."""

    start_s: float
    text: str


@dataclass(frozen=True)
class Transcript:
    """All that one caption track says."""

    video: Video
    track: Caption
    tracks: tuple[Caption, ...]
    """All that there are to choose from."""
    lines: tuple[Line, ...]


def read_transcript(actor: User | None, video_id: str, track_id: str | None = None, *, storage: Storage) -> Transcript:
    """The transcript of this caption track, or of the one that is offered first.

    Raises:
        NotFound: there is no such track, or nothing is written down of what is said; or as `videos.get_video`.
        Gone: as `videos.get_video`.
    """
    video = get_video(actor, video_id)
    tracks = shown_captions(video)
    track = _choose(tracks, track_id)
    close_session()
    text = storage.read_bytes(keys.captions_key(video.public_id, track.name)).decode()
    lines = (Line(float(cue.start_s), " ".join(plain_text(cue.text).split())) for cue in read_subrip(text))
    return Transcript(video, track, tuple(tracks), tuple(line for line in lines if line.text))


def find_beginning(video: Video) -> str | None:
    """What is said in it in one text, as far as search engines are told of it with the page; None where none is known.

    Taken from what the search knows, so that no page waits for the storage. The video was loaded `AS_READ`.
    """
    tracks = shown_captions(video)
    if not tracks:
        return None
    track = _choose(tracks, None)
    spoken = select(func.substr(SearchTrack.spoken, 1, 2 * LONGEST_TOLD))
    known = current_session().scalar(spoken.where(SearchTrack.caption_id == track.id, SearchTrack.name == track.name))
    lines = (line.partition("\t")[2] for line in (known or "").split("\n"))
    text = " ".join(line for line in lines if line)
    return (text if len(text) <= LONGEST_TOLD else text[:LONGEST_TOLD].rpartition(" ")[0] + " …") or None


def _choose(tracks: list[Caption], track_id: str | None) -> Caption:
    """The one of this id; else the default one, else the first that is not for signs alone."""
    if track_id:
        found = next((one for one in tracks if one.public_id == track_id), None)
        if found is None:
            raise NotFound("This video has no such captions.")
        return found
    if not tracks:
        raise NotFound("Nobody has written down what is said in this video.")
    whole = [one for one in tracks if not one.is_forced] or tracks
    return next((one for one in whole if one.is_default), whole[0])


def format_transcript(transcript: Transcript, *, has_times: bool) -> str:
    """As a text file."""
    return "".join(
        f"{_clock(line.start_s)}  {line.text}\n" if has_times else f"{line.text}\n" for line in transcript.lines
    )


def _clock(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
