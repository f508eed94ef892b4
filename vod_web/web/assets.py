"""Under which address is a built script, stylesheet or icon sheet found, and how is it sent?

A script is announced together with all that it imports: otherwise the browser finds one file after another, each
in the one before. Texts are sent as the build has compressed them.
"""

import json
from functools import cache, lru_cache
from mimetypes import guess_type
from pathlib import Path
from typing import NamedTuple

from flask import Flask, g, request, send_from_directory, url_for
from markupsafe import Markup
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"


def register_assets(app: Flask) -> None:
    """The functions of templates for built files; files with a hash in their name may be kept for good."""
    app.jinja_env.globals.update(asset=asset, script=script)
    app.view_functions["static"] = _send_built

    @app.after_request
    def keep_hashed_files(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


class _Built(NamedTuple):
    addresses: dict[str, str]
    imports: dict[str, list[str]]
    """Of each script, the addresses of what it imports."""


def _send_built(filename: str) -> Response:
    """A built file, compressed where the build made it so and the browser takes it."""
    packed = safe_join(str(DIST), f"{filename}.gz")
    if packed is None or not Path(packed).is_file():
        return send_from_directory(DIST, filename)
    if request.accept_encodings.quality("gzip") <= 0:
        response = send_from_directory(DIST, filename)
    else:
        response = send_from_directory(DIST, f"{filename}.gz", mimetype=guess_type(filename)[0], download_name=filename)
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def asset(name: str) -> str:
    """The address of a built file, such as `app.css`, with its hash."""
    return _built().addresses[name]


def script(name: str) -> Markup:
    """The tags of a script for the head of a page, with what it imports: whatever no tag before has brought."""
    tag = Markup('<script type="module" src="{}"></script>').format(asset(name))
    return _announce(_built().imports[name]) + tag


def _announce(addresses: list[str]) -> Markup:
    known: set[str] = g.setdefault("announced_scripts", set())
    new = [address for address in addresses if address not in known]
    known.update(new)
    return Markup("").join(Markup('<link rel="modulepreload" href="{}">\n    ').format(address) for address in new)


def _built() -> _Built:
    known: _Built | None = g.get("built_assets")  # a page asks for hundreds
    if known is None:
        known = _read((DIST / "manifest.json").stat().st_mtime_ns, url_for("static", filename=""))
        g.built_assets = known
    return known


@cache
def _read(_modified_ns: int, folder: str) -> _Built:
    manifest = json.loads((DIST / "manifest.json").read_text())
    return _Built(
        {name: f"{folder}{hashed}" for name, hashed in manifest["files"].items()},
        {name: [f"{folder}{hashed}" for hashed in hashes] for name, hashes in manifest["imports"].items()},
    )


def icon(name: str, label: str | None = None, *, filled: bool = False) -> Markup:
    """An icon of the sprite (static/icons/). With a label it is an image for screen readers, else hidden from them."""
    return _icon(asset("icons.svg"), name, label, filled)


@lru_cache(maxsize=1000)
def _icon(sprite: str, name: str, label: str | None, filled: bool) -> Markup:
    more = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    kind = " icon-filled" if filled else ""
    return Markup('<svg class="icon{}"{}><use href="{}#{}"></use></svg>').format(kind, more, sprite, name)
