"""How is the text of a variable read as a value? What is wrong with it is a ValueError that follows on its name."""

from collections.abc import Callable
from dataclasses import field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LADDER_HEIGHTS = (240, 360, 480, 720, 1080, 1440, 2160)


def text(value: str) -> str:
    """Any text."""
    return value


def path(value: str) -> Path:
    """A path, wherever the site is started from."""
    return Path(value).expanduser().absolute()


def flag(value: str) -> bool:
    """Yes or no."""
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if value.lower() not in known:
        raise ValueError("is neither yes nor no")
    return known[value.lower()]


def whole(smallest: int, largest: int) -> Callable[[str], int]:
    """A whole number within bounds."""

    def parse(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise ValueError("is not a whole number") from None
        if not smallest <= number <= largest:
            raise ValueError(f"is not between {smallest} and {largest}")
        return number

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    """One of these words, in capitals or not."""

    def parse(value: str) -> str:
        for choice in choices:
            if value.lower() == choice.lower():
                return choice
        raise ValueError(f"is not one of {', '.join(choices)}")

    return parse


def url(*schemes: str) -> Callable[[str], str]:
    """An address of one of these kinds."""

    def parse(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in schemes:
            raise ValueError(f"does not begin with {' or '.join(scheme + '://' for scheme in schemes)}")
        return value.rstrip("/") if parts.scheme in ("http", "https") else value

    return parse


def heights(value: str) -> tuple[int, ...]:
    """Heights of the ladder, with commas between them."""
    try:
        found = tuple(sorted({int(part) for part in value.split(",")}))
    except ValueError:
        raise ValueError("is not a list of heights") from None
    unknown = [height for height in found if height not in LADDER_HEIGHTS]
    if unknown:
        raise ValueError(f"names {unknown[0]}, which is not one of {', '.join(map(str, LADDER_HEIGHTS))}")
    return found


def networks(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Networks as 192.168.7.0/24 or fd00:1::/64, with commas between them."""
    try:
        return tuple(ip_network(part.strip()) for part in value.split(","))
    except ValueError as error:
        raise ValueError(f"is not a list of networks ({error})") from None


def setting_field(parse: Callable[[str], Any], default: Any, example: str, *, is_secret: bool = False) -> Any:
    """A field with the function that reads it and an example of a right value."""
    return field(default=default, repr=not is_secret, metadata={"parse": parse, "example": example})
