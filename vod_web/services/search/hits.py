"""What is to be shown of the videos that were found: where in each is what was looked for?"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from vod_web.db.lists import is_one_of
from vod_web.db.session import current_session
from vod_web.models import Caption, SearchTrack, Video
from vod_web.services.search.index import names_of
from vod_web.services.search.marks import Marker, Markers, Piece, SpokenHit, find_spoken
from vod_web.services.search.terms import Term
from vod_web.services.search.words import places_of_words, words_of


@dataclass(frozen=True)
class Hit:
    """A video that was found, and where."""

    title: list[Piece]
    channel: list[Piece]
    tags: list[tuple[str, list[Piece]]]
    """Those with one of the words, as they are kept and in pieces."""
    excerpt: list[Piece]
    """Of the description; empty where it holds none of the words."""
    spoken: SpokenHit | None
    """Where it is said what is found nowhere else."""


def list_hits(
    videos: Sequence[Video], terms: Sequence[Term], find_tracks: Callable[[Sequence[Video]], Sequence[Caption]]
) -> dict[str, Hit]:
    """By the ids of the videos, which were loaded with their owners and tags; none where no words were looked for.

    `find_tracks` is asked for the caption tracks of those whose texts do not hold all of the terms.
    """
    if not terms:
        return {}
    markers = Markers(terms)
    missing = {video.id: markers.for_language(video.language).missing(_texts(video)) for video in videos}
    lacking = [video for video in videos if missing[video.id]]
    spoken = _find_spoken(find_tracks(lacking) if lacking else [], missing, markers)
    return {
        video.public_id: _hit(video, markers.for_language(video.language), spoken.get(video.id)) for video in videos
    }


def _texts(video: Video) -> list[str]:
    return [video.title, *(tag.name for tag in video.tags), *names_of(video.owner), video.description]


def _hit(video: Video, marker: Marker, spoken: SpokenHit | None) -> Hit:
    tags = [(tag.name, marker.mark(tag.name)) for tag in video.tags]
    return Hit(
        title=marker.mark(video.title),
        channel=marker.mark(video.owner.display_name or video.owner.username),
        tags=[(name, pieces) for name, pieces in tags if any(piece.is_hit for piece in pieces)],
        excerpt=marker.excerpt(video.description),
        spoken=spoken,
    )


def _find_spoken(shown: Sequence[Caption], missing: dict[int, list[Term]], markers: Markers) -> dict[int, SpokenHit]:
    """In the first track of each video that says something of what is missing."""
    if not shown:
        return {}
    columns = (SearchTrack.caption_id, SearchTrack.language, SearchTrack.spoken, SearchTrack.folded)
    wanted = select(*columns).where(is_one_of(SearchTrack.caption_id, [caption.id for caption in shown]))
    tracks = {track.caption_id: track for track in current_session().execute(wanted)}
    found: dict[int, SpokenHit] = {}
    for caption in shown:
        track = tracks.get(caption.id)
        if track is not None and caption.video_id not in found:
            marker = markers.for_language(track.language)
            hit = find_spoken(track.spoken, track.folded, marker, missing[caption.video_id])
            found |= {caption.video_id: hit} if hit else {}
    return found


def say_meant(query: str, terms: Sequence[Term], hits: Sequence[Hit]) -> str:
    """The query with those words in it that were found in place of others; they are read off what is shown."""
    meant: dict[str, Counter[str]] = {}
    marker = Marker(terms, "")
    for hit in hits:
        spoken = hit.spoken.pieces if hit.spoken else []
        pieces = [*hit.title, *hit.channel, *hit.excerpt, *spoken, *(one for _, tag in hit.tags for one in tag)]
        for word in (word for piece in pieces if piece.is_hit for word in words_of(piece.text)):
            term = marker.term_of(word)
            if term is not None and word in term.instead:
                meant.setdefault(term.word, Counter())[word] += 1
    return _put_in(query, {word: others.most_common(1)[0][0] for word, others in meant.items()})


def _put_in(query: str, meant: dict[str, str]) -> str:
    places = [(start, end, meant[word]) for start, end, word in places_of_words(query) if word in meant]
    for start, end, word in reversed(places):
        query = query[:start] + word + query[end:]
    return query
