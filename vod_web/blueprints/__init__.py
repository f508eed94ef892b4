"""The pages: each view parses, calls one service and renders."""

from flask import Flask

from vod_web.blueprints import (
    admin,
    auth,
    channels,
    comments,
    downloads,
    embed,
    feeds,
    health,
    history,
    imports,
    library,
    media,
    mutes,
    notifications,
    playlists,
    premieres,
    reactions,
    reports,
    sensitivity,
    setup,
    sitemap,
    studio,
    subscriptions,
    transcripts,
    upload,
    watch,
)


def register_blueprints(app: Flask) -> None:
    """All pages of the site."""
    for module in (
        admin,
        auth,
        channels,
        comments,
        downloads,
        embed,
        feeds,
        health,
        history,
        imports,
        library,
        media,
        mutes,
        notifications,
        playlists,
        premieres,
        reactions,
        reports,
        sensitivity,
        setup,
        sitemap,
        studio,
        subscriptions,
        transcripts,
        upload,
        watch,
    ):
        app.register_blueprint(module.blueprint)
