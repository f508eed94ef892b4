"""What becomes of what somebody typed, when the form cannot be taken because they were signed out meanwhile?

It is kept in the pages that follow, nowhere else: in the sign-in form, and then in a form that sends it again by one
press. Passwords are never kept. Only what a page of this site sent is: else a press could send what a stranger wrote.
"""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

from vod_web.web.forms import CSRF_FIELD, KEPT_FIELD, is_secret
from vod_web.web.sign_in import safe_next


@dataclass(frozen=True)
class Kept:
    """A form that was not taken."""

    address: str
    fields: tuple[tuple[str, str], ...]

    def to_text(self) -> str:
        """For the hidden field of the sign-in form."""
        return json.dumps([self.address, self.fields])

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What a person may want to read or copy."""
        return [(name.replace("_", " ").capitalize(), value) for name, value in self.fields if value.strip()]


def keep_form() -> Kept | None:
    """What this request sent, if it is a form of one of our pages that a person filled in."""
    names = set(request.form) - {CSRF_FIELD}
    if request.method != "POST" or not names or request.files or not _is_from_here():
        return None
    if KEPT_FIELD in names or any(is_secret(name) for name in names):
        return None
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name != CSRF_FIELD)
    return Kept(request.path, fields)


def read_kept() -> Kept | None:
    """What the sign-in form carries along."""
    try:
        address, fields = json.loads(request.form.get(KEPT_FIELD, ""))
        pairs = tuple((str(name), str(value)) for name, value in fields)
    except (ValueError, TypeError):
        return None
    known = safe_next(address if isinstance(address, str) else None)
    return Kept(known, pairs) if known else None


def _is_from_here() -> bool:
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc == request.host
