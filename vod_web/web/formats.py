"""How are moments, lengths, sizes and numbers written for people, and attributes for browsers?

Templates have these as `ui.time`, `ui.bytes` and so on. They are functions and not macros because lists show hundreds
of them, and a macro costs ten times as much.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from markupsafe import Markup, escape

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SPANS = (
    (3600, 60, "minute"),
    (86_400, 3600, "hour"),
    (604_800, 86_400, "day"),
    (2_629_800, 604_800, "week"),
    (31_557_600, 2_629_800, "month"),
)
"""Below so many seconds people count in units of so many seconds."""
YEAR_S = 31_557_600


def format_time(moment: datetime, exact: bool = False) -> Markup:
    """How long ago (or ahead); the exact moment on hover. A script rewrites the title in the viewer's own time zone."""
    full = f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}, {moment.hour:02}:{moment.minute:02} UTC"
    shown = full if exact else _from_now((datetime.now(moment.tzinfo) - moment).total_seconds())
    return Markup(  # made of numbers and of our own words
        f'<time datetime="{moment.isoformat()}" title="{full}"{" data-exact" if exact else ""}>{shown}</time>'
    )


def _from_now(seconds: float) -> str:
    span = abs(seconds)
    size, unit = next(((size, unit) for below, size, unit in SPANS if span < below), (YEAR_S, "year"))
    number = int(span // size)
    if number == 0:
        return "just now"
    told = f"{number} {unit}{'s' if number != 1 else ''}"
    return f"in {told}" if seconds < 0 else f"{told} ago"


def format_day(moment: date, today: date) -> str:
    """A day of a list, as people call it."""
    ago = (today - moment) // timedelta(days=1)
    if ago in (0, 1):
        return ("Today", "Yesterday")[ago]
    if 1 < ago < len(DAYS):
        return DAYS[moment.weekday()]
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def format_date(moment: date) -> Markup:
    """A day of the calendar."""
    shown = f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"
    return Markup(f'<time datetime="{moment.isoformat()}">{shown}</time>')  # made of numbers and of our own words


def format_clock(seconds: float) -> str:
    """A place in a video, as the player's clock tells it: "0:00", "4:07", "1:04:07"."""
    minutes, whole = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{whole:02}" if hours else f"{minutes}:{whole:02}"


def format_duration(seconds: float) -> str:
    """How long a video is; what is shorter than a second counts as one."""
    return format_clock(max(seconds, 1))


def count_seconds(seconds: float) -> int:
    """How long a video is, for programs that know whole seconds only; what is shorter than a second counts as one."""
    return max(round(seconds), 1)


def format_wait(seconds: float) -> str:
    """How long something will still take, in rough words for people: "about 3 minutes"."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 55:
        return f"about {-int(-seconds // 10) * 10} seconds"
    if seconds < 5400:
        return f"about {round(seconds / 60)} minute{'s' if seconds >= 90 else ''}"
    return f"about {round(seconds / 3600)} hours"


def format_bytes(size: float) -> str:
    """Sizes in powers of 1000, as file managers show them."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    for below, unit, name in ((10**9, 10**6, "MB"), (10**12, 10**9, "GB")):
        if size < below:
            return f"{_short(size / unit, 1 if name == 'MB' else 2)} {name}"
    return f"{_short(size / 10**12, 2)} TB"


def _short(number: float, digits: int) -> str:
    return f"{number:.{digits}f}".rstrip("0").rstrip(".")


def format_count(number: int) -> str:
    """950, 1.2K, 34K, 5.6M."""
    for below, unit, letter in ((1000, 1, ""), (1_000_000, 1000, "K")):
        if number < below:
            return _few(number, unit) + letter
    return f"{_few(number, 1_000_000)}M"


def _few(number: int, unit: int) -> str:
    """So many units, with one digit behind the point where they are less than ten."""
    if unit == 1 or number >= 10 * unit:
        return str(number // unit)
    return f"{number // (unit // 10) / 10:.1f}".replace(".0", "")


def format_views(number: int) -> Markup:
    """How often something was watched; the exact number on hover where it is rounded."""
    if number < 1000:
        return Markup("No views" if number == 0 else f"{number} view{'s' if number != 1 else ''}")  # a number
    return Markup(f'<span title="{number:,} views">{format_count(number)} views</span>')  # two numbers


def format_percent(part: float) -> str:
    """A share, from 0 to 1."""
    return f"{int(part * 100)} %"


def format_attributes(given: Mapping[str, object]) -> Markup:
    """Further attributes of a macro's element: hx_get="/x" is hx-get="/x"; true stands alone; false and none do not."""
    told = (_attribute(name.replace("_", "-"), value) for name, value in given.items())
    return Markup("".join(told))  # each value is escaped, and names are those of macros' arguments


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(value)}"'


FORMATS: dict[str, Callable[..., str | int]] = {
    "time": format_time,
    "day": format_day,
    "date": format_date,
    "clock": format_clock,
    "duration": format_duration,
    "seconds": count_seconds,
    "wait": format_wait,
    "bytes": format_bytes,
    "count": format_count,
    "views": format_views,
    "percent": format_percent,
    "attributes": format_attributes,
}
"""As templates call them."""
