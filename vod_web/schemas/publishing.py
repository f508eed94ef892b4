"""What a video is about, what may be done with it, from when on: what forms and programs say of it, in one way."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, StringConstraints, ValidationInfo, field_validator

from vod_web.core.clock import utc_now
from vod_web.models import Category, DownloadRule, Licence, PublishRule
from vod_web.schemas.base import Input

FIRST_YEAR = 1870
"""Before moving pictures were."""


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


def latest_day() -> date:
    """What is today somewhere on earth: the last day on which a video can have been recorded."""
    return (utc_now() + timedelta(days=1)).date()


def _check_day(day: date | None) -> date | None:
    if day is not None and day > latest_day():
        raise ValueError("This day is still to come.")
    if day is not None and day.year < FIRST_YEAR:
        raise ValueError(f"Write the year with four digits, from {FIRST_YEAR} on.")
    return day


Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=40)]
TimeZone = Annotated[str, BeforeValidator(_check_zone)]
RecordedOn = Annotated[date | None, BeforeValidator(none_if_empty), AfterValidator(_check_day)]


class Publishing(Input):
    """What is left out stays as it is."""

    category: Annotated[Category | None, BeforeValidator(none_if_empty)] = None
    """Null takes it away."""
    language: Annotated[Language | None, BeforeValidator(none_if_empty)] = None
    """What is spoken, as BCP 47 writes it, such as "en" or "pt-BR"; "zxx" where nobody speaks; null takes it away."""
    licence: Annotated[Licence | None, BeforeValidator(none_if_empty)] = None
    """What others may do with it; null takes it away."""
    recorded_on: RecordedOn = None
    """The day on which it was filmed, such as "2019-05-03"; null takes it away."""
    is_sensitive: bool | None = None
    """Whether there may be people who do not want to see it without a warning."""
    downloads: DownloadRule | None = None
    """What others who may watch it may keep: `off`, `made` (each quality, the sound, captions), or `original` (the file
    as it was uploaded as well)."""
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
