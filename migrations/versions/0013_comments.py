"""Likes, comments and reports."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEGINS_THREAD = sa.text("thread_id IS NULL")
IS_PINNED = sa.text("is_pinned")
VIDEO_COLUMNS = (
    ("like_count", NUMBER, "0"),
    ("dislike_count", NUMBER, "0"),
    ("comment_rule", sa.String(length=20), "on"),
    ("comment_count", NUMBER, "0"),
)


def upgrade() -> None:
    op.create_table(
        "comments",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", sa.String(length=11), nullable=False),
        sa.Column("video_id", NUMBER, nullable=False),
        sa.Column("channel_id", NUMBER, nullable=False),
        sa.Column("author_id", NUMBER, nullable=False),
        sa.Column("thread_id", NUMBER, nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("send_id", sa.String(length=40), nullable=True),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("is_hearted", sa.Boolean(), nullable=False),
        sa.Column("like_count", NUMBER, nullable=False),
        sa.Column("reply_count", NUMBER, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_comments_author_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["users.id"], name=op.f("fk_comments_channel_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by_id"], ["users.id"], name=op.f("fk_comments_deleted_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["comments.id"], name=op.f("fk_comments_thread_id_comments"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_comments_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("author_id", "send_id", name="uq_comments_author_id"),
        sa.UniqueConstraint("public_id", name=op.f("uq_comments_public_id")),
    )
    with op.batch_alter_table("comments") as batch:
        batch.create_index("ix_comments_channel", ["channel_id", "is_held", "id"], unique=False)
        batch.create_index("ix_comments_deleted", ["deleted_at"], unique=False)
        batch.create_index("ix_comments_deleted_by_id", ["deleted_by_id"], unique=False)
        batch.create_index(
            "ix_comments_newest",
            ["video_id", "created_at", "id"],
            unique=False,
            sqlite_where=BEGINS_THREAD,
            postgresql_where=BEGINS_THREAD,
        )
        batch.create_index(
            "ix_comments_pinned", ["video_id"], unique=True, sqlite_where=IS_PINNED, postgresql_where=IS_PINNED
        )
        batch.create_index("ix_comments_thread", ["thread_id", "id"], unique=False)
        batch.create_index(
            "ix_comments_top",
            ["video_id", "like_count", "id"],
            unique=False,
            sqlite_where=BEGINS_THREAD,
            postgresql_where=BEGINS_THREAD,
        )
        batch.create_index("ix_comments_video", ["video_id", "id"], unique=False)

    op.create_table(
        "reactions",
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("video_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reactions_user_id_users"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_reactions_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "video_id", name=op.f("pk_reactions")),
    )
    with op.batch_alter_table("reactions") as batch:
        batch.create_index("ix_reactions_listed", ["user_id", "kind", "created_at", "video_id"], unique=False)
        batch.create_index(batch.f("ix_reactions_video_id"), ["video_id"], unique=False)

    op.create_table(
        "comment_likes",
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("comment_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_comment_likes_comment_id_comments"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_comment_likes_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "comment_id", name=op.f("pk_comment_likes")),
    )
    with op.batch_alter_table("comment_likes") as batch:
        batch.create_index(batch.f("ix_comment_likes_comment_id"), ["comment_id"], unique=False)

    op.create_table(
        "reports",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", sa.String(length=11), nullable=False),
        sa.Column("video_id", NUMBER, nullable=False),
        sa.Column("comment_id", NUMBER, nullable=True),
        sa.Column("subject", sa.String(length=30), nullable=False),
        sa.Column("reporter_id", NUMBER, nullable=True),
        sa.Column("reporter_key", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("excerpt", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("resolved_by_id", NUMBER, nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_reports_comment_id_comments"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["users.id"], name=op.f("fk_reports_reporter_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["users.id"], name=op.f("fk_reports_resolved_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_reports_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reports_public_id")),
        sa.UniqueConstraint("reporter_key", "subject", name="uq_reports_reporter_key"),
    )
    with op.batch_alter_table("reports") as batch:
        batch.create_index(batch.f("ix_reports_comment_id"), ["comment_id"], unique=False)
        batch.create_index("ix_reports_queue", ["is_open", "id"], unique=False)
        batch.create_index(batch.f("ix_reports_reporter_id"), ["reporter_id"], unique=False)
        batch.create_index(batch.f("ix_reports_resolved_by_id"), ["resolved_by_id"], unique=False)
        batch.create_index("ix_reports_subject", ["subject", "is_open"], unique=False)
        batch.create_index(batch.f("ix_reports_video_id"), ["video_id"], unique=False)

    with op.batch_alter_table("upload_defaults") as batch:
        batch.add_column(sa.Column("comments", sa.String(length=20), nullable=True))

    with op.batch_alter_table("videos") as batch:
        for name, kind, start in VIDEO_COLUMNS:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=start))
    with op.batch_alter_table("videos") as batch:
        for name, kind, _start in VIDEO_COLUMNS:
            batch.alter_column(name, existing_type=kind, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("videos") as batch:
        for name, _kind, _start in VIDEO_COLUMNS:
            batch.drop_column(name)
    with op.batch_alter_table("upload_defaults") as batch:
        batch.drop_column("comments")
    for table in ("reports", "comment_likes", "reactions", "comments"):
        op.drop_table(table)
