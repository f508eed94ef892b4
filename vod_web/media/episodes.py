"""How does the sound of a video become one file, as podcast programs want it?"""

from collections.abc import Iterable
from pathlib import Path

from .commands import global_options
from .runner import Tools, run_ffmpeg

EPISODE_NAME = "episode.m4a"
_JOINED = "joined.mp4"


def episode_command(source: str, name: str) -> list[str]:
    """The sound as it is, copied, in a file whose index comes first, so that it plays and seeks while it is loaded."""
    return [
        *global_options(),
        *("-i", source, "-map", "0:a:0"),
        *("-c", "copy"),
        *("-map_metadata", "-1"),
        *("-movflags", "+faststart"),  # without it, programs must fetch the end of the file before they play
        *("-f", "ipod", name),  # MP4 that says to be M4A
    ]


def read_segment_names(playlist: str) -> list[str]:
    """The files that a media playlist names, the init segment first."""
    lines = playlist.splitlines()
    init = [line.partition('URI="')[2].partition('"')[0] for line in lines if line.startswith("#EXT-X-MAP:")]
    return [*init, *(line for line in lines if line and not line.startswith("#"))]


def make_episode(parts: Iterable[bytes], folder: Path, *, tools: Tools) -> Path:
    """The file, made of an init segment and all media segments, in their order.

    Raises:
        EncodeFailed: FFmpeg cannot read them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _JOINED).open("wb") as joined:
        joined.writelines(parts)
    run_ffmpeg(episode_command(_JOINED, EPISODE_NAME), tools=tools, work_dir=folder)
    return folder / EPISODE_NAME
