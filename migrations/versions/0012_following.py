"""Followers are counted, and people are told of what happens, on the site and by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
UNREAD = sa.text("read_at IS NULL AND is_on_site")
TO_MAIL = sa.text("mail_due_at IS NOT NULL")
UNANNOUNCED = sa.text("announced_at IS NULL AND is_playable AND visibility IN ('public', 'internal')")


def upgrade() -> None:
    _make_notifications()
    _make_settings()
    with op.batch_alter_table("subscriptions") as batch:
        batch.drop_index(op.f("ix_subscriptions_channel_id"))
        batch.create_index("ix_subscriptions_bells", ["channel_id", "has_bell", "subscriber_id"])
    with op.batch_alter_table("users") as batch:
        batch.add_column(sa.Column("follower_count", NUMBER, nullable=False, server_default="0"))
    with op.batch_alter_table("users") as batch:
        batch.alter_column("follower_count", existing_type=NUMBER, server_default=None)
    op.execute(
        "UPDATE users SET follower_count = (SELECT count(*) FROM subscriptions WHERE channel_id = users.id)"
        " WHERE id IN (SELECT channel_id FROM subscriptions)"
    )
    with op.batch_alter_table("videos") as batch:
        batch.add_column(sa.Column("announced_at", MOMENT))
    op.execute(  # nobody is told of what has been here for long
        "UPDATE videos SET announced_at = published_at WHERE visibility IN ('public', 'internal')"
    )
    op.create_index("ix_videos_channel", "videos", ["owner_id", "published_at", "id"])
    op.create_index(
        "ix_videos_unannounced", "videos", ["published_at"], sqlite_where=UNANNOUNCED, postgresql_where=UNANNOUNCED
    )


def _make_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("video_id", NUMBER),
        sa.Column("person_id", NUMBER),
        sa.Column("excerpt", sa.String(length=200), nullable=False),
        sa.Column("is_on_site", sa.Boolean(), nullable=False),
        sa.Column("mail_due_at", MOMENT),
        sa.Column("is_for_digest", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_notifications_person_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notifications_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_notifications_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("user_id", "kind", "subject", name=op.f("uq_notifications_user_id_kind_subject")),
    )
    op.create_index("ix_notifications_list", "notifications", ["user_id", "created_at", "id"])
    op.create_index(op.f("ix_notifications_person_id"), "notifications", ["person_id"])
    op.create_index("ix_notifications_about", "notifications", ["video_id", "kind", "subject"])
    op.create_index(
        "ix_notifications_unread", "notifications", ["user_id", "id"], sqlite_where=UNREAD, postgresql_where=UNREAD
    )
    op.create_index(
        "ix_notifications_mail",
        "notifications",
        ["mail_due_at", "user_id"],
        sqlite_where=TO_MAIL,
        postgresql_where=TO_MAIL,
    )


def _make_settings() -> None:
    op.create_table(
        "notification_settings",
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("on_site", sa.Boolean(), nullable=False),
        sa.Column("mail", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notification_settings_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_notification_settings")),
    )
    op.create_table(
        "mail_turns",
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("held_until", MOMENT),
        sa.Column("failures", NUMBER, nullable=False),
        sa.Column("digest_sent_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_mail_turns_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_turns")),
    )
    op.create_table(
        "announcements",
        sa.Column("video_id", NUMBER, nullable=False),
        sa.Column("told_up_to", NUMBER, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_announcements_video_id_videos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("video_id", name=op.f("pk_announcements")),
    )


def downgrade() -> None:
    op.drop_index("ix_videos_unannounced", "videos")
    op.drop_index("ix_videos_channel", "videos")
    with op.batch_alter_table("videos") as batch:
        batch.drop_column("announced_at")
    with op.batch_alter_table("users") as batch:
        batch.drop_column("follower_count")
    with op.batch_alter_table("subscriptions") as batch:
        batch.drop_index("ix_subscriptions_bells")
        batch.create_index(op.f("ix_subscriptions_channel_id"), ["channel_id"])
    for name in ("announcements", "mail_turns", "notification_settings", "notifications"):
        op.drop_table(name)
