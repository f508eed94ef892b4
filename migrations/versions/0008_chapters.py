"""Chapters, and captions that people add, change and take back."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "chapters",
        sa.Column("id", BIG, nullable=False),
        sa.Column("video_id", BIG, nullable=False),
        sa.Column("source_id", BIG, nullable=True),
        sa.Column("of_set", sa.String(length=20), nullable=False),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_chapters_source_id_sources"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_chapters_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chapters")),
    )
    op.create_index(op.f("ix_chapters_source_id"), "chapters", ["source_id"])
    op.create_index(op.f("ix_chapters_video_id"), "chapters", ["video_id"])
    with op.batch_alter_table("videos") as batch:
        batch.add_column(sa.Column("chapter_set", sa.String(length=20), nullable=False, server_default="source"))
    with op.batch_alter_table("captions") as batch:
        batch.add_column(sa.Column("filename", sa.String(length=255), nullable=True))
        batch.add_column(sa.Column("cue_count", BIG, nullable=True))
        batch.add_column(sa.Column("end_s", sa.Double(), nullable=True))
        batch.add_column(sa.Column("is_edited", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index(batch.f("ix_captions_deleted_at"), ["deleted_at"])
    _drop_default("videos", "chapter_set", sa.String(length=20))
    _drop_default("captions", "is_edited", sa.Boolean())


def _drop_default(table: str, column: str, kind: sa.types.TypeEngine[object]) -> None:
    with op.batch_alter_table(table) as batch:
        batch.alter_column(column, existing_type=kind, existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("captions") as batch:
        batch.drop_index(batch.f("ix_captions_deleted_at"))
        for name in ("deleted_at", "is_edited", "end_s", "cue_count", "filename"):
            batch.drop_column(name)
    with op.batch_alter_table("videos") as batch:
        batch.drop_column("chapter_set")
    op.drop_table("chapters")
