"""Under which address is a built script, stylesheet or icon sheet found?"""

import json
from functools import cache
from pathlib import Path

from flask import Flask, request, url_for
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


@cache
def _manifest(_modified_ns: int) -> dict[str, str]:
    manifest: dict[str, str] = json.loads((DIST / "manifest.json").read_text())
    return manifest


def asset(name: str) -> str:
    """The address of a built file, such as `app.css`, with its hash."""
    modified_ns = (DIST / "manifest.json").stat().st_mtime_ns
    return url_for("static", filename=_manifest(modified_ns)[name])
