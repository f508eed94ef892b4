"""Which videos go with this one: what comes up next, and stands beside the player?

Each thing that two videos can share (a tag, a word of the title, the channel, the category) names the newest few that
have it, by an index and never more than a few, however large the library is. What many have in common says little, so
it counts little. Those that share most come first; where too few share anything, the newest of the site follow.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Dialect,
    Integer,
    Select,
    and_,
    bindparam,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm.interfaces import ORMOption

from vod_web.db.lists import Ids, Texts, first_for_each
from vod_web.db.session import current_session
from vod_web.models import User, Video
from vod_web.models.videos import video_tags
from vod_web.services.library import is_listed
from vod_web.services.mutes import is_of_nobody_muted
from vod_web.services.search.databases import text_index
from vod_web.services.search.terms import Term
from vod_web.services.search.words import base_language, stem_of, words_of
from vod_web.services.videos import AS_CARD, AS_READ, get_video, load_videos

MOST_LOOKED_AT = 40
"""Of the videos that share one thing."""
MOST_TAGS = 10
MOST_WORDS = 6
SHORTEST_WORD = 3
SPARE = 8
"""So many more are loaded than are shown: some may not be for this person to find."""
TAG, WORD, CHANNEL, CATEGORY = "tag", "word", "channel", "category"
WORTH = {TAG: 3.0, WORD: 2.5, CHANNEL: 1.2, CATEGORY: 0.4}
"""How much sharing it counts where nothing else has it."""


def list_related(actor: User | None, public_id: str, *, limit: int) -> list[Video]:
    """What this person may find and goes with the video, the best first, loaded `AS_READ`.

    Raises:
        NotFound, Gone: as `videos.get_video`.
    """
    return find_related(actor, get_video(actor, public_id), limit=limit, options=AS_READ)


def find_related(
    actor: User | None, video: Video, *, limit: int, options: Sequence[ORMOption] = AS_CARD
) -> list[Video]:
    """The same for a video whose tags are loaded; `options` say what is loaded of those that are found."""
    ranked = _rank(_look(video), but=video.id)[: 2 * (limit + SPARE)]
    suitable = and_(is_listed(actor), is_of_nobody_muted(actor, but=video.owner_id))
    found: list[Video] = []
    while ranked and len(found) < limit:
        part, ranked = ranked[: limit + SPARE], ranked[limit + SPARE :]
        found += load_videos(part, options, audience=suitable)
    if len(found) < limit:
        known = {video.id, *(one.id for one in found)}
        newest = [one for one in _newest(suitable, limit + len(known)) if one not in known]
        found += load_videos(newest[: limit - len(found)], options)
    return found[:limit]


def _look(video: Video) -> list[tuple[float, list[int]]]:
    """What sharing each thing with it counts, and the videos that do; one statement."""
    session = current_session()
    index = text_index(session)
    shared = {
        TAG: [tag.id for tag in video.tags[:MOST_TAGS]],
        WORD: [index.in_words(term) for term in index.leave_out_common(session, _terms_of(video))[:MOST_WORDS]],
        CHANNEL: video.owner_id,
        CATEGORY: video.category,
    }
    sharing: dict[tuple[str, int], list[int]] = defaultdict(list)
    for place, video_id, kind in session.execute(_looks(session.get_bind().dialect), shared):
        sharing[kind, place].append(video_id)
    return [(WORTH[kind] * _rarity(len(ids)), ids) for (kind, _), ids in sharing.items()]


@lru_cache(maxsize=4)
def _looks(dialect: Dialect) -> CompoundSelect[int, int, str]:
    """For tags, words, channel and category, which are given by these names: place in the list, video, kind."""

    def with_tag(tag: ColumnElement[int]) -> Select[int]:
        return select(video_tags.c.video_id).where(video_tags.c.tag_id == tag).order_by(video_tags.c.video_id.desc())

    titled = text_index(current_session()).titled
    published = select(Video.id).where(Video.published_at.is_not(None))
    published = published.order_by(Video.published_at.desc(), Video.id.desc()).limit(MOST_LOOKED_AT)
    tags, words = bindparam(TAG, type_=Ids()), bindparam(WORD, type_=Texts())
    of_channel = published.where(Video.owner_id == bindparam(CHANNEL)).subquery()
    in_category = published.where(Video.category == bindparam(CATEGORY)).subquery()
    looks = {
        TAG: first_for_each(dialect, tags, with_tag, Video.id, limit=MOST_LOOKED_AT),
        WORD: first_for_each(dialect, words, titled, Video.id, limit=MOST_LOOKED_AT),
        CHANNEL: select(literal(0, Integer), of_channel.c.id),
        CATEGORY: select(literal(0, Integer), in_category.c.id),
    }
    return union_all(*(look.add_columns(literal(kind)) for kind, look in looks.items()))


def _terms_of(video: Video) -> list[Term]:
    """The words of its title that say something, in any form, the longest first."""
    language = base_language(video.language)
    words = [word for word in words_of(video.title) if len(word) >= SHORTEST_WORD or not word.isascii()]
    words.sort(key=len, reverse=True)
    return [Term(word, False, frozenset(filter(None, [stem_of(word, language)]))) for word in dict.fromkeys(words)]


def _rarity(count: int) -> float:
    """From 1 for what hardly any others have to a third for what many have."""
    return 1 / (1 + 2 * math.log(max(count, 1)) / math.log(MOST_LOOKED_AT))


def _rank(looks: list[tuple[float, list[int]]], *, but: int) -> list[int]:
    """All that were found, those that share most first, and of those that share as much the newest."""
    scores: dict[int, float] = defaultdict(float)
    for worth, ids in looks:
        for video_id in ids:
            scores[video_id] += worth
    scores.pop(but, None)
    return sorted(scores, key=lambda video_id: (scores[video_id], video_id), reverse=True)


def _newest(suitable: ColumnElement[bool], limit: int) -> list[int]:
    newest = select(Video.id).where(suitable).order_by(Video.published_at.desc(), Video.id.desc())
    return list(current_session().scalars(newest.limit(limit)))
