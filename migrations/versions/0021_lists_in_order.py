"""Indexes for lists by date, by views and by length, in the words by which SQLite finds them."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

LISTED = sa.text("is_playable AND published_at IS NOT NULL")
LISTED_IN_SQLITE = sa.text("is_playable = 1 AND published_at IS NOT NULL")


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _view_index_in(LISTED_IN_SQLITE)
    where = {"sqlite_where": LISTED_IN_SQLITE, "postgresql_where": LISTED}
    op.create_index("ix_videos_lasting", "videos", ["duration_s", "id"], **where)
    op.create_index("ix_videos_newest", "videos", ["published_at", "id"], **where)


def downgrade() -> None:
    op.drop_index("ix_videos_newest", "videos")
    op.drop_index("ix_videos_lasting", "videos")
    if op.get_context().dialect.name == "sqlite":
        _view_index_in(LISTED)


def _view_index_in(words: sa.TextClause) -> None:
    op.drop_index("ix_videos_viewed", "videos")
    op.create_index("ix_videos_viewed", "videos", ["view_count", "id"], sqlite_where=words)
