"""Under which licence a video stands, and when it was recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

LICENCE = sa.String(length=20)
LICENSED = sa.text("licence IS NOT NULL")


def upgrade() -> None:
    op.add_column("videos", sa.Column("licence", LICENCE))
    op.add_column("videos", sa.Column("recorded_on", sa.Date()))
    op.add_column("upload_defaults", sa.Column("licence", LICENCE))
    op.create_index(
        "ix_videos_licence",
        "videos",
        ["licence", "published_at", "id"],
        sqlite_where=LICENSED,
        postgresql_where=LICENSED,
    )


def downgrade() -> None:
    op.drop_index("ix_videos_licence", "videos")
    with op.batch_alter_table("upload_defaults") as batch:
        batch.drop_column("licence")
    with op.batch_alter_table("videos") as batch:
        batch.drop_column("recorded_on")
        batch.drop_column("licence")
