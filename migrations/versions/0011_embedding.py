"""On which sites a video's player may stand."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("videos") as batch:
        batch.add_column(sa.Column("embed_rule", sa.String(length=20), nullable=False, server_default="everywhere"))
        batch.add_column(sa.Column("embed_sites", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("videos") as batch:
        batch.alter_column("embed_rule", existing_type=sa.String(length=20), server_default=None)
        batch.alter_column("embed_sites", existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("videos") as batch:
        batch.drop_column("embed_sites")
        batch.drop_column("embed_rule")
