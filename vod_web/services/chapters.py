"""Which chapters does a video have, and how do people change them?

The file's own are taken over when it is read. What a person writes takes their place, stays whatever becomes of the
file, and gives way only when a person says so; what stood there before is kept for one undoing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from vod_web.core.errors import Conflict, EditedMeanwhile, InvalidInput
from vod_web.db.session import current_session, transaction
from vod_web.media.chapters import (
    ChapterText,
    Mark,
    check_marks,
    find_chapters,
    format_chapters,
    parse_chapters,
    tidy_source_chapters,
)
from vod_web.media.plan import EncodePlan
from vod_web.media.probed import Probe
from vod_web.models import Chapter, ChapterSet, User, Video
from vod_web.schemas.chapters import ChaptersWrite
from vod_web.services import audit
from vod_web.services.videos import get_own_video, lock_video

LONGEST_TEXT = 40_000
"""Of a list of chapters as it is typed."""


@dataclass(frozen=True)
class ChapterEditing:
    """What somebody who changes the chapters of a video is shown."""

    marks: tuple[Mark, ...]
    """What the video shows."""
    text: str
    version: str
    """Changes with the chapters."""
    shows: ChapterSet
    has_source: bool
    """The file has chapters, to which one can go back."""
    has_own: bool
    """A person wrote chapters, to which one can go back."""
    found: tuple[Mark, ...]
    """What the description names, where the video has no chapters."""


def shown_chapters(video: Video) -> list[Chapter]:
    """The chapters of what plays, or will, as rows; the video was loaded with `videos.AS_READ`."""
    encode = video.active_encode or video.open_encode
    source_id = encode.source_id if encode else None
    is_own = video.chapter_set is ChapterSet.OWN
    mine = [one for one in video.chapters if is_own or one.source_id == source_id]
    return [one for one in mine if video.duration_s is None or one.start_s < video.duration_s]


def told_chapters(video: Video) -> Sequence[Chapter | Mark]:
    """What viewers are offered: the same, or, where nobody ever said anything, what the description names."""
    shown = shown_chapters(video)
    if shown or video.chapter_set is ChapterSet.OWN:
        return shown
    return find_chapters(video.description, video.duration_s)


def get_editing(actor: User | None, video_id: str) -> ChapterEditing:
    """What the editor shows; raises as `videos.get_own_video`."""
    return _tell(current_session(), get_own_video(actor, video_id))


def _tell(session: Session, video: Video) -> ChapterEditing:
    marks = _shown_marks(video)
    sets = set(session.scalars(select(Chapter.of_set).where(Chapter.video_id == video.id).distinct()))
    return ChapterEditing(
        marks=marks,
        text=format_chapters(marks),
        version=_digest(video.chapter_set, marks),
        shows=video.chapter_set,
        has_source=ChapterSet.SOURCE in sets,
        has_own=ChapterSet.OWN in sets,
        found=() if marks else find_chapters(video.description, video.duration_s),
    )


def _shown_marks(video: Video) -> tuple[Mark, ...]:
    return tuple(Mark(chapter.start_s, chapter.title) for chapter in shown_chapters(video))


def _digest(shows: ChapterSet, marks: Sequence[Mark]) -> str:
    return hashlib.sha256(f"{shows} {format_chapters(marks)}".encode()).hexdigest()[:16]


def check_text(actor: User | None, video_id: str, text: str) -> ChapterText:
    """What a text would mean for this video, with all its mistakes; changes nothing. Raises as `get_editing`."""
    video = get_own_video(actor, video_id)
    return parse_chapters(text[:LONGEST_TEXT], video.duration_s)


def write_chapters(actor: User | None, video_id: str, text: str, *, seen: str = "") -> ChapterSet:
    """Let the video have the chapters of this text; an empty one takes all away.

    Gives the set by which `choose_chapters` undoes it.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`.
        InvalidInput: the text has mistakes; says in which lines.
        EditedMeanwhile: they are not those that the person has `seen`.
    """
    if len(text) > LONGEST_TEXT:
        _refuse([f"A list of chapters has at most {LONGEST_TEXT:,} characters."])
    with transaction() as session:
        lock_video(session, video_id)
        video = get_own_video(actor, video_id)
        found = parse_chapters(text, video.duration_s)
        if found.mistakes:
            _refuse([str(mistake) for mistake in found.mistakes])
        return _write(session, actor, video, found.marks, seen=seen)


def set_chapters(actor: User | None, video_id: str, new: ChaptersWrite) -> list[Chapter]:
    """The same for programs, which send a list; without one, the file's own come back. Raises as `write_chapters`."""
    with transaction() as session:
        lock_video(session, video_id)
        video = get_own_video(actor, video_id)
        if new.chapters is None:
            choose_chapters(actor, video_id, ChapterSet.SOURCE)
        else:
            marks = [Mark(round(one.start_s, 3), " ".join(one.title.split())) for one in new.chapters]
            wrong = {f"chapters.{place}": sentence for place, sentence in check_marks(marks, video.duration_s)}
            if wrong:
                raise InvalidInput(next(iter(wrong.values())), wrong)
            _write(session, actor, video, marks)
        session.flush()
        return shown_chapters(get_own_video(actor, video_id))


def _refuse(sentences: list[str]) -> NoReturn:
    raise InvalidInput(sentences[0], {"chapters": "\n".join(sentences)})


def _write(session: Session, actor: User | None, video: Video, marks: Sequence[Mark], *, seen: str = "") -> ChapterSet:
    before = _shown_marks(video)
    shown = video.chapter_set
    if tuple(marks) == before:
        return shown
    version = _digest(shown, before)
    if seen not in ("", version):
        raise EditedMeanwhile({"chapters": f"Saved meanwhile:\n{format_chapters(before) or 'no chapters'}"}, version)
    of_video = Chapter.video_id == video.id
    if shown is ChapterSet.OWN:
        session.execute(delete(Chapter).where(of_video, Chapter.of_set == ChapterSet.FORMER))
        own = update(Chapter).where(of_video, Chapter.of_set == ChapterSet.OWN)
        session.execute(own.values(of_set=ChapterSet.FORMER))
    else:
        session.execute(delete(Chapter).where(of_video, Chapter.of_set == ChapterSet.OWN))
    session.add_all(
        Chapter(video_id=video.id, of_set=ChapterSet.OWN, start_s=mark.start_s, title=mark.title) for mark in marks
    )
    video.chapter_set = ChapterSet.OWN
    audit.note_power(actor, video, "video.edit_chapters")
    return ChapterSet.FORMER if shown is ChapterSet.OWN else ChapterSet.SOURCE


def choose_chapters(actor: User | None, video_id: str, wanted: ChapterSet) -> Video:
    """Show the file's own chapters, or those that a person wrote; `FORMER` brings those from before the last change.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `videos.get_own_video`.
        Conflict: it shows those already that a person wrote, and there were none before.
    """
    with transaction() as session:
        lock_video(session, video_id)
        video = get_own_video(actor, video_id)
        if wanted is ChapterSet.FORMER:
            if video.chapter_set is not ChapterSet.OWN:
                raise Conflict("There is nothing to undo: these are the chapters of the file.")
            _swap(session, video)
        video.chapter_set = ChapterSet.SOURCE if wanted is ChapterSet.SOURCE else ChapterSet.OWN
        audit.note_power(actor, video, "video.edit_chapters")
    return video


def _swap(session: Session, video: Video) -> None:
    """What was written last, and what was written before it, change places: undoing can be undone."""
    rows = session.scalars(select(Chapter).where(Chapter.video_id == video.id, Chapter.of_set != ChapterSet.SOURCE))
    for row in rows:
        row.of_set = ChapterSet.FORMER if row.of_set is ChapterSet.OWN else ChapterSet.OWN


def take_over_chapters(session: Session, video_id: int, source_id: int, probe: Probe, plan: EncodePlan) -> None:
    """Let the video know the chapters that its file has; joins the caller's transaction. Idempotent."""
    marks = tidy_source_chapters(probe.chapters, origin_s=plan.origin_s, duration_s=plan.duration_s)
    former = select(Chapter).where(Chapter.source_id == source_id, Chapter.of_set == ChapterSet.SOURCE)
    rows = session.scalars(former.order_by(Chapter.start_s)).all()
    if [(row.start_s, row.title) for row in rows] == [(mark.start_s, mark.title) for mark in marks]:
        return
    for row in rows:
        session.delete(row)
    values = {"video_id": video_id, "source_id": source_id, "of_set": ChapterSet.SOURCE}
    session.add_all(Chapter(start_s=mark.start_s, title=mark.title, **values) for mark in marks)
