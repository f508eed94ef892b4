"""How is what people and programs send turned into checked values, and how are mistakes told?"""

import re
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from vod_web.core.errors import InvalidInput

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters and halves of surrogate pairs: databases refuse them, and nobody means them."""

Item = TypeVar("Item")
Schema = TypeVar("Schema", bound=BaseModel)


class Input(BaseModel):
    """What comes in: frozen, without surplus fields, text without blanks at its ends."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def drop_what_is_not_text(cls, value: Any) -> Any:
        """Without the characters that no text holds."""
        if isinstance(value, list):
            return [cls.drop_what_is_not_text(item) for item in value]
        return _NOT_TEXT.sub("", value) if isinstance(value, str) else value


class Output(BaseModel):
    """What goes out; made from models by `model_validate`."""

    model_config = ConfigDict(from_attributes=True)


class PageQuery(Input):
    """Which page of a list is wanted: the first `limit` items, or those after the cursor."""

    cursor: str | None = Field(default=None, max_length=1000, description="The `next` of the page before.")
    limit: int = Field(default=24, ge=1, le=100)


class Page(Output, Generic[Item]):
    """One page of a list; `next` is the cursor of the following page, None on the last."""

    items: list[Item]
    next: str | None


def parse_input(schema: type[Schema], values: Mapping[str, Any]) -> Schema:
    """The checked values.

    Raises:
        InvalidInput: with one sentence for each field that is wrong.
    """
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        fields = {_field_name(detail): _sentence(detail) for detail in error.errors()}
        raise InvalidInput(_summary(fields), fields) from None


def _field_name(detail: ErrorDetails) -> str:
    return ".".join(str(part) for part in detail["loc"]) or "body"


def _summary(fields: dict[str, str]) -> str:
    if len(fields) == 1:
        return next(iter(fields.values()))
    return f"{len(fields)} fields need another look."


def _sentence(detail: ErrorDetails) -> str:
    """Pydantic's finding in plain words; messages of our own validators pass as they are."""
    context: dict[str, Any] = detail.get("ctx", {})
    sentences = {
        "missing": "This is needed.",
        "extra_forbidden": "There is no such field.",
        "string_too_short": "This is needed."
        if context.get("min_length") == 1
        else f"Use at least {context.get('min_length')} characters.",
        "string_too_long": f"Use at most {context.get('max_length')} characters.",
        "too_short": f"Give at least {context.get('min_length')}.",
        "too_long": f"Give at most {context.get('max_length')}.",
        "greater_than_equal": f"This must be at least {context.get('ge')}.",
        "greater_than": f"This must be more than {context.get('gt')}.",
        "less_than_equal": f"This must be at most {context.get('le')}.",
        "enum": f"Choose one of {context.get('expected')}.",
        "literal_error": f"Choose one of {context.get('expected')}.",
    }
    if detail["type"] == "value_error":
        return str(context.get("error") or detail["msg"])
    return sentences.get(detail["type"]) or f"{detail['msg']}."
