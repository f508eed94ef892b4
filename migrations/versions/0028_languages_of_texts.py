"""In which languages texts are, and which titles are exactly what somebody typed."""

import sqlalchemy as sa
from alembic import context, op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

USUAL = "en"
"""What is taken for the language of texts of which nobody says it."""


def upgrade() -> None:
    op.create_table(
        "search_languages",
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("language", name=op.f("pk_search_languages")),
    )
    op.create_index("ix_search_documents_title", "search_documents", ["title"], postgresql_using="hash")
    if not context.is_offline_mode():
        _fill(op.get_bind())


def _fill(bind: sa.Connection) -> None:
    said = bind.scalars(sa.text("SELECT DISTINCT language FROM videos UNION SELECT DISTINCT language FROM captions"))
    known = {(language or "und").partition("-")[0].lower() for language in said}
    rows = [{"language": USUAL if base == "und" else base} for base in sorted(known)]
    for row in {row["language"]: row for row in rows}.values():
        bind.execute(sa.text("INSERT INTO search_languages (language) VALUES (:language)"), row)


def downgrade() -> None:
    op.drop_index("ix_search_documents_title", "search_documents")
    op.drop_table("search_languages")
