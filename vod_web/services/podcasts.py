"""Whose videos are offered as a podcast, and how do their episodes come to be?

A podcast program wants one file for each episode. What players stream is many small ones; so the sound of the public
videos of those who want a podcast is stored once more, as one file beside the others, and goes with them. A sweep makes
what is missing: a video that becomes public, a file that was replaced, a channel that begins.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, text, true

from vod_web.core.errors import EncodeFailed, NotFound, VodError
from vod_web.core.logging import get_logger
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.episodes import EPISODE_NAME, make_episode, read_segment_names
from vod_web.media.runner import Tools
from vod_web.models import Encode, EncodeStatus, Rendition, RenditionKind, User, Video
from vod_web.schemas.video_lists import NewestFilter
from vod_web.services import library
from vod_web.services.channels import get_owner
from vod_web.services.feeds import Feed, load_whole
from vod_web.services.permissions import require_signed_in
from vod_web.services.processing.outcomes import note_size
from vod_web.services.processing.rows import lock_encode
from vod_web.storage.base import Storage
from vod_web.storage.keys import content_type_of, encode_prefix

MOST_EPISODES = 100
NONE_POSSIBLE = 0
"""As the size of an episode: there is none, and will be none."""

log = get_logger(__name__)


@dataclass(frozen=True)
class _Wanted:
    """An episode that is missing."""

    encode_id: int
    prefix: str
    rendition: str


def offer_podcast(actor: User | None, *, is_on: bool) -> User:
    """Offer the sound of the person's public videos as a podcast, or do so no more.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    person = require_signed_in(actor)
    with transaction() as session:
        found = session.get_one(User, person.id, populate_existing=True)
        found.has_podcast = is_on
    return found


def feed_podcast(username: str) -> Feed:
    """The newest episodes of a channel, as visitors may find its videos; those are left out that are still to be made.

    Raises:
        NotFound: there is no such channel, or it has no podcast.
    """
    owner = get_owner(None, username)
    if not owner.has_podcast:
        raise NotFound("This channel has no podcast.")
    found = library.list_channel(None, owner, NewestFilter(limit=MOST_EPISODES), options=())
    videos = [video for video in load_whole(found.items) if video.active_encode and video.active_encode.episode_bytes]
    name = owner.display_name or owner.username
    return Feed(name, owner.about or f"Videos by {name}, to listen to", f"/@{owner.username}", videos, owner)


def make_missing_episodes(*, storage: Storage, tools: Tools, folder: Path, since: datetime | None = None) -> int:
    """Make the episodes that are missing; returns how many. Two at a time do no harm: both make the same file.

    With `since`, only those of videos that were published after it, which an index finds: else, all videos of the
    channels with a podcast are looked at.
    """
    made = 0
    while (wanted := _find_missing(since)) is not None:
        close_session()  # nothing is held open while files are read and written
        try:
            size_bytes = _make(wanted, storage=storage, tools=tools, folder=folder)
        except EncodeFailed as error:
            log.warning("episode_failed", encode=wanted.encode_id, error=error.message)
            size_bytes = NONE_POSSIBLE
        except VodError as error:
            log.warning("episode_put_off", encode=wanted.encode_id, error=error.message)
            break  # the storage is away: next time
        _note_made(wanted, size_bytes)
        made += size_bytes > NONE_POSSIBLE
    return made


def _find_missing(since: datetime | None) -> _Wanted | None:
    wanted = (
        select(Encode.id, Video.public_id, Encode.public_id, Rendition.name)
        .join(Video, Encode.video_id == Video.id)
        .join(User, Video.owner_id == User.id)
        .join(Rendition, Rendition.encode_id == Encode.id)
        .where(
            text("users.has_podcast"),
            library.is_listed(None),
            Video.published_at > since if since else true(),
            Encode.is_active,
            Encode.status == EncodeStatus.READY,
            Encode.episode_bytes.is_(None),
            Rendition.kind == RenditionKind.AUDIO,
            Rendition.is_complete,
            Rendition.name.startswith("audio"),  # in stereo: surround sound is not for headphones
        )
        .order_by(Encode.id, Rendition.id)
        .limit(1)
    )
    row = current_session().execute(wanted).one_or_none()
    return _Wanted(row[0], encode_prefix(row[1], row[2]), row[3]) if row else None


def _make(wanted: _Wanted, *, storage: Storage, tools: Tools, folder: Path) -> int:
    names = read_segment_names(storage.read_bytes(f"{wanted.prefix}{wanted.rendition}/media.m3u8").decode())
    parts = (storage.read_bytes(f"{wanted.prefix}{wanted.rendition}/{name}") for name in names)
    try:
        path = make_episode(parts, folder, tools=tools)
        key = wanted.prefix + EPISODE_NAME
        return storage.put_file(key, path, content_type=content_type_of(key)).size_bytes
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _note_made(wanted: _Wanted, size_bytes: int) -> None:
    with transaction() as session:
        encode = lock_encode(session, wanted.encode_id)
        if encode is not None and encode.episode_bytes is None:
            encode.episode_bytes = size_bytes
            encode.size_bytes += size_bytes
            session.flush()
            note_size(session, encode.video)
