"""Indexes for the videos that share a tag or a category with another."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_video_tags_tag", "video_tags", ["tag_id", "video_id"])
    op.drop_index("ix_video_tags_tag_id", "video_tags")
    op.create_index("ix_videos_category", "videos", ["category", "published_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_videos_category", "videos")
    op.create_index("ix_video_tags_tag_id", "video_tags", ["tag_id"])
    op.drop_index("ix_video_tags_tag", "video_tags")
