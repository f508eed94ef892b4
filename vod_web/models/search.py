"""What is kept beside the videos so that they are found: their words, what is said in them, and names.

All of it follows from other tables; `services.search.rebuild` makes it anew. Who may find a video is not in here:
that is asked of the video itself, at the moment of the search.
"""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vod_web.db.base import Base, enum_column
from vod_web.db.fulltext import words_column

_SORTED_BY_BYTES = String(200).with_variant(String(200, collation="C"), "postgresql")
"""Texts that are looked for by how they begin: `"se" <= name < "sf"` needs the order of bytes, as SQLite has it."""


class SearchDocument(Base):
    """The words of a video, as `services.search.words` makes them, with blanks between."""

    __tablename__ = "search_documents"

    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True)
    title: Mapped[str] = mapped_column()
    tags: Mapped[str] = mapped_column()
    channel: Mapped[str] = mapped_column()
    """Of the names of its owner."""
    text_words: Mapped[str] = mapped_column(words_column())
    """Of title, tags and description, each once, and the video's labels; see `services.search.labels`."""
    caption_words: Mapped[str] = mapped_column(words_column(), default="")
    """Of all that is said in it, each once."""

    __table_args__ = (Index("ix_search_documents_title", "title", postgresql_using="hash"),)


class SearchTrack(Base):
    """What a caption track says, for finding the second at which it is said."""

    __tablename__ = "search_tracks"

    caption_id: Mapped[int] = mapped_column(ForeignKey("captions.id", ondelete="CASCADE"), primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(32))
    """Of the track's file that was read."""
    language: Mapped[str] = mapped_column(String(40))
    spoken: Mapped[str] = mapped_column()
    """A line for each cue: the second at which it begins, a tab, its text."""
    folded: Mapped[str] = mapped_column()
    """The words of the same lines."""


class SearchWord(Base):
    """A word that is in some video's text, for finding what somebody meant who typed another one."""

    __tablename__ = "search_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(_SORTED_BY_BYTES, unique=True)


class SearchLanguage(Base):
    """A language in which some text is: words that are looked for are tried without its endings."""

    __tablename__ = "search_languages"

    language: Mapped[str] = mapped_column(String(40), primary_key=True)
    """As `services.search.words.base_language` gives it."""


class NameKind(StrEnum):
    """What has the name."""

    TAG = "tag"
    CHANNEL = "channel"


class SearchName(Base):
    """A name that is suggested to who types its beginning, or the beginning of one of its words."""

    __tablename__ = "search_names"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[NameKind] = mapped_column(enum_column(NameKind))
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    folded: Mapped[str] = mapped_column(_SORTED_BY_BYTES)
    """The name from one of its words on, folded: "the alps" is there twice, as "the alps" and as "alps"."""

    __table_args__ = (
        UniqueConstraint("tag_id", "folded"),
        UniqueConstraint("user_id", "folded"),
        Index("ix_search_names_kind_folded", "kind", "folded"),
    )
