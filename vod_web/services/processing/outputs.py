"""What does a job work from, and where do the files that it made go?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from vod_web.core.errors import EncodeFailed, NotFound, StorageFailed, Unavailable, UnsupportedMedia
from vod_web.db.session import current_session
from vod_web.media.plan import EncodePlan
from vod_web.media.records import Record
from vod_web.media.results import RenditionFiles
from vod_web.models import Encode
from vod_web.services.processing.attempts import ENCODED_PART, Attempt
from vod_web.services.processing.leases import LeaseLost
from vod_web.storage import keys
from vod_web.storage.base import Storage

ADDRESS_LIFETIME_S = 12 * 3600
"""How long FFmpeg may read a source at a presigned address: longer than any job runs."""
SOURCE_GONE = "The file of this video is not here any more. Upload it again."

Stored = TypeVar("Stored", bound=Record)


class SourceMissing(StorageFailed):
    """The storage works, and does not have the source: it was removed, or this is not the storage that it should be."""

    code = "source_missing"


class PlanOutdated(Exception):
    """The plan or a result was written by another version of the site: only a new encode can go on."""


@dataclass(frozen=True)
class Assignment:
    """What every job of a planned encode works from."""

    video_id: str
    """The public id, as keys have it."""
    encode_id: str
    source_key: str
    plan: EncodePlan


def read_assignment(attempt: Attempt) -> Assignment:
    """What the job of this attempt works from.

    Raises:
        LeaseLost: the encode is gone.
        PlanOutdated: the plan is of another version.
    """
    wanted = select(Encode).where(Encode.id == attempt.lease.encode_id)
    encode = current_session().scalar(wanted.options(joinedload(Encode.video), joinedload(Encode.source)))
    if encode is None or encode.plan is None:
        raise LeaseLost
    return Assignment(
        video_id=encode.video.public_id,
        encode_id=encode.public_id,
        source_key=encode.source.key,
        plan=read_record(EncodePlan, encode.plan),
    )


def read_record(kind: type[Stored], value: dict[str, Any]) -> Stored:
    """What was kept as JSON; raises PlanOutdated when another version of the site kept it."""
    try:
        return kind.from_json(value)
    except ValidationError as error:
        raise PlanOutdated from error


@contextmanager
def reading_source(attempt: Attempt, key: str) -> Iterator[str]:
    """The address by which FFmpeg reads the source. An error inside is the storage's where the source is not there now.

    Raises:
        SourceMissing, StorageFailed: the source cannot be reached; worth another try.
    """
    try:
        with explaining_absence(attempt.storage):
            address = attempt.storage.read_address(key, expires_in_s=ADDRESS_LIFETIME_S)
        yield address
    except (EncodeFailed, UnsupportedMedia, Unavailable) as error:
        if not isinstance(error, StorageFailed):
            with explaining_absence(attempt.storage):
                attempt.storage.stat(key)
        raise


@contextmanager
def explaining_absence(storage: Storage) -> Iterator[None]:
    """Around asking for a source, which the storage must have."""
    try:
        yield
    except NotFound:
        storage.check()
        raise SourceMissing(SOURCE_GONE) from None


def name_files(assignment: Assignment, made: RenditionFiles) -> Iterator[tuple[str, Path]]:
    """Each file with its key; the init segment, the same from every chunk, comes with the first segment."""
    ids = (assignment.video_id, assignment.encode_id)
    if any(segment.number == 0 for segment in made.segments):
        yield keys.init_key(*ids, made.name), made.init_path
    for segment in made.segments:
        yield keys.segment_key(*ids, made.name, segment.number), segment.path


def store_files(attempt: Attempt, files: Mapping[str, Path]) -> int:
    """Store files by key, reporting on the way; returns how many bytes they have."""
    size_bytes = 0
    for number, (key, path) in enumerate(files.items()):
        attempt.report(ENCODED_PART + (1 - ENCODED_PART) * number / len(files))
        size_bytes += store_file(attempt, key, path)
    return size_bytes


def store_file(attempt: Attempt, key: str, path: Path) -> int:
    """Store a file by key; returns how many bytes it has."""
    headers = {"content_type": keys.content_type_of(key), "cache_control": keys.cache_control_of(key)}
    return attempt.storage.put_file(key, path, **headers).size_bytes


def store_text(attempt: Attempt, key: str, text: str) -> int:
    """Store a small text by key; returns how many bytes it has."""
    data = text.encode()
    headers = {"content_type": keys.content_type_of(key), "cache_control": keys.cache_control_of(key)}
    attempt.storage.put_bytes(key, data, **headers)
    return len(data)
