"""How is the index made anew from what it follows from?"""

from collections.abc import Callable, Sequence

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session, joinedload, selectinload

from vod_web.core.logging import get_logger
from vod_web.db.fulltext import MAKE_NEARNESS_INDEX
from vod_web.db.session import transaction
from vod_web.models import SearchLanguage, SearchName, SearchTrack, SearchWord, Tag, User, Video
from vod_web.services.search.index import index_owner, index_tags, index_video
from vod_web.services.search.spoken import index_missing_captions
from vod_web.storage.base import Storage

BATCH = 200

log = get_logger(__name__)


def rebuild(*, storage: Storage, report: Callable[[str, int], object]) -> None:
    """Make the whole index anew while the site runs, a portion at a time; `report` is told of each.

    Until it is over, some videos may be found by their former words, and mistyped words are not understood.
    """
    with transaction() as session:
        session.execute(delete(SearchName))
        session.execute(delete(SearchWord))
        session.execute(delete(SearchLanguage))
        _prepare(session)
    for what, batch in (("tags", _rebuild_tags), ("people", _rebuild_people), ("videos", _rebuild_videos)):
        last, done = 0, 0
        while True:
            with transaction() as session:
                ids = batch(session, last)
            if not ids:
                break
            last, done = ids[-1], done + len(ids)
            report(what, done)
    with transaction() as session:
        session.execute(delete(SearchTrack))
    done = 0
    while count := index_missing_captions(storage=storage):
        done += count
        report("caption tracks", done)


def _prepare(session: Session) -> None:
    """What only one of the databases has."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO fts_documents (fts_documents) VALUES ('rebuild')"))
    elif session.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")):
        session.execute(text(MAKE_NEARNESS_INDEX))


def _rebuild_tags(session: Session, after: int) -> Sequence[int]:
    tags = session.scalars(select(Tag).where(Tag.id > after).order_by(Tag.id).limit(BATCH)).all()
    index_tags(session, tags)
    return [tag.id for tag in tags]


def _rebuild_people(session: Session, after: int) -> Sequence[int]:
    people = session.scalars(select(User).where(User.id > after).order_by(User.id).limit(BATCH)).all()
    for person in people:
        index_owner(session, person)
    return [person.id for person in people]


def _rebuild_videos(session: Session, after: int) -> Sequence[int]:
    wanted = select(Video).where(Video.id > after).order_by(Video.id).limit(BATCH)
    wanted = wanted.options(selectinload(Video.tags), joinedload(Video.owner))
    wanted = wanted.with_for_update(of=Video)  # who changes one meanwhile would have former words written over theirs
    videos = session.scalars(wanted.execution_options(populate_existing=True)).all()
    for video in videos:
        index_video(session, video)
    return [video.id for video in videos]
