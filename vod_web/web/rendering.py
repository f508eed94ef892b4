"""How does one view give a page to a browser and a fragment to htmx?"""

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import current_app, request, url_for
from flask import render_template as render_page
from markupsafe import Markup
from werkzeug.wrappers import Response

from vod_web.resources import resources


def is_fragment_request() -> bool:
    """Whether htmx asks for a part of a page (and not for a whole page by a boosted link or the history)."""
    return request.headers.get("HX-Request-Type") == "partial"


def render(template: str, *blocks: str, **context: Any) -> str:
    """The page, or, to a fragment request, the named blocks of it alone."""
    if not (blocks and is_fragment_request()):
        return render_page(template, **context)
    return render_blocks(template, *blocks, **context)


def render_secret(template: str, status: int = 200, **context: Any) -> Response:
    """A page with a secret on it: no cache keeps it, the browser's own neither."""
    page = render_page(template, **context)
    return current_app.response_class(page, status, headers={"Cache-Control": "no-store"})


def render_blocks(template: str, *blocks: str, **context: Any) -> Markup:
    """The named blocks of a template, one after another, without the page around them."""
    found = current_app.jinja_env.get_template(template)
    current_app.update_template_context(context)
    block_context = found.new_context(context)
    return Markup("".join(part for block in blocks for part in found.blocks[block](block_context)))


def address_here(**changes: object) -> str:
    """The address of this page with some of its query changed; None takes a part away.

    The query is whatever somebody typed: it must not reach `url_for`, to which some names mean more than a value.
    """
    query = {name: value for name, value in (request.args.to_dict() | changes).items() if value is not None}
    address = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{address}?{urlencode(query)}" if query else address


def whole_address(endpoint: str, **values: Any) -> str:
    """The address under which others find the page: with the name of the site, whatever the browser calls it."""
    return resources().settings.base_url + url_for(endpoint, **values)


def go_to(endpoint: str, **values: Any) -> Response:
    """After a change: 303 to a plain form, `HX-Redirect` to htmx."""
    return go_to_address(url_for(endpoint, **values))


def go_to_address(address: str) -> Response:
    """As `go_to`, to an address of this site that the caller has checked."""
    if is_fragment_request():
        return current_app.response_class(status=204, headers={"HX-Redirect": address})
    return current_app.response_class(status=303, headers={"Location": address})


def came_from() -> str:
    """The page of this site from which a form was sent or a link followed; home, where that is not known."""
    parts = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    is_ours = parts.netloc == request.host and parts.path.startswith("/") and not parts.path.startswith("//")
    return parts._replace(scheme="", netloc="", fragment="").geturl() if is_ours else "/"


def tell(message: str, *, action: str, url: str, about: str | None = None, **events: object) -> Response:
    """To htmx: nothing to put in the place, and a toast with a button that posts to `url`; further events by name.

    `about` names the thing that was changed: the toast takes the place of one that told of it before.
    """
    toast = {"message": message, "kind": "good", "about": about, "action": {"label": action, "url": url}}
    named = {name.replace("_", "-"): detail for name, detail in events.items()}
    return current_app.response_class(headers={"HX-Trigger": json.dumps({"toast": toast} | named)})


def is_from_htmx() -> bool:
    """Whether htmx asks, for a part of the page or for all of it, as the button of a toast does."""
    return request.headers.get("HX-Request") == "true"


def reload_page() -> Response:
    """To htmx: more has changed than one place, so show the whole page anew."""
    return current_app.response_class(status=204, headers={"HX-Refresh": "true"})
