"""An index for searching: the words of videos, what is said in them, and names."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from vod_web.core.logging import get_logger
from vod_web.services.search.index import Texts, beginnings, document_of
from vod_web.services.search.words import is_stem

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql")
WORDS = sa.String().with_variant(postgresql.TSVECTOR(), "postgresql")
BATCH = 500
STATISTICS = 1000
"""With the usual 100, PostgreSQL knows how common 1,000 words are, takes all others for common, and uses no index."""
HOW_TO_MEND = (
    "Mistyped words are understood less well until a superuser of PostgreSQL says CREATE EXTENSION pg_trgm in this "
    "database, and then ./vod search rebuild is run."
)

ADD_TO_SQLITE = """
INSERT INTO search_documents (video_id, title, tags, channel, text_words, caption_words)
VALUES (:video_id, :title, :tags, :channel, :text_words, '')
"""
ADD_TO_POSTGRES = """
INSERT INTO search_documents (video_id, title, tags, channel, text_words, caption_words)
VALUES (:video_id, :title, :tags, :channel, array_to_tsvector(string_to_array(:text_words, ' ')), CAST('' AS tsvector))
"""

log = get_logger(__name__)

DOCUMENTS_OF_SQLITE = """
CREATE VIRTUAL TABLE fts_documents USING fts5(
    title, channel, text_words, caption_words, content = 'search_documents', content_rowid = 'video_id',
    tokenize = 'ascii', detail = 'column', prefix = '2 3'
);
CREATE TRIGGER fts_documents_insert AFTER INSERT ON search_documents BEGIN
    INSERT INTO fts_documents (rowid, title, channel, text_words, caption_words)
    VALUES (new.video_id, new.title, new.channel, new.text_words, new.caption_words);
END;
CREATE TRIGGER fts_documents_delete AFTER DELETE ON search_documents BEGIN
    INSERT INTO fts_documents (fts_documents, rowid, title, channel, text_words, caption_words)
    VALUES ('delete', old.video_id, old.title, old.channel, old.text_words, old.caption_words);
END;
CREATE TRIGGER fts_documents_update AFTER UPDATE ON search_documents BEGIN
    INSERT INTO fts_documents (fts_documents, rowid, title, channel, text_words, caption_words)
    VALUES ('delete', old.video_id, old.title, old.channel, old.text_words, old.caption_words);
    INSERT INTO fts_documents (rowid, title, channel, text_words, caption_words)
    VALUES (new.video_id, new.title, new.channel, new.text_words, new.caption_words);
END;
"""
WORDS_OF_SQLITE = """
CREATE VIRTUAL TABLE fts_words USING fts5(word, tokenize = 'trigram case_sensitive 1');
CREATE TRIGGER fts_words_insert AFTER INSERT ON search_words BEGIN
    INSERT INTO fts_words (rowid, word) VALUES (new.id, '^' || new.word || '$');
END;
CREATE TRIGGER fts_words_delete AFTER DELETE ON search_words BEGIN
    DELETE FROM fts_words WHERE rowid = old.id;
