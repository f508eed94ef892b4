"""Which headers does every answer carry?"""

from urllib.parse import urlsplit

from flask import Flask
from werkzeug.wrappers import Response

from vod_web.core.settings import Settings


def register_headers(app: Flask, settings: Settings) -> None:
    """A strict Content-Security-Policy and its companions, and what caches must know."""
    policy = content_security_policy(settings)

    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
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


def content_security_policy(settings: Settings) -> str:
    """Nothing from other hosts but media and parts of uploads where storage is elsewhere; nothing inline."""
    elsewhere = " ".join(sorted(_media_origins(settings)))
    own_and_storage = f"'self' {elsewhere}".strip()
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
            "frame-ancestors 'self'",
        )
    )


def _media_origins(settings: Settings) -> set[str]:
    if settings.storage != "s3":
        return set()
    endpoint = settings.s3_public_endpoint_url or settings.s3_endpoint_url
    if not endpoint:
        endpoint = f"https://s3.{settings.s3_region}.amazonaws.com"
    parts = urlsplit(endpoint)
    origins = {f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://{settings.s3_bucket}.{parts.netloc}"}
    if settings.cdn_url:
        cdn = urlsplit(settings.cdn_url)
        origins.add(f"{cdn.scheme}://{cdn.netloc}")
    return origins
