"""What people may keep of videos, and the files that are made for it."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RULE = sa.String(length=20)
COLUMNS = {"videos": "download_rule", "upload_defaults": "downloads"}
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    for table, name in COLUMNS.items():
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(name, RULE, nullable=False, server_default="off"))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(name, existing_type=RULE, existing_nullable=False, server_default=None)
    op.create_table(
        "downloads",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("encode_id", NUMBER, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("size_bytes", NUMBER, nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["encode_id"], ["encodes.id"], name="fk_downloads_encode_id_encodes", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_downloads"),
        sa.UniqueConstraint("encode_id", "name", name="uq_downloads_encode_id_name"),
    )
    op.create_index("ix_downloads_used_at", "downloads", ["used_at"])
    op.create_index("ix_downloads_waiting", "downloads", ["wanted_at"], sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    op.drop_table("downloads")
    for table, name in reversed(COLUMNS.items()):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(name)
