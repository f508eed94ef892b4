"""What must the database be able to do, so that texts are found in it?"""

import sqlite3

from sqlalchemy import SQLColumnExpression, String, cast, func, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.types import UserDefinedType

OLDEST_SQLITE = (3, 34)
"""The first one whose FTS5 cuts words into trigrams."""
EXTENSION = "pg_trgm"
NEARNESS_INDEX = "fts_words_near"
MAKE_NEARNESS_INDEX = f"CREATE INDEX IF NOT EXISTS {NEARNESS_INDEX} ON search_words USING gist (word gist_trgm_ops)"


class WordVector(UserDefinedType[str]):
    """In PostgreSQL, a `tsvector`; it is written as words with blanks between, and not read."""

    cache_ok = True

    def get_col_spec(self, **_options: object) -> str:
        """As a table is made with it."""
        return "TSVECTOR"

    def bind_expression(self, bindvalue: BindParameter[str]) -> ColumnElement[str]:
        """The words exactly as they are: no parser of the database decides anew what a word is."""
        return as_vector(cast(bindvalue, String))


def as_vector(words: SQLColumnExpression[str]) -> ColumnElement[str]:
    """The vector of words that have blanks between."""
    return func.array_to_tsvector(func.string_to_array(words, " "), type_=TSVECTOR())


def words_column() -> String:
    """A column of words with blanks between: text in SQLite, where FTS5 reads it, a vector in PostgreSQL."""
    return String().with_variant(WordVector(), "postgresql")


def what_sqlite_lacks() -> str | None:
    """Why SQLite, as this Python has it, cannot search; None where it can."""
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return f"SQLite {version} is too old to search, which needs 3.34"
    with sqlite3.connect(":memory:") as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE trial USING fts5(word, tokenize = 'trigram')")
        except sqlite3.OperationalError as error:
            return f"SQLite {version} was built without the full-text module FTS5 ({error})"
    return None


def has_trigrams(session: Session) -> bool:
    """Whether words are found by their trigrams: SQLite always can, PostgreSQL with an extension and an index."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    return session.scalar(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": NEARNESS_INDEX}) is True
