"""Which database is it? What differs between them in finding words lies behind `sought.TextIndex`."""

from sqlalchemy.orm import Session

from vod_web.services.search.in_postgres import PostgresIndex
from vod_web.services.search.in_sqlite import SqliteIndex
from vod_web.services.search.sought import TextIndex


def text_index(session: Session) -> TextIndex:
    """The one of this session's database."""
    if session.get_bind().dialect.name == "sqlite":
        return SqliteIndex()
    return PostgresIndex()
