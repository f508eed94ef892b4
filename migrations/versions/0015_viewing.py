"""History, honest view counts, watch time, and what is popular."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IN_HISTORY = sa.text("removed_at IS NULL")
UNFINISHED = sa.text("goes_on AND removed_at IS NULL")
UNFINISHED_ON_SQLITE = sa.text("goes_on = 1 AND removed_at IS NULL")
REMOVED = sa.text("removed_at IS NOT NULL")
LISTED = sa.text("is_playable AND published_at IS NOT NULL")


def upgrade() -> None:
    _add_columns()
    with op.batch_alter_table("viewing_positions") as batch:
        batch.drop_index("ix_viewing_positions_history")
    places = ["user_id", "watched_at", "video_id"]
    for name, columns, on_sqlite, on_postgresql in (
        ("history", places, IN_HISTORY, IN_HISTORY),
        ("unfinished", places, UNFINISHED_ON_SQLITE, UNFINISHED),
        ("removed", ["removed_at"], REMOVED, REMOVED),
    ):
        where = {"sqlite_where": on_sqlite, "postgresql_where": on_postgresql}
        op.create_index(f"ix_viewing_positions_{name}", "viewing_positions", columns, **where)
    _make_figures()
    _make_ranking()


def _add_columns() -> None:
    no = sa.false()
    with op.batch_alter_table("viewing_positions") as batch:
        batch.add_column(sa.Column("goes_on", sa.Boolean(), nullable=False, server_default=no))
        batch.add_column(sa.Column("removed_at", MOMENT))
    with op.batch_alter_table("viewing_positions") as batch:
        batch.alter_column("goes_on", existing_type=sa.Boolean(), server_default=None)
    op.execute(
        "UPDATE viewing_positions SET goes_on = (position_s >= 10 AND position_s <= 0.95 * coalesce("
        "(SELECT duration_s FROM videos WHERE videos.id = video_id), 0)) WHERE position_s >= 10"
    )
    with op.batch_alter_table("users") as batch:
        batch.add_column(sa.Column("is_history_paused", sa.Boolean(), nullable=False, server_default=no))
    with op.batch_alter_table("users") as batch:
        batch.alter_column("is_history_paused", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("videos") as batch:
        batch.add_column(sa.Column("watched_s", sa.Double(), nullable=False, server_default="0"))
    with op.batch_alter_table("videos") as batch:
        batch.alter_column("watched_s", existing_type=sa.Double(), server_default=None)
    op.create_index("ix_videos_viewed", "videos", ["view_count", "id"], sqlite_where=LISTED, postgresql_where=LISTED)


def _make_figures() -> None:
    op.create_table(
        "video_days",
        sa.Column("video_id", NUMBER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("views", NUMBER, nullable=False),
        sa.Column("watched_s", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_video_days_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("video_id", "day", name=op.f("pk_video_days")),
    )
    op.create_index("ix_video_days_day", "video_days", ["day", "video_id"])
    op.create_table(
        "video_retentions",
        sa.Column("video_id", NUMBER, nullable=False),
        sa.Column("viewers", NUMBER, nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_video_retentions_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("video_id", name=op.f("pk_video_retentions")),
    )
    op.create_table(
        "figure_batches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_batches")),
    )
    op.create_index(op.f("ix_figure_batches_counted_at"), "figure_batches", ["counted_at"])


def _make_ranking() -> None:
    op.create_table(
        "popular_videos",
        sa.Column("popular_in", sa.String(length=20), nullable=False),
        sa.Column("video_id", NUMBER, nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_popular_videos_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("popular_in", "video_id", name=op.f("pk_popular_videos")),
    )
    op.create_index("ix_popular_videos_ranking", "popular_videos", ["popular_in", "score", "video_id"])
    op.create_index(op.f("ix_popular_videos_video_id"), "popular_videos", ["video_id"])


def downgrade() -> None:
    for name in ("popular_videos", "figure_batches", "video_retentions", "video_days"):
        op.drop_table(name)
    op.drop_index("ix_videos_viewed", "videos")
    with op.batch_alter_table("videos") as batch:
        batch.drop_column("watched_s")
    with op.batch_alter_table("users") as batch:
        batch.drop_column("is_history_paused")
    for name in ("history", "unfinished", "removed"):
        op.drop_index(f"ix_viewing_positions_{name}", "viewing_positions")
    with op.batch_alter_table("viewing_positions") as batch:
        batch.drop_column("removed_at")
        batch.drop_column("goes_on")
        batch.create_index("ix_viewing_positions_history", ["user_id", "watched_at"])
