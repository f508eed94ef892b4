"""What do a browser and the site say to each other about an upload?"""

import re
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo, field_validator

from vod_web.models.licences import Licence
from vod_web.models.uploads import UploadState
from vod_web.models.videos import Category, CommentRule, DownloadRule, PublishRule, Visibility
from vod_web.schemas.base import Input, Output
from vod_web.schemas.publishing import Language, Publishing, none_if_empty
from vod_web.schemas.videos import Description, Tags

LONGEST_FILENAME = 255
MOST_PARTS = 10_000
MOST_TARGETS = 100
"""How many parts' addresses may be asked for at once."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def clean_filename(name: object) -> object:
    """The name alone: without folders of any system and control characters, cut in front of its ending."""
    if not isinstance(name, str):
        return name
    last = _CONTROL.sub("", name).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].strip()
    if len(last) <= LONGEST_FILENAME:
        return last
    ending = PurePosixPath(last).suffix[:20]
    return last[: LONGEST_FILENAME - len(ending)] + ending


Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$", to_lower=True)]
"""A SHA-256 in hexadecimal."""
PartNumber = Annotated[int, Field(ge=1, le=MOST_PARTS)]

ABOUT_THE_VIDEO = ("title", "description", "tags", "visibility", *Publishing.model_fields)


class UploadCreate(Publishing):
    """A file that somebody is about to send; what is not said of its video comes from their upload defaults."""

    filename: Annotated[str, BeforeValidator(clean_filename), StringConstraints(min_length=1)]
    size_bytes: int
    title: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    """Made from the file name when absent."""
    description: Description | None = None
    tags: Tags | None = None
    visibility: Visibility | None = None
    checksum_sha256: Sha256 | None = None
    """Of the whole file; checked before it is processed."""
    part_checksums: bool = False
    """Whether the SHA-256 of every part will be given when its address is asked for."""
    fingerprint: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    """Anything by which the sender knows the same file again."""
    allow_duplicate: bool = True
    """Whether a file may be sent that a video of yours was made of; by `fingerprint`."""
    replaces: Annotated[str | None, BeforeValidator(none_if_empty)] = None
    """The id of a video of yours that is to get this file in place of the one that it has; it keeps everything else,
    so title, description and the like must not be given."""

    @field_validator("size_bytes")
    @classmethod
    def _has_bytes(cls, size_bytes: int) -> int:
        if size_bytes < 1:
            raise ValueError("This file is empty.")
        return size_bytes

    @field_validator("replaces")
    @classmethod
    def _alone(cls, video_id: str | None, info: ValidationInfo) -> str | None:
        said = [name for name in ABOUT_THE_VIDEO if info.data.get(name) is not None]
        if video_id is not None and said:
            raise ValueError(f"Only the file is replaced: leave {', '.join(said)} out.")
        return video_id


class PartsRequest(Input):
    """The parts whose addresses are wanted."""

    numbers: Annotated[list[PartNumber], Field(min_length=1, max_length=MOST_TARGETS)]
    checksums_sha256: dict[int, Sha256] = Field(default_factory=dict)
    """By part number: what the bytes of the part must add up to."""


class SentPart(Input):
    """A part as its sender knows it."""

    number: PartNumber
    etag: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class UploadComplete(Input):
    """All parts are sent; naming them makes sure that both sides mean the same bytes."""

    parts: Annotated[list[SentPart], Field(max_length=MOST_PARTS)] | None = None


class UploadRead(Output):
    """An upload as its sender sees it."""

    id: str
    video_id: str
    filename: str
    size_bytes: int
    part_size_bytes: int
    """Of every part but the last."""
    part_count: int
    state: UploadState
    is_replacement: bool
    """Whether the video has a file already, whose place this one takes."""
    received: list[int]
    """The numbers of the parts that are safe."""
    part_checksums: bool
    fingerprint: str | None
    samples: dict[int, str]
    """The SHA-256 of a few of the parts that are safe, where it is known: by it the sender sees that it still has the
    same file before it goes on."""
    created_at: datetime
    expires_at: datetime
    """When what has arrived is thrown away, unless more arrives before."""


class PartTargetRead(Output):
    """Where and how to send one part."""

    number: int
    method: str = "PUT"
    url: str
    headers: dict[str, str]
    """To be sent exactly so."""
    size_bytes: int


class UploadDefaultsWrite(Input):
    """What new uploads are to begin with; each file can be given something else."""

    description: Description = ""
    tags: Tags = Field(default_factory=list)
    visibility: Visibility = Visibility.PUBLIC
    category: Annotated[Category | None, BeforeValidator(none_if_empty)] = None
    language: Annotated[Language | None, BeforeValidator(none_if_empty)] = None
    licence: Annotated[Licence | None, BeforeValidator(none_if_empty)] = None
    is_sensitive: bool = False
    downloads: DownloadRule = DownloadRule.OFF
    publish: Literal[PublishRule.NOW, PublishRule.WHEN_READY] = PublishRule.NOW
    comments: Annotated[CommentRule | None, BeforeValidator(none_if_empty)] = None
    """Null for what the site begins with."""


class UploadDefaultsRead(Output):
    """What new uploads begin with."""

    description: str = ""
    tags: list[str] = Field(default_factory=list)
    visibility: Visibility = Visibility.PUBLIC
    category: Category | None = None
    language: str | None = None
    licence: Licence | None = None
    is_sensitive: bool = False
    downloads: DownloadRule = DownloadRule.OFF
    publish: PublishRule = PublishRule.NOW
    comments: CommentRule | None = None
