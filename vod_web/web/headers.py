"""Which headers does every answer carry?"""

from collections.abc import Sequence

from flask import Flask, g
from werkzeug.wrappers import Response

from vod_web.core.settings import Settings
from vod_web.services.embedding import OWN_SITE
from vod_web.storage.base import Storage


def register_headers(app: Flask, settings: Settings, storage: Storage) -> None:
    """A strict Content-Security-Policy and its companions, and what caches must know."""
    policy = content_security_policy(storage.browser_origins())

    def add_headers(response: Response) -> Response:
        ancestors: Sequence[str] = g.get("frame_ancestors", OWN_SITE)
        response.headers.setdefault("Content-Security-Policy", f"{policy}; frame-ancestors {' '.join(ancestors)}")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if ancestors == OWN_SITE:  # the older header knows no list of sites
            response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if settings.is_https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if response.mimetype == "text/html":
            response.vary.update(("Cookie", "HX-Request-Type"))
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    app.after_request(add_headers)


def allow_frames(ancestors: Sequence[str]) -> None:
    """The answer to this request may stand in frames of these sites, written as a Content-Security-Policy does."""
    g.frame_ancestors = ancestors


def content_security_policy(storage_origins: Sequence[str]) -> str:
    """Nothing from other hosts but media and parts of uploads where storage is elsewhere; nothing inline."""
    own_and_storage = " ".join(("'self'", *storage_origins))
    return "; ".join(
        (
            "default-src 'self'",
            f"img-src {own_and_storage} data: blob:",
            f"media-src {own_and_storage} blob:",
            f"connect-src {own_and_storage}",
            "worker-src 'self' blob:",
            "style-src 'self'",
            "script-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )
