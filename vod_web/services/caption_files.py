"""How are caption tracks kept: their rows, their files, and their names in playlists?

Files of a source's tracks are named after what they say, so one that is made again has the same name; those of an
added one have a name of their own. None changes under a name.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from vod_web.core.errors import NotFound
from vod_web.core.ids import new_public_id
from vod_web.db.lists import Ids, is_one_of
from vod_web.db.session import current_session
from vod_web.media.caption_playlists import (
    CaptionVariant,
    format_caption_playlist,
    format_caption_segment,
    name_captions,
)
from vod_web.media.webvtt import Cue, format_webvtt
from vod_web.models import Caption, CaptionKind, CaptionOrigin, Encode, Video
from vod_web.services.search.spoken import note_spoken
from vod_web.storage import keys
from vod_web.storage.base import Storage

NAME_LETTERS = 20
TOLD = ("language", "label", "kind", "is_default", "is_forced")
"""What is said about a track, by its source or by a person."""


@dataclass(frozen=True)
class Track:
    """A caption track that is stored, before it has a row."""

    language: str
    label: str
    kind: CaptionKind
    is_default: bool
    is_forced: bool
    name: str
    size_bytes: int
    cue_count: int | None = None
    end_s: float | None = None


_OF_VIDEOS = (
    select(Caption)
    .where(is_one_of(Caption.video_id, bindparam("video_ids", type_=Ids())), Caption.deleted_at.is_(None))
    .order_by(Caption.origin, Caption.position, Caption.id)
)


def shown_captions(video: Video) -> list[Caption]:
    """The tracks that belong to what plays, embedded ones first; the video was loaded with them and its encode."""
    return [one for one in video.captions if _belongs(one, video.active_encode)]


def find_shown_captions(videos: Sequence[Video]) -> list[Caption]:
    """The same of several videos, which were loaded with their encodes and not with their tracks."""
    encodes = {video.id: video.active_encode for video in videos}
    found = current_session().scalars(_OF_VIDEOS, {"video_ids": list(encodes)})
    return [one for one in found if _belongs(one, encodes[one.video_id])]


def _belongs(caption: Caption, encode: Encode | None) -> bool:
    return caption.origin is CaptionOrigin.UPLOADED or (encode is not None and caption.source_id == encode.source_id)


def list_captions(session: Session, video_id: int, source_id: int) -> list[Caption]:
    """The same, of the encodes of a source; both ids are those of rows."""
    belongs = or_(Caption.origin == CaptionOrigin.UPLOADED, Caption.source_id == source_id)
    wanted = select(Caption).where(Caption.video_id == video_id, Caption.deleted_at.is_(None), belongs)
    wanted = wanted.order_by(Caption.origin, Caption.position, Caption.id).execution_options(populate_existing=True)
    return list(session.scalars(wanted))


def last_end_s(cues: Sequence[Cue]) -> float:
    """When the last of the cues ends, on their clock."""
    return round(float(max((cue.end_s for cue in cues), default=Fraction(0))), 3)


def store_cues(
    storage: Storage, video_id: str, cues: Sequence[Cue], duration_s: Fraction, *, is_shared: bool = True
) -> tuple[str, int]:
    """Store the files of a track; gives their name and what they take. Idempotent where the name may be shared.

    The tracks that a source has are named after what they say, so that the next encode finds them again.
    """
    text = format_webvtt(cues)
    meant = text if is_shared else text + new_public_id()
    name = hashlib.sha256(meant.encode()).hexdigest()[:NAME_LETTERS]
    note_spoken(name, cues)
    files = {
        keys.captions_key(video_id, name): text,
        keys.captions_segment_key(video_id, name): format_caption_segment(cues),
        keys.captions_playlist_key(video_id, name): format_caption_playlist(duration_s),
    }
    return name, sum(_store(storage, key, content) for key, content in files.items())


def list_embedded(session: Session, video_id: int, source_id: int) -> list[Caption]:
    """The tracks of a source, also those that somebody took out; both ids are those of rows."""
    wanted = select(Caption).where(Caption.video_id == video_id, Caption.source_id == source_id)
    wanted = wanted.where(Caption.origin == CaptionOrigin.EMBEDDED).order_by(Caption.position, Caption.id)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def match_embedded(rows: Sequence[Caption], tracks: Sequence[Track]) -> list[tuple[Caption | None, Track]]:
    """Each track with the row that it has already, and as it is told: what a person said of it holds."""
    left = list(rows)
    matched: list[tuple[Caption | None, Track]] = []
    for position, track in enumerate(tracks):
        row = next((one for one in left if one.is_edited and one.position == position), None)
        row = row or next((one for one in left if not one.is_edited and _is_same(one, track)), None)
        if row is not None:
            left.remove(row)
        is_edited = row is not None and row.is_edited
        matched.append((row, replace(track, **{name: getattr(row, name) for name in TOLD}) if is_edited else track))
    return matched


def replace_embedded(session: Session, video_id: int, source_id: int, tracks: Sequence[Track]) -> set[str]:
    """Let this source of the video have just these tracks; those that it has already keep their rows.

    Returns the names whose files nobody needs any more. The video must be locked.
    """
    rows = list_embedded(session, video_id, source_id)
    former, names = list(rows), {row.name for row in rows}
    for position, (known, track) in enumerate(match_embedded(rows, tracks)):
        row = known or Caption(video_id=video_id, source_id=source_id, origin=CaptionOrigin.EMBEDDED)
        for name, value in vars(track).items():
            setattr(row, name, value)
        row.position = position
        if known is None:
            session.add(row)
        else:
            former.remove(known)
    for row in former:
        session.delete(row)
    session.flush()
    return names - names_in_use(session, video_id)


def names_in_use(session: Session, video_id: int) -> set[str]:
    """The names of the files of all tracks: two that say the same share theirs."""
    return set(session.scalars(select(Caption.name).where(Caption.video_id == video_id)))


def _is_same(row: Caption, track: Track) -> bool:
    return all(getattr(row, name) == getattr(track, name) for name in (*TOLD, "name"))


def delete_files(storage: Storage, video_id: str, names: Iterable[str]) -> None:
    """Remove the files of tracks."""
    for name in names:
        storage.delete_prefix(keys.captions_prefix(video_id, name))


def name_in_playlist(storage: Storage, video_id: str, encode_id: str, captions: Sequence[Caption | Track]) -> None:
    """Let the multivariant playlist of a finished encode name these tracks and no others."""
    key = keys.multivariant_key(video_id, encode_id)
    try:
        text = storage.read_bytes(key).decode()
    except NotFound:
        return  # removed meanwhile
    named = name_captions(text, caption_variants(captions))
    if named != text:
        _store(storage, key, named)


def caption_variants(captions: Sequence[Caption | Track]) -> list[CaptionVariant]:
    """The tracks as the multivariant playlist of any encode of the video names them."""
    return [
        CaptionVariant(
            address=f"../{keys.CAPTIONS}/{caption.name}/media.m3u8",
            label=caption.label,
            language=caption.language,
            kind=caption.kind.value,
            is_forced=caption.is_forced,
        )
        for caption in captions
    ]


def _store(storage: Storage, key: str, text: str) -> int:
    data = text.encode()
    headers = {"content_type": keys.content_type_of(key), "cache_control": keys.cache_control_of(key)}
    storage.put_bytes(key, data, **headers)
    return len(data)
