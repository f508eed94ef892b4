"""Pictures and links of channels, and the orders of their videos."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "channel_pictures",
        sa.Column("id", BIG, nullable=False),
        sa.Column("owner_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=11), nullable=False),
        sa.Column("widths_px", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_channel_pictures_owner_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_pictures")),
        sa.UniqueConstraint("name", name=op.f("uq_channel_pictures_name")),
    )
    op.create_index("ix_channel_pictures_dropped_at", "channel_pictures", ["dropped_at"])
    op.create_index("ix_channel_pictures_owner", "channel_pictures", ["owner_id", "kind", "dropped_at"])
    with op.batch_alter_table("users") as batch:
        batch.add_column(sa.Column("links", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("avatar_name", sa.String(length=11), nullable=True))
        batch.add_column(sa.Column("banner_name", sa.String(length=11), nullable=True))
    with op.batch_alter_table("users") as batch:
        batch.alter_column("links", existing_type=sa.JSON(), server_default=None)
    op.create_index("ix_videos_owner_viewed", "videos", ["owner_id", "view_count", "id"])


def downgrade() -> None:
    op.drop_index("ix_videos_owner_viewed", table_name="videos")
    with op.batch_alter_table("users") as batch:
        batch.drop_column("banner_name")
        batch.drop_column("avatar_name")
        batch.drop_column("links")
    op.drop_table("channel_pictures")
