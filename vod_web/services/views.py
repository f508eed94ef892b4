"""What counts as a view, and as time watched?

A view is one person, or one browser of a visitor, that has really played for a while; the same one counts again after
six hours. The owner's own do not count, nor those of programs that say so. No more time is believed than has gone by
between two reports. Of visitors the site knows no more than a hash of address and browser, with a salt that is made
anew every day and then lost.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from vod_web.core.errors import NotFound, RateLimited
from vod_web.db.session import current_session
from vod_web.models import User, Video
from vod_web.schemas.viewing import PlayReport
from vod_web.services.play_buffer import PARTS, PlayBuffer, Playing
from vod_web.services.reach import is_reachable
from vod_web.services.sign_ins import Browser
from vod_web.services.throttle import Limit, Throttle, network_of
from vod_web.services.videos import get_video, is_public_id

LONG_ENOUGH_S = 10.0
LONG_ENOUGH_PART = 1 / 3
"""Of a video that is shorter than thirty seconds."""
MOST_SITTINGS = Limit("views", amount=200, per_s=3600, message="Too many views from one place.")
"""From one address in an hour, so that nobody counts up a video by pretending to be many browsers."""

_PROGRAMS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|scrap|headless|phantom|lighthouse|preview|fetch|monitor|uptime|archiv|curl|wget"
    r"|python|java/|go-http|okhttp|libwww|perl|ruby|httpclient|axios|node|postman|facebookexternalhit|embedly|validator",
    re.IGNORECASE,
)
"""What programs call themselves that are no viewers; those that say nothing are none either."""


@dataclass(frozen=True)
class _Watched:
    id: int
    owner_id: int
    duration_s: float


def note_playing(
    actor: User | None,
    public_id: str,
    report: PlayReport,
    *,
    browser: Browser,
    buffer: PlayBuffer,
    throttle: Throttle,
    now: datetime,
) -> bool:
    """Take what a player reports, and say whether it made a view.

    Raises:
        NotFound, Gone: as `videos.get_video`.
        Unavailable: the queue server cannot be reached; the same report may be made again.
    """
    video = _find_watched(actor, public_id)
    if video is None or (actor is not None and actor.id == video.owner_id):
        return False
    if actor is None and is_program(browser.user_agent):
        return False
    viewer = f"user {actor.id}" if actor else f"{network_of(browser.address)} {browser.user_agent}"
    try:
        if not buffer.has_sitting(video.id, viewer, now=now):
            throttle.hit(MOST_SITTINGS, browser.address)
    except RateLimited:
        return False
    playing = Playing(
        video_id=video.id,
        duration_s=video.duration_s,
        played_s=report.played_s,
        needed_s=min(LONG_ENOUGH_S, video.duration_s * LONG_ENOUGH_PART),
        parts=parts_of(report.ranges, video.duration_s),
        jumps=len(report.ranges),
    )
    return buffer.note(playing, viewer, now=now)


def is_program(user_agent: str) -> bool:
    """Whether whoever calls itself so is no viewer."""
    return not user_agent or _PROGRAMS.search(user_agent) is not None


def parts_of(ranges: Sequence[tuple[float, float]], duration_s: float) -> list[int]:
    """The parts of a video of which these seconds show something."""
    found: set[int] = set()
    for start_s, end_s in ranges:
        first = max(0, int(start_s / duration_s * PARTS))
        last = min(PARTS - 1, int(min(end_s, duration_s) / duration_s * PARTS - 1e-9))
        if end_s > start_s:
            found.update(range(first, last + 1))
    return sorted(found)


def _find_watched(actor: User | None, public_id: str) -> _Watched | None:
    """What counting needs to know; None where nothing plays yet."""
    wanted = select(Video.id, Video.owner_id, Video.duration_s, Video.is_playable)
    wanted = wanted.where(Video.public_id == public_id, is_reachable(actor))
    found = current_session().execute(wanted).one_or_none() if is_public_id(public_id) else None
    if found is None:
        get_video(actor, public_id)  # knows why not
        raise NotFound("There is no such video, or you may not see it.")
    if not found.is_playable or not found.duration_s:
        return None
    return _Watched(found.id, found.owner_id, found.duration_s)
