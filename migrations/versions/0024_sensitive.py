"""Which videos are sensitive, and how each person wants to see them."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

FLAGS = {"videos": ("is_sensitive", "is_marked_by_moderator"), "upload_defaults": ("is_sensitive",)}


def upgrade() -> None:
    for table, names in FLAGS.items():
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.alter_column(name, existing_type=sa.Boolean(), server_default=None)
    op.add_column("users", sa.Column("sensitive_rule", sa.String(length=20)))


def downgrade() -> None:
    with op.batch_alter_table("users") as batch:
        batch.drop_column("sensitive_rule")
    for table, names in reversed(FLAGS.items()):
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)
