"""How do the bytes of a stored object reach a browser?

Local files go out by the kernel, or by an nginx in front (`X-Accel-Redirect`); objects on S3 are fetched there, at
an address that is signed for a minute. Only playlists and lists of tiles pass through us from S3, because the
relative names in them must go on under our own address.

What caches may keep: a segment never changes, so a browser keeps it for good. A cache that many share keeps it
too, but asks us again after a second (`s-maxage`, answered by 304), so that a video that is made private stops
there as well. Addresses with a playback token are for one person's browser alone.
"""

import gzip
import hashlib
from pathlib import PurePosixPath
from urllib.parse import quote

from flask import current_app, request, send_file
from werkzeug.wrappers import Response

from vod_web.core.errors import NotFound, StorageFailed
from vod_web.resources import resources
from vod_web.services.playback import Delivery
from vod_web.services.versions import Original
from vod_web.storage.base import LocalFile, Redirect
from vod_web.storage.keys import content_type_of

SIGNED_FOR_S = 60
"""Time enough to begin a download; also the time for which an address that leaked is of use."""

NGINX_LOCATION = "/stored-media/"
"""The internal location of nginx that stands for the storage's folder; see deploy/."""

ANY_BYTES = "application/octet-stream"
"""What a file is called that nobody should open but save."""
IMMUTABLE = (".m4s", ".mp4", ".m4a")
PLAYLIST = ".m3u8"
LISTS = (PLAYLIST, ".vtt")


def deliver(found: Delivery) -> Response:
    """The answer with this object: its bytes, or where they are."""
    place = resources().storage.delivery(
        found.key,
        expires_in_s=SIGNED_FOR_S,
        content_type=content_type_of(found.key),
        is_public=found.is_public,
    )
    response = _send_local(found, place) if isinstance(place, LocalFile) else _send_remote(found, place)
    if response.status_code != 302:
        response.headers["Cache-Control"] = cache_control(found)
    return response


def cache_control(found: Delivery) -> str:
    """Who may keep the object, and for how long."""
    suffix = PurePosixPath(found.key).suffix
    if suffix == PLAYLIST and not found.is_finished:
        return "no-store"
    if suffix == PLAYLIST:
        return "public, max-age=0, s-maxage=1, must-revalidate" if found.is_public else "private, no-cache"
    kept = "max-age=31536000, immutable" if suffix in IMMUTABLE else "max-age=3600"
    return f"public, {kept}, s-maxage=1" if found.is_public else f"private, {kept}"


def _send_local(found: Delivery, place: LocalFile) -> Response:
    content_type = content_type_of(found.key)
    if resources().settings.sendfile == "nginx":
        headers = {"X-Accel-Redirect": NGINX_LOCATION + found.key, "Content-Type": content_type}
        return current_app.response_class(status=200, headers=headers)
    if found.key.endswith(LISTS):
        return _send_list(found)
    try:
        return send_file(place.path, mimetype=content_type)
    except FileNotFoundError as error:  # removed since we looked
        raise NotFound("There is no such file.") from error
    except OSError as error:
        raise StorageFailed("The site's disk does not work as it should: try again in a moment.") from error


def _send_remote(found: Delivery, place: Redirect) -> Response:
    if found.key.endswith(LISTS):
        return _send_list(found)
    if request.method == "HEAD":  # the signed address is for GET
        return _describe(found)
    headers = {"Location": place.url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return current_app.response_class(status=302, headers=headers)


def _send_list(found: Delivery) -> Response:
    """A playlist or a list of tiles: short, and shorter compressed, as Apple's authoring specification demands."""
    content = resources().storage.read_bytes(found.key)
    is_packed = request.accept_encodings.quality("gzip") > 0 and "Range" not in request.headers
    if is_packed:
        content = gzip.compress(content, mtime=0)
    response = current_app.response_class(content, mimetype=content_type_of(found.key))
    response.vary.add("Accept-Encoding")
    if is_packed:
        response.content_encoding = "gzip"
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    return response.make_conditional(request, accept_ranges=True, complete_length=len(content))


def deliver_original(original: Original) -> Response:
    """The answer with a file as it was uploaded, under its own name; ranges of it where somebody goes on."""
    place = resources().storage.delivery(
        original.key, expires_in_s=SIGNED_FOR_S, content_type=ANY_BYTES, download_as=original.filename
    )
    if isinstance(place, LocalFile) and resources().settings.sendfile == "nginx":
        response: Response = current_app.response_class(headers={"X-Accel-Redirect": NGINX_LOCATION + original.key})
    elif isinstance(place, LocalFile):
        response = send_file(place.path)
    elif request.method == "HEAD":
        response = _describe_key(original.key)
    else:
        response = current_app.response_class(status=302, headers={"Location": place.url})
    response.headers["Content-Type"] = ANY_BYTES
    response.headers["Content-Disposition"] = name_attachment(original.filename)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def is_first_request() -> bool:
    """Whether this asks for a file from its beginning, and not for more of it."""
    wanted = request.range
    return request.method == "GET" and (wanted is None or wanted.ranges[0][0] == 0)


def name_attachment(filename: str) -> str:
    """Saves under this name, whatever letters it has (RFC 6266)."""
    plain = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in " ._-") else "_" for letter in filename
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _describe(found: Delivery) -> Response:
    return _describe_key(found.key)


def _describe_key(key: str) -> Response:
    stored = resources().storage.stat(key)
    response = current_app.response_class(mimetype=content_type_of(key))
    response.headers["Content-Length"] = str(stored.size_bytes)
    response.headers["Accept-Ranges"] = "bytes"
    response.last_modified = stored.modified_at
    return response
