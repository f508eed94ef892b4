"""In which language, about what, and from when on? What forms and programs say of it, in one way."""

from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, StringConstraints, ValidationInfo, field_validator

from vod_web.models import Category, PublishRule
from vod_web.schemas.base import Input


def none_if_empty(value: Any) -> Any:
    """Forms have an empty text where nothing is chosen."""
    return None if value == "" else value


def _check_zone(name: Any) -> Any:
    if isinstance(name, str) and name not in time_zones():
        raise ValueError("There is no such time zone. Write it as in Europe/Berlin, or UTC.")
    return name


@cache
def time_zones() -> frozenset[str]:
    """The names of all zones that this machine knows."""
    return frozenset(available_timezones())


Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=40)]
TimeZone = Annotated[str, BeforeValidator(_check_zone)]


class Publishing(Input):
    """What is left out stays as it is."""

    category: Annotated[Category | None, BeforeValidator(none_if_empty)] = None
    """Null takes it away."""
    language: Annotated[Language | None, BeforeValidator(none_if_empty)] = None
    """What is spoken, as BCP 47 writes it, such as "en" or "pt-BR"; "zxx" where nobody speaks; null takes it away."""
    publish: PublishRule | None = None
    """`now`: as soon as it plays; `when_ready`: with all its qualities; `at_time`: then, if it is ready."""
    time_zone: Annotated[TimeZone | None, BeforeValidator(none_if_empty)] = None
    """In which `publish_at` is meant, where it says no offset itself, such as "Europe/Berlin"."""
    publish_at: Annotated[datetime | None, BeforeValidator(none_if_empty)] = None
    """When to publish, with `publish` = `at_time`."""

    def changes(self, name: str) -> bool:
        """Whether something is said about this field, be it that there is none any more."""
        return name in self.model_fields_set

    @field_validator("publish_at")
    @classmethod
    def _with_zone(cls, moment: datetime | None, info: ValidationInfo) -> datetime | None:
        if moment is None:
            return None
        zone = info.data.get("time_zone")
        if moment.tzinfo is None and zone is None:
            raise ValueError("Say in which time zone this is meant.")
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone or "UTC"))).astimezone(UTC)
