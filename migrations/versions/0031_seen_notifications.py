"""When a person last saw the list of notifications, and the unread ones in the order of their time."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("notifications_seen_at", sa.DateTime(timezone=True)))
    _index_by("user_id", "created_at", "id")


def downgrade() -> None:
    _index_by("user_id", "id")
    with op.batch_alter_table("users") as batch:
        batch.drop_column("notifications_seen_at")


def _index_by(*columns: str) -> None:
    op.drop_index("ix_notifications_unread", "notifications")
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        list(columns),
        sqlite_where=sa.text("read_at IS NULL AND is_on_site = 1"),
        postgresql_where=sa.text("read_at IS NULL AND is_on_site"),
    )
