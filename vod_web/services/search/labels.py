"""By what does the index find videos that is no word of theirs: whose they are, which tags they have, how new they are?

Labels are kept among the words of a video, so that the index itself passes over what a filter leaves out, or what is
too old for the first page, instead of finding thousands that are looked at one by one. They only narrow: whether a
video may be found, and whether a filter fits, is asked of the video.
"""

import math

from vod_web.models import Video
from vod_web.services.search.words import STEM

RANGE_IDS = 1024
"""Videos with so many consecutive row ids are one range."""
MOST_RANGES = 64
"""Of a search; where what is looked for is so rare that more were needed, the index finds little anyhow."""
ROOM = 4
"""Times as many videos as are wanted, for not everybody may find all of them."""


def label_of_owner(user_id: int) -> str:
    """What all videos of a person have."""
    return f"{STEM}o{STEM}{user_id}"


def label_of_tag(tag_id: int) -> str:
    """What all videos with a tag have."""
    return f"{STEM}t{STEM}{tag_id}"


def label_of_range(video_id: int) -> str:
    """What a video has in common with those that are about as new."""
    return f"{STEM}r{STEM}{video_id // RANGE_IDS}"


def labels_of(video: Video) -> list[str]:
    """All labels of a video; its tags must be loaded."""
    return [label_of_owner(video.owner_id), label_of_range(video.id), *(label_of_tag(tag.id) for tag in video.tags)]


def newest_ranges(newest_id: int, *, share: float, wanted: int) -> list[str]:
    """The newest ranges in which so many are expected of what a share of all videos is; none where all are needed."""
    count = math.ceil(ROOM * wanted / (share * RANGE_IDS)) if share > 0 else math.inf
    if count > min(MOST_RANGES, newest_id // RANGE_IDS):
        return []
    return [label_of_range(newest_id - place * RANGE_IDS) for place in range(int(count) + 1)]
