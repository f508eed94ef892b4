"""Caption tracks, and how loud sound is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "captions",
        sa.Column("id", number, nullable=False),
        sa.Column("public_id", sa.String(length=11), nullable=False),
        sa.Column("video_id", number, nullable=False),
        sa.Column("source_id", number, nullable=True),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("is_forced", sa.Boolean(), nullable=False),
        sa.Column("position", number, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("size_bytes", number, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_captions_source_id_sources"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_captions_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_captions_public_id")),
    )
    with op.batch_alter_table("captions") as batch:
        batch.create_index(batch.f("ix_captions_source_id"), ["source_id"])
        batch.create_index(batch.f("ix_captions_video_id"), ["video_id"])
    with op.batch_alter_table("renditions") as batch:
        batch.add_column(sa.Column("loudness_lufs", sa.Double(), nullable=True))
        batch.add_column(sa.Column("peak_dbfs", sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("renditions") as batch:
        batch.drop_column("peak_dbfs")
        batch.drop_column("loudness_lufs")
    op.drop_table("captions")
