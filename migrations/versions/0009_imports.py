"""Files that the site fetches from other servers, and the jobs that do it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=11), nullable=False),
        sa.Column("video_id", BIG, nullable=False),
        sa.Column("owner_id", BIG, nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("size_bytes", BIG, nullable=True),
        sa.Column("received_bytes", BIG, nullable=False),
        sa.Column("stored_bytes", BIG, nullable=False),
        sa.Column("speed_bps", sa.Double(), nullable=True),
        sa.Column("part_size_bytes", BIG, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("parts_id", sa.String(), nullable=False),
        sa.Column("validator", sa.String(), nullable=True),
        sa.Column("allow_duplicate", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("error_code", sa.String(length=40), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_imports_owner_id_users"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_imports_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("key", name=op.f("uq_imports_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_imports_public_id")),
    )
    for column in ("expires_at", "owner_id", "state", "video_id"):
        op.create_index(op.f(f"ix_imports_{column}"), "imports", [column])
    with op.batch_alter_table("jobs") as batch:
        batch.alter_column("encode_id", existing_type=BIG, nullable=True)
        batch.add_column(sa.Column("import_id", BIG, nullable=True))
        batch.create_unique_constraint(op.f("uq_jobs_import_id"), ["import_id"])
        batch.create_foreign_key(
            op.f("fk_jobs_import_id_imports"), "imports", ["import_id"], ["id"], ondelete="CASCADE"
        )


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE encode_id IS NULL")
    with op.batch_alter_table("jobs") as batch:
        batch.drop_constraint(op.f("fk_jobs_import_id_imports"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_jobs_import_id"), type_="unique")
        batch.drop_column("import_id")
        batch.alter_column("encode_id", existing_type=BIG, nullable=False)
    op.drop_table("imports")
