"""How do the renditions of a video become one file, for people to keep?"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .commands import global_options
from .runner import Tools, run_ffmpeg


def download_command(sources: Sequence[str], title: str, name: str) -> list[str]:
    """All of them as they are, copied, in a file whose index comes first."""
    return [
        *global_options(),
        "-copyts",  # picture and sound begin at moments of one clock; each by itself would be moved to 0
        *(option for source in sources for option in ("-i", source)),
        *(option for place in range(len(sources)) for option in ("-map", f"{place}:0")),
        *("-c", "copy"),
        *("-map_metadata:g", "-1", "-metadata", f"title={title}"),  # languages of sound tracks stay
        *("-avoid_negative_ts", "make_zero"),  # that clock begins later than 0
        *("-movflags", "+faststart"),
        *("-f", "mp4" if name.endswith(".mp4") else "ipod", name),
    ]


def make_download(
    tracks: Sequence[Iterable[bytes]],
    folder: Path,
    name: str,
    *,
    title: str,
    tools: Tools,
    on_tick: Callable[[], None],
) -> Path:
    """The file, made of the init segment and all media segments of each track, in their order.

    `on_tick` is called now and then; what it raises ends the work.

    Raises:
        EncodeFailed: FFmpeg cannot read them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sources = [f"joined-{place}.mp4" for place in range(len(tracks))]
    for source, parts in zip(sources, tracks, strict=True):
        with (folder / source).open("wb") as joined:
            for part in parts:
                joined.write(part)
                on_tick()
    run_ffmpeg(download_command(sources, title, name), tools=tools, work_dir=folder, on_tick=on_tick)
    return folder / name
