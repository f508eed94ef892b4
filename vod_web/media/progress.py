"""How far is FFmpeg? Reads what `-progress` prints."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """One report of a running FFmpeg."""

    out_time_s: float | None
    """How much has been written, from the first timestamp; None before the first packet."""
    speed: float | None
    """Times real time."""
    frame: int | None
    is_end: bool


class ProgressReader:
    """Turns bytes from the progress pipe into reports, whatever pieces they arrive in."""

    def __init__(self) -> None:
        self._rest = b""
        self._fields: dict[str, str] = {}

    def feed(self, data: bytes) -> Iterator[Progress]:
        """The reports that these bytes complete."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            name, _, value = line.decode("ascii", "replace").partition("=")
            self._fields[name.strip()] = value.strip()
            if name == "progress":  # the last line of each report
                yield parse_progress(self._fields)
                self._fields = {}


def parse_progress(fields: dict[str, str]) -> Progress:
    """A report from its fields; "N/A" is None. `out_time_us` because `out_time_ms` is microseconds too."""
    out_time = _number(fields.get("out_time_us"))
    frame = _number(fields.get("frame"))
    return Progress(
        out_time_s=out_time / 1_000_000 if out_time is not None else None,
        speed=_number(fields.get("speed", "").removesuffix("x")),
        frame=int(frame) if frame is not None else None,
        is_end=fields.get("progress") == "end",
    )


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
