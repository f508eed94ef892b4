"""Playlists with orders, covers, counts, parts of videos, and undo."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNT = """
UPDATE playlists SET item_count =
    (SELECT count(*) FROM playlist_items WHERE playlist_items.playlist_id = playlists.id)
"""


def upgrade() -> None:
    with op.batch_alter_table("playlists") as batch:
        batch.add_column(sa.Column("item_order", sa.String(length=20), nullable=False, server_default="hand"))
        batch.add_column(sa.Column("cover_video_id", BIG, nullable=True))
        batch.add_column(sa.Column("item_count", BIG, nullable=False, server_default="0"))
        batch.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_playlists_cover_video_id_videos"), "videos", ["cover_video_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_index(batch.f("ix_playlists_cover_video_id"), ["cover_video_id"])
        batch.create_index(batch.f("ix_playlists_deleted_at"), ["deleted_at"])
        batch.create_index(
            "uq_playlists_watch_later",
            ["owner_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'watch_later'"),
            postgresql_where=sa.text("kind = 'watch_later'"),
        )
    op.execute(COUNT)
    with op.batch_alter_table("playlists") as batch:
        batch.alter_column("item_order", existing_type=sa.String(length=20), server_default=None)
        batch.alter_column("item_count", existing_type=BIG, server_default=None)
    with op.batch_alter_table("playlist_items") as batch:
        batch.add_column(sa.Column("start_s", sa.Double(), nullable=True))
        batch.add_column(sa.Column("stop_s", sa.Double(), nullable=True))
        batch.drop_index("ix_playlist_items_order")
        batch.create_index("ix_playlist_items_order", ["playlist_id", "position", "id"])
    op.create_table(
        "playlist_changes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=11), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("added", sa.JSON(), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_playlist_changes_person_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playlist_changes")),
        sa.UniqueConstraint("public_id", name=op.f("uq_playlist_changes_public_id")),
    )
    with op.batch_alter_table("playlist_changes") as batch:
        batch.create_index(batch.f("ix_playlist_changes_created_at"), ["created_at"])
        batch.create_index(batch.f("ix_playlist_changes_person_id"), ["person_id"])


def downgrade() -> None:
    op.drop_table("playlist_changes")
    with op.batch_alter_table("playlist_items") as batch:
        batch.drop_index("ix_playlist_items_order")
        batch.create_index("ix_playlist_items_order", ["playlist_id", "position"])
        batch.drop_column("stop_s")
        batch.drop_column("start_s")
    with op.batch_alter_table("playlists") as batch:
        batch.drop_index("uq_playlists_watch_later")
        batch.drop_index(batch.f("ix_playlists_deleted_at"))
        batch.drop_index(batch.f("ix_playlists_cover_video_id"))
        batch.drop_constraint(batch.f("fk_playlists_cover_video_id_videos"), type_="foreignkey")
        batch.drop_column("deleted_at")
        batch.drop_column("item_count")
        batch.drop_column("cover_video_id")
        batch.drop_column("item_order")
