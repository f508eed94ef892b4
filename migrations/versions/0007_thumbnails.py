"""Which picture a person chose for a video, and what is stored of it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("videos") as batch:
        batch.add_column(sa.Column("thumbnail_kind", sa.String(length=20), nullable=False, server_default="automatic"))
        batch.add_column(sa.Column("thumbnail_at_s", sa.Double(), nullable=True))
    with op.batch_alter_table("videos") as batch:
        batch.alter_column(
            "thumbnail_kind", existing_type=sa.String(length=20), existing_nullable=False, server_default=None
        )
    op.create_table(
        "thumbnails",
        sa.Column("id", BIG, nullable=False),
        sa.Column("video_id", BIG, nullable=False),
        sa.Column("source_id", BIG, nullable=True),
        sa.Column("at_s", sa.Double(), nullable=True),
        sa.Column("name", sa.String(length=11), nullable=False),
        sa.Column("size_bytes", BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_thumbnails_source_id_sources"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_thumbnails_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thumbnails")),
        sa.UniqueConstraint("name", name=op.f("uq_thumbnails_name")),
    )
    op.create_index(op.f("ix_thumbnails_video_id"), "thumbnails", ["video_id"])
    op.create_index(op.f("ix_thumbnails_source_id"), "thumbnails", ["source_id"])
    op.create_index(op.f("ix_thumbnails_dropped_at"), "thumbnails", ["dropped_at"])
    op.create_index(
        "uq_thumbnails_shown",
        "thumbnails",
        ["video_id"],
        unique=True,
        sqlite_where=sa.text("dropped_at IS NULL"),
        postgresql_where=sa.text("dropped_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("thumbnails")
    with op.batch_alter_table("videos") as batch:
        batch.drop_column("thumbnail_at_s")
        batch.drop_column("thumbnail_kind")
