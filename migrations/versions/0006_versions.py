"""Which file of a video is in use, which one is to take its place, and which ones were in use before."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("sources") as batch:
        batch.add_column(sa.Column("duration_s", sa.Double(), nullable=True))
        batch.add_column(sa.Column("width_px", BIG, nullable=True))
        batch.add_column(sa.Column("height_px", BIG, nullable=True))
        batch.add_column(sa.Column("frame_rate", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("state", sa.String(length=20), nullable=False, server_default="current"))
        batch.add_column(sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("files_removed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("status", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("status_reason", sa.String(), nullable=True))
        batch.add_column(sa.Column("progress", sa.Double(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("eta_s", sa.Double(), nullable=True))
        batch.add_column(sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index(batch.f("ix_sources_retired"), ["state", "retired_at"])
    with op.batch_alter_table("videos") as batch:
        batch.add_column(sa.Column("version_bytes", BIG, nullable=False, server_default="0"))
    with op.batch_alter_table("uploads") as batch:
        batch.add_column(sa.Column("is_replacement", sa.Boolean(), nullable=False, server_default=sa.false()))
    _drop_defaults("sources", state=sa.String(length=20), progress=sa.Double())
    _drop_defaults("videos", version_bytes=BIG)
    _drop_defaults("uploads", is_replacement=sa.Boolean())
    op.create_index(
        "uq_sources_incoming",
        "sources",
        ["video_id"],
        unique=True,
        sqlite_where=sa.text("state = 'incoming'"),
        postgresql_where=sa.text("state = 'incoming'"),
    )
    op.execute(
        "UPDATE sources SET "
        "duration_s = (SELECT duration_s FROM videos WHERE videos.id = sources.video_id), "
        "width_px = (SELECT width_px FROM videos WHERE videos.id = sources.video_id), "
        "height_px = (SELECT height_px FROM videos WHERE videos.id = sources.video_id), "
        "frame_rate = (SELECT frame_rate FROM videos WHERE videos.id = sources.video_id)"
    )


def _drop_defaults(table: str, **columns: sa.types.TypeEngine[object]) -> None:
    with op.batch_alter_table(table) as batch:
        for name, kind in columns.items():
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)


def downgrade() -> None:
    op.drop_index("uq_sources_incoming", "sources")
    with op.batch_alter_table("uploads") as batch:
        batch.drop_column("is_replacement")
    with op.batch_alter_table("videos") as batch:
        batch.drop_column("version_bytes")
    with op.batch_alter_table("sources") as batch:
        batch.drop_index(batch.f("ix_sources_retired"))
        for name in ("measured_at", "eta_s", "progress", "status_reason", "status", "files_removed_at", "retired_at"):
            batch.drop_column(name)
        for name in ("state", "frame_rate", "height_px", "width_px", "duration_s"):
            batch.drop_column(name)
