"""What was measured of the ways to make a film's renditions, and how is it shown?"""

from dataclasses import dataclass, field
from typing import Any

from bench.parts.quality import EVERY, LONGEST_S, Quality
from bench.parts.tables import show_table

OURS = "ours"


@dataclass
class Result:
    """What was measured of one way to make one source's renditions."""

    playable_s: float | None
    complete_s: float
    cpu_s: float
    peak_bytes: int
    size_bytes: dict[str, int] = field(default_factory=dict)
    quality: dict[str, Quality] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    """What only ours has."""


def show_results(results: dict[str, dict[str, Result]], titles: dict[str, str], setting: str) -> None:
    """Print a table for each source; `results` is by source and way, `titles` are those of the ways but ours."""
    print(f"{setting}. In brackets: times ours.")
    for source, ways in results.items():
        print()
        show_table([source, *(titles.get(way, way) for way in ways)], [*_cost_rows(ways), *_quality_rows(ways)])
        if OURS in ways:
            print(_describe_rest(ways[OURS]))
    if any(result.quality for ways in results.values() for result in ways.values()):
        print(
            f"\nQuality is VMAF at the source's size: the mean of every {EVERY}th picture of the first {LONGEST_S} s."
        )


def _cost_rows(ways: dict[str, Result]) -> list[list[str]]:
    def row(title: str, values: dict[str, float | None], unit: str, digits: int = 1) -> list[str]:
        ours = values.get(OURS)
        return [title, *(_with_ratio(value, ours, unit, digits, way) for way, value in values.items())]

    return [
        row("plays after", {way: result.playable_s for way, result in ways.items()}, "s"),
        row("complete after", {way: result.complete_s for way, result in ways.items()}, "s"),
        row("all processor time", {way: result.cpu_s for way, result in ways.items()}, "s"),
        row("memory at most", {way: result.peak_bytes / 1e6 for way, result in ways.items()}, "MB", 0),
    ]


def _with_ratio(value: float | None, ours: float | None, unit: str, digits: int, way: str) -> str:
    if value is None:
        return "-"
    text = f"{value:.{digits}f} {unit}"
    return text if way == OURS or not ours else f"{text} ({value / ours:.2f})"


def _quality_rows(ways: dict[str, Result]) -> list[list[str]]:
    names = sorted({name for result in ways.values() for name in result.size_bytes}, key=_height, reverse=True)
    return [[name, *(_describe_rendition(result, name) for result in ways.values())] for name in names]


def _height(name: str) -> int:
    return int("".join(filter(str.isdigit, name)) or 0)


def _describe_rendition(result: Result, name: str) -> str:
    if name not in result.size_bytes:
        return "-"
    size = f"{result.size_bytes[name] / 1e6:.2f} MB"
    quality = result.quality.get(name)
    return f"{quality.mean:.2f} in {size}" if quality else size


def _describe_rest(ours: Result) -> str:
    more, left = ours.more, ours.more["time_left"]
    return (
        f"Ours: side jobs done after {more['idle_s']:.1f} s; web and queue server took {more['site_cpu_s']:.1f} s of "
        f"processor time; the work directories held {more['disk_bytes'] / 1e6:.0f} MB at most. Time left, after the "
        f"first tenth: {left['middle']:.0%} off in the middle, {left['worst']:.0%} at worst."
    )
