"""How is a call of the API declared, and what happens around each of them?

    @call("POST", "/uploads", scope=TokenScope.UPLOAD, body=UploadCreate, returns=UploadRead, status=201, errors=(409,))
    def create_upload(body: UploadCreate) -> UploadRead:
        '''Begin an upload.'''

The declaration is all that there is: the request is checked, the answer written and the documentation made by it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, current_app, request
from pydantic import BaseModel, TypeAdapter
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.wrappers import Response

from vod_web.api.authentication import let_in
from vod_web.models import TokenScope
from vod_web.schemas.base import parse_input
from vod_web.services.throttle import Limit

View = TypeVar("View", bound=Callable[..., Any])

ANY_CALL = Limit("api", 1200, 60, "That was too often for one minute.")

api = Blueprint("api", "vod_web.api", url_prefix="/api/v1")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of the API, as declared."""

    method: str
    path: str
    """As Flask writes it: `/uploads/<upload_id>`."""
    name: str
    group: str
    """The heading it stands under in the documentation."""
    summary: str
    description: str
    scope: TokenScope | None
    is_open: bool
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    returns: Any
    status: int
    errors: tuple[int, ...]
    limit: Limit
    raw: str | None
    """The content type of a body that the view reads by itself; its `body` is None then."""
    is_signed: bool
    """Whether the address carries its own proof, so that neither token nor cookie is looked at."""


CALLS: list[Call] = []
"""All calls, in the order of their declaration."""


def call(
    method: str,
    path: str,
    *,
    scope: TokenScope | None = None,
    is_open: bool = False,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    returns: Any = None,
    status: int | None = None,
    errors: tuple[int, ...] = (),
    limit: Limit = ANY_CALL,
    raw: str | None = None,
    is_signed: bool = False,
) -> Callable[[View], View]:
    """Declare a call; the view takes the path's values, and `body` and `query` where these are declared.

    Whoever calls must be signed in, by a token that has the scope or in the browser, unless the call `is_open`, or
    `is_signed`: then the view checks a signature in the address, and nothing else is asked for.
    What the view returns is written as `returns` says: a schema (models are read by it), `list[Schema]`,
    `Page[Schema]`; None is 204; a Response passes as it is. `errors` are the statuses besides those that follow
    from the rest of the declaration.
    """

    def declare(view: View) -> View:
        declared = Call(
            method=method,
            path=path,
            name=view.__name__,
            group=view.__module__.rsplit(".", 1)[-1],
            summary=_summary(view),
            description="\n".join((view.__doc__ or "").strip().split("\n")[1:]).strip(),
            scope=scope,
            is_open=is_open,
            body=body,
            query=query,
            returns=returns,
            status=status or (204 if returns is None else 200),
            errors=errors,
            limit=limit,
            raw=raw,
            is_signed=is_signed,
        )
        CALLS.append(declared)
        api.add_url_rule(path, view.__name__, _around(declared, view), methods=[method])
        return view

    return declare


def _summary(view: Callable[..., Any]) -> str:
    return (view.__doc__ or view.__name__).strip().split("\n")[0].rstrip(".")


def _around(declared: Call, view: Callable[..., Any]) -> Callable[..., Response]:
    write = _writer(declared)

    @wraps(view)
    def answer(**arguments: Any) -> Response:
        if not declared.is_signed:
            let_in(scope=declared.scope, is_open=declared.is_open, limit=declared.limit)
        if declared.body is not None:
            is_raw = declared.raw is not None and not request.is_json
            arguments["body"] = None if is_raw else parse_input(declared.body, _read_json())
        if declared.query is not None:
            arguments["query"] = parse_input(declared.query, _query_values(declared.query, request.args))
        return write(view(**arguments))

    return answer


def _writer(declared: Call) -> Callable[[Any], Response]:
    adapter: TypeAdapter[Any] | None = TypeAdapter(declared.returns) if declared.returns is not None else None

    def write(result: Any) -> Response:
        if isinstance(result, Response):
            return result
        if result is None or adapter is None:
            return current_app.response_class(status=204)
        told = adapter.dump_json(adapter.validate_python(result, from_attributes=True))
        response = current_app.response_class(told, declared.status, mimetype="application/json")
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return write


def _read_json() -> dict[str, Any]:
    """The body; nothing at all counts as `{}`, which is enough where every field is optional."""
    if not request.content_length and not request.data:
        return {}
    if not request.is_json:
        raise UnsupportedMediaType("Send the body as JSON, with the header Content-Type: application/json.")
    try:
        values = request.get_json()
    except (BadRequest, RecursionError):
        raise BadRequest("The body is not JSON that can be read.") from None
    if not isinstance(values, dict):
        raise BadRequest("The body must be a JSON object, such as {}.")
    return values


def _query_values(schema: type[BaseModel], given: "MultiDict[str, str]") -> dict[str, Any]:
    """What stands in the address; a field that the schema holds as a list takes every value of that name."""
    values: dict[str, Any] = {}
    for name in given:
        field = schema.model_fields.get(name)
        is_list = field is not None and getattr(field.annotation, "__origin__", None) in (list, tuple)
        values[name] = given.getlist(name) if is_list else given[name]
    return values
