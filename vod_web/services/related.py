"""Which videos go with this one: what comes up next, and stands beside the player?

Each thing that two videos can share (a tag, a word of the title, the channel, the category) names the newest few that
have it, by an index and never more than a few, however large the library is. What many have in common says little, so
it counts little. Those that share most come first; where too few share anything, the newest of the site follow.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, Select, and_, literal, select, union_all
from sqlalchemy.orm.interfaces import ORMOption

from vod_web.db.session import current_session
from vod_web.models import User, Video
from vod_web.models.videos import video_tags
from vod_web.services.library import is_listed
from vod_web.services.mutes import find_muted, is_of_others
from vod_web.services.search.databases import text_index
from vod_web.services.search.terms import Term
from vod_web.services.search.words import base_language, stem_of, words_of
from vod_web.services.videos import AS_CARD, AS_READ, get_video, load_videos

MOST_LOOKED_AT = 40
"""Of the videos that share one thing."""
MOST_TAGS = 10
MOST_WORDS = 6
SHORTEST_WORD = 3
FEWEST = 20
"""So many candidates are asked for at least: some of them may not be for this person to see."""
TAG, WORD, CHANNEL, CATEGORY = "tag", "word", "channel", "category"
WORTH = {TAG: 3.0, WORD: 2.5, CHANNEL: 1.2, CATEGORY: 0.4}
"""How much sharing it counts where nothing else has it."""


@dataclass(frozen=True)
class _Shared:
    """One thing that other videos may share with this one, and how the newest few of them are found."""

    kind: str
    ids: Select[int]


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
    ranked = _rank(_look(_shared_by(video)), but=video.id)
    suitable = and_(is_listed(actor), is_of_others(find_muted(actor) - {video.owner_id}))
    found = _findable(suitable, ranked[: max(2 * limit, FEWEST)])[:limit]
    if len(found) < limit:
        known = {video.id, *found}
        found += [one for one in _newest(suitable, limit + len(known)) if one not in known][: limit - len(found)]
    return load_videos(found, options)


def _shared_by(video: Video) -> list[_Shared]:
    """What others may share with it."""
    newest = (Video.published_at.desc(), Video.id.desc())
    tagged = select(video_tags.c.video_id).order_by(video_tags.c.video_id.desc())
    shared = [_Shared(TAG, tagged.where(video_tags.c.tag_id == tag.id)) for tag in video.tags[:MOST_TAGS]]
    shared += [_Shared(WORD, titled) for titled in _titled(video)]
    published = select(Video.id).where(Video.published_at.is_not(None)).order_by(*newest)
    shared.append(_Shared(CHANNEL, published.where(Video.owner_id == video.owner_id)))
    if video.category:
        shared.append(_Shared(CATEGORY, published.where(Video.category == video.category)))
    return shared


def _titled(video: Video) -> Iterable[Select[int]]:
    """For each word of its title that says something: videos with it, in any form, in theirs."""
    session = current_session()
    index = text_index(session)
    language = base_language(video.language)
    words = [word for word in words_of(video.title) if len(word) >= SHORTEST_WORD or not word.isascii()]
    terms = [Term(word, False, frozenset(filter(None, [stem_of(word, language)]))) for word in dict.fromkeys(words)]
    telling = index.leave_out_common(session, terms)
    return [index.titled(term) for term in sorted(telling, key=lambda term: -len(term.word))[:MOST_WORDS]]


def _look(shared: list[_Shared]) -> list[tuple[float, list[int]]]:
    """What sharing each thing counts, and the videos that do; one statement."""
    looks = []
    for place, one in enumerate(shared):
        few = one.ids.limit(MOST_LOOKED_AT).subquery(f"shared_{place}")
        looks.append(select(literal(place, Integer), few.c[0]))
    sharing: dict[int, list[int]] = defaultdict(list)
    for place, video_id in current_session().execute(union_all(*looks)):
        sharing[place].append(video_id)
    return [(WORTH[shared[place].kind] * _rarity(len(ids)), ids) for place, ids in sharing.items()]


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


def _findable(suitable: ColumnElement[bool], ids: list[int]) -> list[int]:
    """Those of them that this person may find, in the same order."""
    findable = set(current_session().scalars(select(Video.id).where(Video.id.in_(ids), suitable)))
    return [video_id for video_id in ids if video_id in findable]


def _newest(suitable: ColumnElement[bool], limit: int) -> list[int]:
    newest = select(Video.id).where(suitable).order_by(Video.published_at.desc(), Video.id.desc())
    return list(current_session().scalars(newest.limit(limit)))
