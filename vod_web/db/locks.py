"""How does one transaction keep others from adding rows to a table?"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from vod_web.db.base import Base


def lock_table(session: Session, model: type[Base]) -> None:
    """Nobody else writes to this table until the transaction ends. SQLite has one writer at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE {model.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