END;
"""
INDEXES_OF_POSTGRES = """
CREATE INDEX fts_documents_title ON search_documents USING gin (array_to_tsvector(string_to_array(title, ' ')));
CREATE INDEX fts_documents_words ON search_documents USING gin (
    ((text_words || array_to_tsvector(string_to_array(channel, ' '))) || caption_words)
);
"""


def upgrade() -> None:
    _create_tables()
    if op.get_context().dialect.name == "sqlite":
        _run(DOCUMENTS_OF_SQLITE, end="END;")
        _run(WORDS_OF_SQLITE, end="END;")
    if not context.is_offline_mode():
        _fill(op.get_bind())
    if op.get_context().dialect.name == "postgresql":
        _run(INDEXES_OF_POSTGRES)
        for index in ("fts_documents_title", "fts_documents_words"):
            op.execute(f"ALTER INDEX {index} ALTER COLUMN 1 SET STATISTICS {STATISTICS}")
        _know_trigrams()
    with op.batch_alter_table("videos") as batch:
        batch.drop_column("search_text")


def _create_tables() -> None:
    op.create_table(
        "search_documents",
        sa.Column("video_id", BIG, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("tags", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("text_words", WORDS, nullable=False),
        sa.Column("caption_words", WORDS, nullable=False),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_search_documents_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("video_id", name=op.f("pk_search_documents")),
    )
    op.create_table(
        "search_tracks",
        sa.Column("caption_id", BIG, nullable=False),
        sa.Column("video_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("spoken", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["caption_id"], ["captions.id"], name=op.f("fk_search_tracks_caption_id_captions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_search_tracks_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("caption_id", name=op.f("pk_search_tracks")),
    )
    op.create_index(op.f("ix_search_tracks_video_id"), "search_tracks", ["video_id"])
    op.create_table(
        "search_words",
        sa.Column("id", BIG, nullable=False),
        sa.Column("word", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_words")),
        sa.UniqueConstraint("word", name=op.f("uq_search_words_word")),
    )
    op.create_table(
        "search_names",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("tag_id", BIG, nullable=True),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("folded", NAME, nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_search_names_tag_id_tags"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_search_names_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_names")),
        sa.UniqueConstraint("tag_id", "folded", name=op.f("uq_search_names_tag_id_folded")),
        sa.UniqueConstraint("user_id", "folded", name=op.f("uq_search_names_user_id_folded")),
    )
    op.create_index("ix_search_names_kind_folded", "search_names", ["kind", "folded"])


def _run(statements: str, *, end: str = ";") -> None:
    """One statement at a time; those of triggers hold semicolons, so they end with END;."""
    for statement in _cut(statements, end):
        op.execute(sa.text(statement.replace(":", "\\:")))


def _cut(statements: str, end: str) -> Iterator[str]:
    for part in statements.split("CREATE ")[1:]:
        yield "CREATE " + part.strip().removesuffix(";" if end == ";" else "")


def _know_trigrams() -> None:
    """Only who owns the database, or a superuser, may make extensions; searching works without this one."""
    if context.is_offline_mode():
        return
    bind = op.get_bind()
    try:
        with bind.begin_nested():
            bind.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            bind.execute(sa.text("CREATE INDEX fts_words_near ON search_words USING gist (word gist_trgm_ops)"))
    except sa.exc.DBAPIError as error:
        log.warning("no_trigrams", error=str(error.orig).partition("\n")[0], mend=HOW_TO_MEND)


def _fill(bind: sa.Connection) -> None:
    """Put in what there is; captions, whose texts are in the storage, come by themselves when the workers run."""
    for rows in _batches(bind, "SELECT id, name FROM tags WHERE id > :last ORDER BY id LIMIT :most"):
        _add_names(bind, "tag", [(row.id, name) for row in rows for name in beginnings(row.name)])
    people = "SELECT id, username, display_name FROM users WHERE id > :last ORDER BY id LIMIT :most"
    for rows in _batches(bind, people):
        _add_names(bind, "user", [(row.id, one) for row in rows for one in beginnings(row.display_name, row.username)])
    videos = (
        "SELECT videos.id, title, description, language, username, display_name "
        "FROM videos JOIN users ON users.id = owner_id WHERE videos.id > :last ORDER BY videos.id LIMIT :most"
    )
    for rows in _batches(bind, videos):
        _add_documents(bind, rows)


def _batches(bind: sa.Connection, statement: str) -> Iterator[Sequence[Any]]:
    last = 0
    while rows := bind.execute(sa.text(statement), {"last": last, "most": BATCH}).all():
        yield rows
        last = rows[-1].id


def _add_names(bind: sa.Connection, kind: str, names: list[tuple[int, str]]) -> None:
    statement = f"INSERT INTO search_names (kind, {kind}_id, folded) VALUES (:kind, :id, :folded)"  # noqa: S608 - of two words
    told = {"tag": "tag", "user": "channel"}[kind]
    if names:
        bind.execute(sa.text(statement), [{"kind": told, "id": id, "folded": name} for id, name in names])


def _add_documents(bind: sa.Connection, rows: Sequence[Any]) -> None:
    tags = _tags_of(bind, rows[0].id, rows[-1].id)
    documents = [
        {"video_id": row.id}
        | document_of(
            Texts(row.title, row.description, tags.get(row.id, []), (row.display_name, row.username), row.language)
        )
        for row in rows
    ]
    is_postgres = bind.dialect.name == "postgresql"
    bind.execute(sa.text(ADD_TO_POSTGRES if is_postgres else ADD_TO_SQLITE), documents)
    known = {word for one in documents for word in f"{one['text_words']} {one['channel']}".split()}
    wanted = [{"word": word} for word in sorted(known) if len(word) > 2 and not is_stem(word) and not word.isdigit()]
    if wanted:
        bind.execute(sa.text("INSERT INTO search_words (word) VALUES (:word) ON CONFLICT DO NOTHING"), wanted)


def _tags_of(bind: sa.Connection, first: int, last: int) -> dict[int, list[str]]:
    statement = (
        "SELECT video_id, name FROM video_tags JOIN tags ON tags.id = tag_id "
        "WHERE video_id BETWEEN :first AND :last ORDER BY video_id, name"
    )
    tags: dict[int, list[str]] = {}
    for video_id, name in bind.execute(sa.text(statement), {"first": first, "last": last}):
        tags.setdefault(video_id, []).append(name)
    return tags


def downgrade() -> None:
    with op.batch_alter_table("videos") as batch:
        batch.add_column(sa.Column("search_text", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("videos") as batch:
        batch.alter_column("search_text", existing_type=sa.String(), existing_nullable=False, server_default=None)
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TABLE fts_documents")
        op.execute("DROP TABLE fts_words")
    for table in ("search_names", "search_words", "search_tracks", "search_documents"):
        op.drop_table(table)
