"""When the time left was measured, of each rendition too, and how fast an encode goes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("encodes") as batch:
        batch.add_column(sa.Column("cost", sa.Double(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("speed", sa.Double(), nullable=True))
    with op.batch_alter_table("encodes") as batch:
        batch.alter_column("cost", existing_type=sa.Double(), existing_nullable=False, server_default=None)
    with op.batch_alter_table("renditions") as batch:
        batch.add_column(sa.Column("eta_s", sa.Double(), nullable=True))
    with op.batch_alter_table("videos") as batch:
        batch.add_column(sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("videos") as batch:
        batch.drop_column("measured_at")
    with op.batch_alter_table("renditions") as batch:
        batch.drop_column("eta_s")
    with op.batch_alter_table("encodes") as batch:
        batch.drop_column("speed")
        batch.drop_column("cost")
