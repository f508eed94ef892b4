"""When, about what and in which language videos are published, and what uploads begin with."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("videos") as batch:
        batch.add_column(sa.Column("category", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("language", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("publish_rule", sa.String(length=20), nullable=False, server_default="now"))
        batch.add_column(sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index(batch.f("ix_videos_publish_at"), ["publish_at"])
    with op.batch_alter_table("videos") as batch:
        batch.alter_column(
            "publish_rule", existing_type=sa.String(length=20), existing_nullable=False, server_default=None
        )
    op.create_table(
        "upload_defaults",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=True),
        sa.Column("language", sa.String(length=40), nullable=True),
        sa.Column("publish", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_upload_defaults_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_upload_defaults")),
    )


def downgrade() -> None:
    op.drop_table("upload_defaults")
    with op.batch_alter_table("videos") as batch:
        batch.drop_index(batch.f("ix_videos_publish_at"))
        batch.drop_column("publish_at")
        batch.drop_column("publish_rule")
        batch.drop_column("language")
        batch.drop_column("category")
