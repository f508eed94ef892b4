"""How does a form's content reach a service, and how does it come back to the person when it is wrong?"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from flask import make_response, request
from pydantic import BaseModel

from vod_web.core.errors import EditedMeanwhile, InvalidInput, RateLimited
from vod_web.schemas.base import parse_input
from vod_web.web.rendering import render

Schema = TypeVar("Schema", bound=BaseModel)

CSRF_FIELD = "csrf_token"
VERSION_FIELD = "version"
"""What the person saw when the form was filled in, where that matters."""
KEPT_FIELD = "kept"
"""A form that was sent before and not taken; see `web.kept`."""
SECRET_WORDS = ("password", "token", "secret")


def read_form(schema: type[Schema], **extra: Any) -> Schema:
    """The checked content of the form that was sent; `extra` adds values that do not come from fields.

    A field that the schema holds as a list takes every value of that name.

    Raises:
        InvalidInput: with a sentence for each field that is wrong.
    """
    values: dict[str, Any] = {}
    for name in request.form:
        if name in (CSRF_FIELD, VERSION_FIELD, KEPT_FIELD):
            continue
        field = schema.model_fields.get(name)
        is_list = field is not None and getattr(field.annotation, "__origin__", None) in (list, tuple)
        values[name] = request.form.getlist(name) if is_list else request.form[name]
    return parse_input(schema, values | extra)


def read_query(schema: type[Schema]) -> Schema:
    """The checked query of the address; an empty value is one that was not given, an unknown name does no harm.

    Raises:
        InvalidInput: with a sentence for each value that is wrong.
    """
    known = {name: value for name, value in request.args.items() if value and name in schema.model_fields}
    return parse_input(schema, known)


def read_query_kindly(schema: type[Schema]) -> tuple[Schema, dict[str, str]]:
    """As `read_query`, without the values that are wrong: they come second, each with what is wrong with it."""
    try:
        return read_query(schema), {}
    except InvalidInput as error:
        right = {name: value for name, value in request.args.items() if value and name not in error.fields}
        known = {name: value for name, value in right.items() if name in schema.model_fields}
        return parse_input(schema, known), error.fields


def choices(values: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """What a filter offers: all, or one of these values."""
    return [("", "All"), *((value.value, value.value.replace("_", " ").capitalize()) for value in values)]


def blank_form(**values: Any) -> dict[str, Any]:
    """The context of a form that nobody has sent yet."""
    return {"values": values, "errors": {}, "form_error": None}


def redisplay_on_error(
    template: str, *blocks: str, context: Callable[..., dict[str, Any]] = dict
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The view's form is shown again, filled in, with what is wrong beside each field.

    `context` is called with the view's arguments for whatever else the template needs. Nothing that was typed
    is lost but passwords.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def wrapped(**arguments: Any) -> Any:
            try:
                return view(**arguments)
            except (InvalidInput, RateLimited) as error:
                seen = {VERSION_FIELD: error.version} if isinstance(error, EditedMeanwhile) else {}
                shown = {"values": _typed() | seen, "errors": _errors_of(error), "form_error": error.message}
                page = render(template, *blocks, **(context(**arguments) | shown))
                if isinstance(error, RateLimited):
                    return make_response(page, 429, {"Retry-After": str(error.retry_after_s)})
                return make_response(page, 422)

        return wrapped

    return decorate


def _errors_of(error: InvalidInput | RateLimited) -> dict[str, str]:
    """What is wrong by field; "" stands for the form as a whole."""
    fields = error.fields if isinstance(error, InvalidInput) else {}
    return fields | {"": error.message} if isinstance(error, EditedMeanwhile) or not fields else fields


def _typed() -> dict[str, Any]:
    return {name: value for name, value in request.form.items() if name != CSRF_FIELD and not is_secret(name)}


def is_secret(name: str) -> bool:
    """Whether what is typed into this field is never shown again."""
    return any(word in name for word in SECRET_WORDS)
