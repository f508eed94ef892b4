"""Under which address is a built script, stylesheet or icon sheet found?"""

import json
from functools import cache, lru_cache
from pathlib import Path

from flask import Flask, g, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"


def register_assets(app: Flask) -> None:
    """The `asset` function of templates; files with a hash in their name may be kept for good."""
    app.jinja_env.globals["asset"] = asset

    @app.after_request
    def keep_hashed_files(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def asset(name: str) -> str:
    """The address of a built file, such as `app.css`, with its hash."""
    if "assets" not in g:  # a page asks for hundreds
        g.assets = _addresses((DIST / "manifest.json").stat().st_mtime_ns, url_for("static", filename=""))
    address: str = g.assets[name]
    return address


@cache
def _addresses(_modified_ns: int, folder: str) -> dict[str, str]:
    manifest: dict[str, str] = json.loads((DIST / "manifest.json").read_text())
    return {name: f"{folder}{hashed}" for name, hashed in manifest.items()}


def icon(name: str, label: str | None = None, *, filled: bool = False) -> Markup:
    """An icon of the sprite (static/icons/). With a label it is an image for screen readers, else hidden from them."""
    return _icon(asset("icons.svg"), name, label, filled)


@lru_cache(maxsize=1000)
def _icon(sprite: str, name: str, label: str | None, filled: bool) -> Markup:
    more = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    kind = " icon-filled" if filled else ""
    return Markup('<svg class="icon{}"{}><use href="{}#{}"></use></svg>').format(kind, more, sprite, name)
