"""Where is the file that a player asks for, which may be planned, but not made yet?

What is missing is wished for (`wishes`), and the request waits a few seconds for it. Nobody waits for long, and no
client takes all the places: the answer is then that it comes later, and the player asks again by itself.
"""

import time
from functools import lru_cache, partial

from sqlalchemy import select

from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound, NotMadeYet
from vod_web.core.settings import WEB_THREADS
from vod_web.db.session import close_session, current_session
from vod_web.media.pieces import number_segment
from vod_web.media.plan import EncodePlan
from vod_web.models import Encode, JobKind
from vod_web.queue import JobQueue
from vod_web.services.processing.outputs import PlanOutdated, read_record
from vod_web.services.processing.places import MediaFile, find_stored, read_key
from vod_web.services.processing.seats import Seats
from vod_web.services.processing.wishes import LATER_S, want_piece
from vod_web.storage.base import Storage

LONGEST_WAIT_S = 8.0
POLL_S = (0.05, 0.25)
"""How soon the storage is asked again: first, and later."""
WISH_AGAIN_S = 1.0
"""A wish may have lapsed, or its piece been left off before it came to this segment."""
SOON_S = 1

seats = Seats(most=WEB_THREADS // 3, most_of_client=WEB_THREADS // 8)
"""A third of the threads of a process, so that others are always served; a client has one or two players."""


def find_file(
    key: str, *, is_finished: bool, client: str, storage: Storage, queue: JobQueue, wait_s: float = LONGEST_WAIT_S
) -> str:
    """The key under which a file of an encode is stored; waits for it where it is being made.

    Of a finished encode nothing is looked for but what another rendition may have. `client` is the address that asks.

    Raises:
        NotFound: nothing of this name will be made, or not for players.
        NotMadeYet: it takes longer, or too many wait already.
    """
    file = read_key(key)
    if file is None or (is_finished and not file.may_be_elsewhere):
        return key
    stored = find_stored(file, storage, partial(_read_plan, file.encode_id))
    if stored is not None or is_finished:
        return stored or key
    return _Wait(file, storage, queue).until_stored(client, wait_s)


class _Wait:
    """One request for a file that is not there yet."""

    def __init__(self, file: MediaFile, storage: Storage, queue: JobQueue) -> None:
        self._file = file
        self._storage = storage
        self._queue = queue
        self._plan = _read_plan(file.encode_id)
        number = number_segment(self._plan, file.rendition, file.segment)
        if number is None:
            raise NotFound("There is no such file.")
        self._number = number

    def until_stored(self, client: str, wait_s: float) -> str:
        """The key of the file, when it is stored."""
        if not seats.are_left_for(client):
            raise NotMadeYet(retry_after_s=LATER_S)
        self._wish(find_maker(self._plan, self._file))
        with seats.take(client) as is_seated:
            if not is_seated:
                raise NotMadeYet(retry_after_s=LATER_S)
            return self._wait(wait_s)

    def _wish(self, maker: tuple[JobKind, int] | None = None) -> None:
        want_piece(self._file.encode_id, self._plan, self._number, maker, queue=self._queue, now=utc_now())
        close_session()

    def _wait(self, wait_s: float) -> str:
        began, pause_s = time.monotonic(), POLL_S[0]
        wish_at = began + WISH_AGAIN_S
        while (key := find_stored(self._file, self._storage, lambda: self._plan)) is None:
            if time.monotonic() + pause_s > began + wait_s:
                raise NotMadeYet(retry_after_s=SOON_S)
            if time.monotonic() >= wish_at:
                self._wish()
                wish_at += WISH_AGAIN_S
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.5, POLL_S[1])
        return key


def find_maker(plan: EncodePlan, file: MediaFile) -> tuple[JobKind, int] | None:
    """The job that makes a segment in its turn, and not many others before it: of a copy, or of sound."""
    for chunk in plan.chunks:
        if chunk.purpose == "copy" and file.segment in chunk.segments and file.rendition in plan.chunk_names(chunk):
            return JobKind.CHUNK, chunk.index
    for part in plan.audio_chunks:
        if file.segment in part.segments and file.rendition == plan.audio[part.track].name:
            return JobKind.AUDIO, part.index
    return None


@lru_cache(maxsize=16)
def _read_plan(encode_id: str) -> EncodePlan:
    """The plan of an encode, which never changes."""
    plan = current_session().scalar(select(Encode.plan).where(Encode.public_id == encode_id))
    if plan is None:
        raise NotFound("There is no such file.")
    try:
        return read_record(EncodePlan, plan)
    except PlanOutdated:
        raise NotFound("There is no such file.") from None
