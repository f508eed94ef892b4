"""How does a video play while most of it is still to be made?

The playlists follow from the plan and are there from the beginning; the video plays as soon as the first segment of
each rendition that they name is stored. What a viewer wants further on is made first (`waiting`).
"""

from collections.abc import Collection

from sqlalchemy import select

from vod_web.core.clock import utc_now
from vod_web.db.session import transaction
from vod_web.media.audio_plan import early_names
from vod_web.media.early import format_early_playlists
from vod_web.media.passes import QUICK_NAME
from vod_web.media.plan import EncodePlan
from vod_web.media.results import RenditionFiles
from vod_web.models import Rendition
from vod_web.services.processing.attempts import Attempt
from vod_web.services.processing.leases import lock_held_job
from vod_web.services.processing.outputs import Assignment, name_files, store_file, store_text
from vod_web.services.processing.publish import make_playable
from vod_web.services.processing.standing import plays_to_the_end


def store_early_playlists(attempt: Attempt, folder: str, plan: EncodePlan) -> None:
    """Store the playlists of what is made first, where that can be; the final ones take their places."""
    if not plan.can_play_early:
        return
    names = {*plan.early_renditions, *early_names(plan.audio)}
    texts = format_early_playlists(plan, names)
    for name, text in texts.items():
        store_text(attempt, folder + name, text)


class SegmentStore:
    """Stores segments as they get ready, and lets the video play as soon as it can."""

    def __init__(self, attempt: Attempt, assignment: Assignment) -> None:
        self.size_bytes = 0
        """Of all that was stored."""
        self._attempt = attempt
        self._assignment = assignment

    def add(self, made: RenditionFiles) -> None:
        """Store new segments; their files are removed.

        Raises:
            LeaseLost: the job is not ours any more.
        """
        for key, path in name_files(self._assignment, made):
            self.size_bytes += store_file(self._attempt, key, path)
        for segment in made.segments:
            segment.path.unlink()
        if any(segment.number == 0 for segment in made.segments):
            is_twin = made.name == self._assignment.plan.quick_twin
            note_begun(self._attempt, {made.name, QUICK_NAME} if is_twin else {made.name})


def note_begun(attempt: Attempt, names: Collection[str]) -> None:
    """The first segment of renditions is stored: perhaps the video plays now.

    A video of which another encode plays from beginning to end goes on with that one until this one is complete.
    """
    with attempt.undisturbed(), transaction() as session:
        encode = lock_held_job(session, attempt.lease).encode
        rows = session.scalars(select(Rendition).where(Rendition.encode_id == encode.id)).all()
        for row in rows:
            row.is_begun = row.is_begun or row.name in names
        early = [row for row in rows if row.is_early]
        is_ready = bool(early) and all(row.is_begun for row in early)
        if is_ready and not encode.is_active and not plays_to_the_end(session, encode.video_id):
            make_playable(session, encode, encode.video, utc_now())
