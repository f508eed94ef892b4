"""Who offers the sound of the own videos as a podcast, and which episodes are made."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WANTED = sa.text("has_podcast")


def upgrade() -> None:
    with op.batch_alter_table("users") as batch:
        batch.add_column(sa.Column("has_podcast", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("users") as batch:
        batch.alter_column("has_podcast", existing_type=sa.Boolean(), server_default=None)
    op.create_index("ix_users_podcasts", "users", ["id"], sqlite_where=WANTED, postgresql_where=WANTED)
    with op.batch_alter_table("encodes") as batch:
        batch.add_column(sa.Column("episode_bytes", NUMBER))


def downgrade() -> None:
    with op.batch_alter_table("encodes") as batch:
        batch.drop_column("episode_bytes")
    op.drop_index("ix_users_podcasts", "users")
    with op.batch_alter_table("users") as batch:
        batch.drop_column("has_podcast")
