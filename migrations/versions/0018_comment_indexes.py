"""Find the pinned comment, held replies, and deleted texts by indexes of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

HAS_TEXT = sa.text("text <> ''")


def upgrade() -> None:
    op.drop_index("ix_comments_pinned", "comments")
    op.drop_index("ix_comments_deleted", "comments")
    op.create_index(
        "ix_comments_pinned",
        "comments",
        ["video_id"],
        unique=True,
        sqlite_where=sa.text("is_pinned = 1"),
        postgresql_where=sa.text("is_pinned"),
    )
    op.create_index(
        "ix_comments_held",
        "comments",
        ["thread_id"],
        sqlite_where=sa.text("is_held = 1"),
        postgresql_where=sa.text("is_held"),
    )
    op.create_index("ix_comments_deleted", "comments", ["deleted_at"], sqlite_where=HAS_TEXT, postgresql_where=HAS_TEXT)


def downgrade() -> None:
    for name in ("ix_comments_deleted", "ix_comments_held", "ix_comments_pinned"):
        op.drop_index(name, "comments")
    op.create_index(
        "ix_comments_pinned",
        "comments",
        ["video_id"],
        unique=True,
        sqlite_where=sa.text("is_pinned"),
        postgresql_where=sa.text("is_pinned"),
    )
    op.create_index("ix_comments_deleted", "comments", ["deleted_at"])
