"""Where are a video's playlists and pictures found, and may whoever asks there have them?

The address of everybody's videos has the word `public` where that of the others has a playback token: who may
watch, until when, at which `access_epoch`. Rights are asked of the database each time, at most `CACHED_S` ago:
a video that is made private or deleted, and a person who is suspended, stop at once, whatever token is out.
"""

import hashlib
import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import load_only

from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound
from vod_web.db.session import current_session
from vod_web.models import Caption, Encode, EncodeStatus, Thumbnail, User, Video, VideoStatus, Visibility
from vod_web.models.videos import video_viewers
from vod_web.services.permissions import can_await, can_edit, can_see, is_held
from vod_web.storage.keys import OF_VIDEO, captions_key, media_key, thumbnail_prefix, video_prefix

PUBLIC = "public"
"""Stands in addresses where others have a token; no token is that short."""

TOKEN_LASTS_S = 12 * 3600
TOKEN_STEP_S = 3600
"""Tokens of one person and hour are the same, so that browsers find pictures in their cache again."""

CACHED_S = 0.5
MOST_CACHED = 10_000

POSTER = re.compile(r"/poster(-[0-9]+)?\.jpg$")
"""Of an encode, or of a chosen picture."""


@dataclass(frozen=True)
class Pass:
    """What a playback token says."""

    video_id: str
    access_epoch: int
    person_id: int
    """The row of the person; 0 for a visitor."""
    expires_at_s: int


@dataclass(frozen=True)
class Grant:
    """What somebody may have of one encode, or of what the video has whatever encode plays."""

    access_epoch: int
    is_public: bool
    """Everybody may have it, so caches may keep it."""
    is_finished: bool
    """Nothing of it will change any more."""
    poster_only: bool
    """Of a video in the bin, its owner sees the poster; of a scheduled one, who waits for it."""


@dataclass(frozen=True)
class Delivery:
    """One object that may be sent."""

    key: str
    is_public: bool
    is_finished: bool


def media_address(video: Video, actor: User | None, path: str, *, secret_key: str) -> str:
    """The address of a file of the encode that plays, for this person; `video.active_encode` is loaded.

    Whether the person may see the video has been decided before.
    """
    if video.active_encode is None:
        raise NotFound("This video has nothing to play yet.")
    return _address_below(video, actor, f"{video.active_encode.public_id}/{path}", secret_key)


def caption_address(video: Video, actor: User | None, caption: Caption, *, secret_key: str) -> str:
    """The address of a caption track, for this person; as with `media_address`."""
    path = captions_key(video.public_id, caption.name).removeprefix(video_prefix(video.public_id))
    return _address_below(video, actor, path, secret_key)


def thumbnail_address(video: Video, actor: User | None, thumbnail: Thumbnail, *, secret_key: str) -> str:
    """The address of the chosen picture, for this person; as with `media_address`."""
    path = thumbnail_prefix(video.public_id, thumbnail.name).removeprefix(video_prefix(video.public_id))
    return _address_below(video, actor, f"{path}poster.jpg", secret_key)


def encode_file_address(video: Video, actor: User | None, encode_id: str, name: str, *, secret_key: str) -> str:
    """The address of a file of any encode of the video, for this person; as with `media_address`."""
    return _address_below(video, actor, f"{encode_id}/{name}", secret_key)


def _address_below(video: Video, actor: User | None, path: str, secret_key: str) -> str:
    token = PUBLIC if _is_public(video) else make_token(video, actor, secret_key=secret_key, now=utc_now())
    return f"/media/{token}/{video.public_id}/{path}"


def make_token(video: Video, actor: User | None, *, secret_key: str, now: datetime) -> str:
    """The playback token with which this person watches this video for some hours."""
    expires_at_s = math.ceil(now.timestamp() / TOKEN_STEP_S) * TOKEN_STEP_S + TOKEN_LASTS_S
    content = [video.public_id, video.access_epoch, actor.id if actor else 0, expires_at_s]
    token = _serializer(secret_key).dumps(content)
    return token if isinstance(token, str) else token.decode()


def read_token(token: str, *, secret_key: str, now: datetime) -> Pass:
    """What the token says.

    Raises:
        NotFound: it is not ours, or has expired.
    """
    try:
        made_out_to = Pass(*_serializer(secret_key).loads(token))
    except (BadSignature, TypeError):
        raise NotFound("This address does not lead to a video.") from None
    if made_out_to.expires_at_s < now.timestamp():
        raise NotFound("This address has expired. Reload the page to go on watching.")
    return made_out_to


