"""The index of unread notifications, in the words by which SQLite finds it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _index_in("read_at IS NULL AND is_on_site = 1")


def downgrade() -> None:
    _index_in("read_at IS NULL AND is_on_site")


def _index_in(words: str) -> None:
    if op.get_context().dialect.name == "sqlite":
        op.drop_index("ix_notifications_unread", "notifications")
        op.create_index("ix_notifications_unread", "notifications", ["user_id", "id"], sqlite_where=sa.text(words))
