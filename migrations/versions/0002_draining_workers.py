"""Workers that are told to end, and how busy they are."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("workers") as batch:
        batch.add_column(sa.Column("cpu_cores", sa.Double(), nullable=True))
        batch.add_column(sa.Column("drained_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("workers") as batch:
        batch.drop_column("drained_at")
        batch.drop_column("cpu_cores")