def authorize(
    token: str, video_id: str, encode_id: str, path: str, *, secret_key: str, now: Callable[[], datetime] = utc_now
) -> Delivery:
    """The object behind a media address: of an encode, or of captions and thumbnail, whichever encode plays.

    Raises:
        NotFound: there is no such video, or whoever holds the address may not watch it.
    """
    key = media_key(video_id, encode_id, path)
    made_out_to = None if token == PUBLIC else read_token(token, secret_key=secret_key, now=now())
    grant = _grants.get(video_id, encode_id, made_out_to.person_id if made_out_to else 0)
    if not _opens(grant, made_out_to, video_id) or (grant.poster_only and not POSTER.search(key)):
        raise NotFound("This video cannot be watched here.")
    return Delivery(key=key, is_public=made_out_to is None, is_finished=grant.is_finished)


def _opens(grant: Grant, made_out_to: Pass | None, video_id: str) -> bool:
    if made_out_to is None:
        return grant.is_public
    return made_out_to.video_id == video_id and made_out_to.access_epoch == grant.access_epoch


def _is_public(video: Video) -> bool:
    hidden = video.status in (VideoStatus.DELETED, VideoStatus.BLOCKED)
    return video.visibility is Visibility.PUBLIC and not hidden and not is_held(video)


@lru_cache(maxsize=4)
def _serializer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="playback", signer_kwargs={"digest_method": hashlib.sha256})


WHO_MAY_WATCH = (
    Video.owner_id,
    Video.visibility,
    Video.status,
    Video.access_epoch,
    Video.published_at,
    Video.publish_rule,
)
"""What the question needs of a video."""


class _Grants:
    """The answers of the last moment; one that is no is remembered as well."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, int], tuple[float, Grant | None]] = {}

    def get(self, video_id: str, encode_id: str, person_id: int) -> Grant:
        """What this person may have of this encode, as it was at most `CACHED_S` ago."""
        name = (video_id, encode_id, person_id)
        asked_at, grant = self._known.get(name, (-math.inf, None))
        if time.monotonic() - asked_at > CACHED_S:
            if len(self._known) >= MOST_CACHED:
                self._known.clear()
            asked_at = time.monotonic()  # before the question, so that the answer is never younger than it seems
            grant = _ask(video_id, encode_id, person_id)
            self._known[name] = (asked_at, grant)
        if grant is None:
            raise NotFound("This video cannot be watched here.")
        return grant


_grants = _Grants()


def _ask(video_id: str, encode_id: str, person_id: int) -> Grant | None:
    """One question to the database; None when this person may not watch."""
    row = current_session().execute(_question(video_id, encode_id, person_id)).one_or_none()
    if row is None:
        return None
    video, encode, person, is_named_viewer = row
    if encode is None and encode_id not in OF_VIDEO:
        return None
    if person_id and (person is None or person.is_suspended):
        return None
    is_deleted = video.status is VideoStatus.DELETED
    if is_deleted and not can_edit(person, video):
        return None
    is_seen = can_see(person, video, is_named_viewer=is_named_viewer)
    if not is_seen and not can_await(person, video, is_named_viewer=is_named_viewer):
        return None
    return Grant(
        access_epoch=video.access_epoch,
        is_public=_is_public(video),
        is_finished=_is_finished(encode),
        poster_only=is_deleted or not is_seen,
    )


def _is_finished(encode: Encode | None) -> bool:
    """One that was given up half made plays on until another takes its place: what it lacks is not lost yet."""
    if encode is None or encode.status is EncodeStatus.READY:
        return True
    return encode.status not in (EncodeStatus.QUEUED, EncodeStatus.PROCESSING) and not encode.is_active


def _question(video_id: str, encode_id: str, person_id: int) -> Select[Video, Encode | None, User | None, bool]:
    is_named_viewer = (
        select(video_viewers.c.user_id)
        .where(video_viewers.c.video_id == Video.id, video_viewers.c.user_id == person_id)
        .exists()
    )
    return (
        select(Video, Encode, User, is_named_viewer)
        .outerjoin(Encode, and_(Encode.video_id == Video.id, Encode.public_id == encode_id))
        .outerjoin(User, User.id == person_id)
        .where(Video.public_id == video_id)
        .options(load_only(*WHO_MAY_WATCH), load_only(Encode.status, Encode.is_active))
        .execution_options(populate_existing=True)
    )
