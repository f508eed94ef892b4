"""What does the API look like to a program? The OpenAPI 3.1 document, made from the declarations."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from vod_web.api.calls import Call
from vod_web.schemas.problems import Problem

REASONS = {
    200: "As asked.",
    201: "Made.",
    202: "Accepted; the work goes on by itself.",
    204: "Done; there is nothing to say.",
    400: "The request could not be read.",
    401: "No token, or one that is not valid.",
    403: "The token lacks the scope, or the person may not do this.",
    404: "There is no such thing, or this person may not know of it.",
    409: "The state of things does not allow it.",
    410: "It was here and has been deleted.",
    413: "Too large.",
    415: "A kind of content that is not taken here.",
    422: "Some fields are wrong; `errors` says which and why.",
    429: "Too often; the header Retry-After says how many seconds to wait.",
    503: "A part of the site cannot answer now; see the header Retry-After.",
    507: "There is no room left.",
}
GENERAL = """\
Everything that the pages do. Programs send a token as `Authorization: Bearer vod_...`; a token is made with
`POST /tokens` or on the account page, and has one or more of the scopes `read`, `upload` and `admin`.
Without `admin`, also an admin's or moderator's token sees and changes no more than what any uploader's would.
Errors are `application/problem+json` (RFC 9457) with a stable `code`. Lists are paged: send the `next` of an answer as
`cursor` to get what follows; `limit` is at most 100. Times are RFC 3339 in UTC."""

_Wanted = tuple[str, JsonSchemaMode, TypeAdapter[Any]]


def statuses_of(call: Call) -> list[int]:
    """The statuses of errors that the call may answer with, from its declaration."""
    found = {429, *call.errors}
    if not (call.is_open or call.is_signed):
        found |= {401, 403}
    if call.body is not None:
        found |= {400, 415, 422}
    if call.query is not None:
        found.add(422)
    if "<" in call.path:
        found.add(404)
    return sorted(found)


def public_path(call: Call) -> str:
    """The path as OpenAPI writes it: `/uploads/{upload_id}`."""
    return re.sub(r"<(?:[a-z]+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", call.path)


def make_document(calls: Iterable[Call], *, title: str, server: str, version: str) -> dict[str, Any]:
    """The whole document."""
    calls = list(calls)
    made, components = TypeAdapter.json_schemas(_wanted(calls), ref_template="#/components/schemas/{model}")
    schemas = {name: schema for (name, _mode), schema in made.items()}
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        paths.setdefault(public_path(call), {})[call.method.lower()] = _operation(call, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{title} API", "version": version, "description": GENERAL},
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "tags": [{"name": group} for group in dict.fromkeys(call.group for call in calls)],
        "paths": paths,
        "components": {
            "schemas": components.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _wanted(calls: list[Call]) -> list[_Wanted]:
    wanted: list[_Wanted] = [("problem.returns", "serialization", TypeAdapter(Problem))]
    for call in calls:
        if call.body is not None:
            wanted.append((f"{call.name}.body", "validation", TypeAdapter(call.body)))
        if call.query is not None:
            wanted.append((f"{call.name}.query", "validation", TypeAdapter(call.query)))
        if call.returns is not None:
            wanted.append((f"{call.name}.returns", "serialization", TypeAdapter(call.returns)))
    return wanted


def _operation(call: Call, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": call.name,
        "tags": [call.group],
        "summary": call.summary,
        "parameters": [*_path_parameters(call), *_query_parameters(call)],
        "responses": _responses(call, schemas),
    }
    description = " ".join(filter(None, (call.description, call.scope and f"Scope: `{call.scope.value}`.")))
    if description:
        operation["description"] = description
    if call.is_open:
        operation["security"] = [{}, {"token": []}]
    if call.is_signed:
        operation["security"] = []
    if call.body is not None or call.raw:
        operation["requestBody"] = _request_body(call, schemas)
    return operation


def _request_body(call: Call, schemas: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {call.raw: {}} if call.raw else {}
    required = call.raw is not None
    if call.body is not None:
        content["application/json"] = {"schema": schemas[f"{call.name}.body"]}
        required = required or any(field.is_required() for field in call.body.model_fields.values())
    return {"required": required, "content": content}


def _path_parameters(call: Call) -> list[dict[str, Any]]:
    kinds = {"int": "integer", "float": "number"}
    found = re.findall(r"<(?:([a-z]+)(?:\([^)]*\))?:)?(\w+)>", call.path)
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": kinds.get(kind, "string")}}
        for kind, name in found
    ]


def _query_parameters(call: Call) -> list[dict[str, Any]]:
    if call.query is None:
        return []
    schema = call.query.model_json_schema(ref_template="#/components/schemas/{model}")
    parameters = []
    for name, field in schema.get("properties", {}).items():
        parameter = {"name": name, "in": "query", "schema": field, "required": name in schema.get("required", ())}
        if "description" in field:
            parameter["description"] = field["description"]
        parameters.append(parameter)
    return parameters


def _responses(call: Call, schemas: dict[str, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": REASONS.get(call.status, "As asked.")}
    if call.returns is not None:
        good["content"] = {"application/json": {"schema": schemas[f"{call.name}.returns"]}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    bad = {str(status): {"description": REASONS[status], "content": problem} for status in statuses_of(call)}
    return {str(call.status): good, **bad}
