"""How does a frozen dataclass become JSON and come back equal?"""

from typing import Any, Self

from pydantic import TypeAdapter

_adapters: dict[type, TypeAdapter[Any]] = {}


def _adapter(cls: type) -> TypeAdapter[Any]:
    if cls not in _adapters:
        _adapters[cls] = TypeAdapter(cls)
    return _adapters[cls]


class Record:
    """A frozen dataclass that goes to JSON and comes back equal; a `Fraction` travels as text ("30000/1001")."""

    def to_json(self) -> dict[str, Any]:
        """This record as plain values for a JSON column or `json.dumps`."""
        dumped: dict[str, Any] = _adapter(type(self)).dump_python(self, mode="json")
        return dumped

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The record that `to_json` was called on; raises pydantic's ValidationError when it is not one."""
        record: Self = _adapter(cls).validate_python(value)
        return record
