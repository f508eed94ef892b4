"""What does a filter ask of videos, and what does that leave of a large library?"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, not_, select, true

from vod_web.core.clock import utc_now
from vod_web.db.session import current_session
from vod_web.models import Caption, Tag, User, Video
from vod_web.models.videos import video_tags
from vod_web.schemas.video_lists import VideoFilter
from vod_web.services.search.labels import label_of_owner, label_of_tag
from vod_web.services.search.questions import Narrowing
from vod_web.services.search.spoken import is_offered

FILTERS = (
    "status", "visibility", "category", "language", "licence", "min_duration_s", "max_duration_s", "published_after",
    "published_before", "has_captions",
)  # fmt: skip
"""The columns of filters that may leave much of a large library."""
FEW_DAYS = timedelta(days=8)
"""What was published in so many days is little of it."""
NOBODY = 0
"""The id of no row."""


@dataclass(frozen=True)
class Named:
    """The rows that a filter names; `NOBODY` for a name that nothing has, None where it names none.

    By their ids the database knows how many videos are theirs, and by which way they are found best.
    """

    owner_id: int | None
    tag_id: int | None


def look_up(wanted: VideoFilter) -> Named:
    """What the filter names; a statement for each name."""
    owners = select(User.id).where(User.username_key == (wanted.owner or "").lower())
    tags = select(Tag.id).where(Tag.name == (wanted.tag or "").lower())
    return Named(
        (current_session().scalar(owners) or NOBODY) if wanted.owner else None,
        (current_session().scalar(tags) or NOBODY) if wanted.tag else None,
    )


def conditions_of(wanted: VideoFilter, named: Named) -> list[ColumnElement[bool]]:
    """What the filter asks for; a filter that is not set asks for nothing."""
    tagged = select(video_tags.c.video_id).where(video_tags.c.tag_id == named.tag_id)
    return [
        Video.id.in_(tagged) if named.tag_id is not None else true(),
        Video.owner_id == named.owner_id if named.owner_id is not None else true(),
        Video.status == wanted.status if wanted.status else true(),
        Video.visibility == wanted.visibility if wanted.visibility else true(),
        Video.category == wanted.category if wanted.category else true(),
        Video.language == wanted.language if wanted.language else true(),
        Video.licence == wanted.licence if wanted.licence else true(),
        Video.duration_s >= wanted.min_duration_s if wanted.min_duration_s is not None else true(),
        Video.duration_s <= wanted.max_duration_s if wanted.max_duration_s is not None else true(),
        Video.published_at > wanted.published_after if wanted.published_after else true(),
        Video.published_at < wanted.published_before if wanted.published_before else true(),
        _has_captions(wanted.has_captions),
    ]


def _has_captions(wanted: bool | None) -> ColumnElement[bool]:
    has_any = select(Caption.id).where(Caption.video_id == Video.id, is_offered()).exists()
    return true() if wanted is None else has_any if wanted else not_(has_any)


def labels_by(wanted: VideoFilter, named: Named, owner: User | None) -> list[str]:
    """What all videos have in the index of words that the filter leaves, or that are of this owner."""
    owner_id = owner.id if owner else named.owner_id
    of_owner = [label_of_owner(owner_id)] if owner_id is not None else []
    of_tag = [label_of_tag(named.tag_id)] if named.tag_id is not None else []
    return [*of_owner, *of_tag]


def narrowing_by(wanted: VideoFilter) -> Narrowing:
    """What the filter leaves, but for what the labels say."""
    is_recent = wanted.published_after is not None and wanted.published_after > utc_now() - FEW_DAYS
    if is_recent:
        return Narrowing.TO_FEW
    return Narrowing.TO_SOME if is_narrowed(wanted) else Narrowing.NOTHING


def is_narrowed(wanted: VideoFilter) -> bool:
    """Whether any filter is set that leaves what no index may have in the order of the list."""
    return any(value is not None for name, value in wanted if name in FILTERS)
