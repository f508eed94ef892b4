"""How does what is said in a video come into the index, and leave it?

Caption tracks are added, changed and taken out in many ways, by people and by the pipeline. So the session itself
is watched: whichever way a track or the file in use changes, the words of the video follow in the same transaction.
What a new track says is known from `note_spoken`, as all of them are stored by one function; what this process does
not know is read from the storage by the sweep.
"""

import html
import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import ColumnElement, Select, and_, event, inspect, or_, select, update
from sqlalchemy.orm import Session

from vod_web.core.errors import NotFound
from vod_web.db.session import close_session, current_session, transaction
from vod_web.db.upserts import upsert
from vod_web.media.subrip import read_subrip
from vod_web.media.webvtt import Cue
from vod_web.models import Caption, CaptionOrigin, SearchDocument, SearchTrack, Source, SourceState, Video
from vod_web.services.search.index import add_language, add_words
from vod_web.services.search.words import MOST_WORDS, kept_words, words_of
from vod_web.storage import keys
from vod_web.storage.base import Storage

MOST_NOTED = 50
"""Tracks that are about to get their rows; a source has some ten."""
BATCH = 100

_MARKUP = re.compile(r"</?[biu]>")
_noted: OrderedDict[str, "Spoken"] = OrderedDict()
_noting = Lock()


@dataclass(frozen=True)
class Spoken:
    """What a caption track says, as it is kept; see `models.search.SearchTrack`."""

    spoken: str
    folded: str


def note_spoken(name: str, cues: Iterable[Cue]) -> None:
    """Remember what the caption file of this name says until its row is written; slow, so not inside a transaction."""
    said = read_spoken(cues)
    with _noting:
        _noted[name] = said
        while len(_noted) > MOST_NOTED:
            _noted.popitem(last=False)


def read_spoken(cues: Iterable[Cue]) -> Spoken:
    """What the cues say, ready to be kept."""
    lines = [(float(cue.start_s), _plain(cue.text)) for cue in cues]
    return Spoken(
        "\n".join(f"{start_s:.3f}\t{line}" for start_s, line in lines),
        "\n".join(" ".join(words_of(line)) for _, line in lines),
    )


def _plain(cue_text: str) -> str:
    """The text of a cue in one line, without markup."""
    return " ".join(html.unescape(_MARKUP.sub("", cue_text)).split())


@event.listens_for(Session, "after_flush")
def _follow(session: Session, _context: object) -> None:
    """Keep the words of those videos whose caption tracks have just changed, or the file that is in use."""
    rows = (*session.new, *session.dirty, *session.deleted)
    changed = {row.video_id for row in rows if isinstance(row, Caption) or _has_new_state(row)}
    for video_id in sorted(changed):
        index_captions(session, video_id)


def _has_new_state(row: object) -> bool:
    return isinstance(row, Source) and bool(inspect(row).attrs.state.history.has_changes())


def index_captions(session: Session, video_id: int) -> None:
    """Keep what the caption tracks say that a video shows, as far as it is known here."""
    shown = session.execute(_shown().where(Caption.video_id == video_id)).all()
    tracks = {track.caption_id: track for _, track in shown if track is not None}
    for caption, track in shown:
        said = _noted.get(caption.name)
        if said is not None and _is_stale(caption, track):
            tracks[caption.id] = _keep(session, caption, said)
    _keep_words(session, video_id, tracks.values())


def _shown() -> Select[Caption, SearchTrack | None]:
    """The tracks that are offered to viewers, with what is kept of them."""
    wanted = select(Caption, SearchTrack).outerjoin(SearchTrack, SearchTrack.caption_id == Caption.id)
    return wanted.where(is_offered()).execution_options(populate_existing=True)


def is_offered() -> ColumnElement[bool]:
    """Whether viewers are offered a track: it was not taken out, and is not that of a file that was replaced."""
    in_use = select(Source.id).where(Source.id == Caption.source_id, Source.state == SourceState.CURRENT).exists()
    return and_(Caption.deleted_at.is_(None), or_(Caption.origin == CaptionOrigin.UPLOADED, in_use))


def _is_stale(caption: Caption, track: SearchTrack | None) -> bool:
    return track is None or (track.name, track.language) != (caption.name, caption.language)


def _keep(session: Session, caption: Caption, said: Spoken) -> SearchTrack:
    columns = {"name": caption.name, "language": caption.language, "spoken": said.spoken, "folded": said.folded}
    upsert(session, SearchTrack, {"caption_id": caption.id}, {"video_id": caption.video_id, **columns})
    return SearchTrack(caption_id=caption.id, **columns)


def _keep_words(session: Session, video_id: int, tracks: Iterable[SearchTrack]) -> None:
    words = dict.fromkeys(word for track in tracks for word in kept_words(track.folded, track.language))
    kept = list(words)[:MOST_WORDS]
    document = update(SearchDocument).where(SearchDocument.video_id == video_id)
    session.execute(document.values(caption_words=" ".join(kept)), execution_options={"synchronize_session": False})
    add_words(session, kept)
    for language in sorted({track.language for track in tracks}):
        add_language(session, language)


def index_missing_captions(*, storage: Storage, limit: int = BATCH) -> int:
    """Keep what those shown tracks say of which that is not known yet, from their files; for the sweep.

    Returns how many those were. One whose file is gone is kept as saying nothing.
    """
    is_stale = or_(SearchTrack.caption_id.is_(None), SearchTrack.name != Caption.name)
    wanted = _shown().join(Video, Video.id == Caption.video_id).add_columns(Video.public_id).where(is_stale)
    missing = current_session().execute(wanted.order_by(Caption.id).limit(limit)).all()
    close_session()
    for caption, _, public_id in missing:
        said = read_spoken(read_subrip(_read_file(storage, keys.captions_key(public_id, caption.name))))
        with transaction() as session:
            kept = session.scalar(select(Caption).where(Caption.id == caption.id).with_for_update())
            if kept is not None and kept.name == caption.name:
                _keep(session, kept, said)
                index_captions(session, kept.video_id)
    return len(missing)


def _read_file(storage: Storage, key: str) -> str:
    try:
        return storage.read_bytes(key).decode()
    except NotFound:
        return ""
