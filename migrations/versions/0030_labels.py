"""Labels among the words of videos: whose they are, their tags, how new they are; and dates beside their lengths."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

LISTED = "is_playable AND published_at IS NOT NULL"
LISTED_IN_SQLITE = "is_playable = 1 AND published_at IS NOT NULL"

LABEL_IN_SQLITE = """
UPDATE search_documents SET text_words = text_words || (
    SELECT ' ¬o¬' || owner_id || ' ¬r¬' || (id / 1024) FROM videos WHERE id = video_id
) || coalesce(
    (SELECT group_concat(' ¬t¬' || tag_id, '') FROM video_tags WHERE video_tags.video_id = search_documents.video_id), ''
) WHERE text_words NOT LIKE '%¬o¬%'
"""
LABEL_IN_POSTGRES = """
UPDATE search_documents SET text_words = text_words || array_to_tsvector(
    ARRAY['¬o¬' || videos.owner_id, '¬r¬' || (videos.id / 1024)]
    || ARRAY(SELECT '¬t¬' || tag_id FROM video_tags WHERE video_tags.video_id = videos.id)
) FROM videos WHERE videos.id = search_documents.video_id
"""
MAKE_INDEX = """
CREATE INDEX fts_documents_words ON search_documents USING gin (
    ((text_words || array_to_tsvector(string_to_array(channel, ' '))) || caption_words)
)
"""
KEEP_STATISTICS = "ALTER INDEX fts_documents_words ALTER COLUMN 1 SET STATISTICS 1000"


def upgrade() -> None:
    _know_lengths("duration_s", "id", "published_at")
    if op.get_context().dialect.name == "sqlite":
        op.execute(LABEL_IN_SQLITE)
    else:
        _label_in_postgres()


def downgrade() -> None:
    """The labels stay: nothing looks for them then, and a video has none twice that is labelled again."""
    _know_lengths("duration_s", "id")


def _know_lengths(*columns: str) -> None:
    op.drop_index("ix_videos_lasting", "videos")
    op.create_index(
        "ix_videos_lasting",
        "videos",
        list(columns),
        sqlite_where=sa.text(LISTED_IN_SQLITE),
        postgresql_where=sa.text(LISTED),
    )


def _label_in_postgres() -> None:
    """The index is made anew afterwards, which takes a part of the time of changing it for each video."""
    op.execute("SET LOCAL maintenance_work_mem = '256MB'")
    op.execute("DROP INDEX fts_documents_words")
    op.execute(LABEL_IN_POSTGRES)
    op.execute(MAKE_INDEX)
    op.execute(KEEP_STATISTICS)
    op.execute("ANALYZE search_documents")
