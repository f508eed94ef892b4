"""How is one sound track encoded, and how do we know that all of it came out?"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from vod_web.core.errors import EncodeFailed

from .commands import audio_command
from .plan import AudioPlan, EncodePlan
from .records import Record
from .results import EncodedFile, RenditionFiles, split_file
from .runner import OnProgress, Tools, run_ffmpeg


@dataclass(frozen=True)
class AudioResult(Record):
    """The files of one audio rendition."""

    index: int
    rendition: RenditionFiles


def encode_audio(
    plan: EncodePlan,
    track_index: int,
    address: str,
    work_dir: Path,
    tools: Tools,
    on_progress: OnProgress | None = None,
) -> AudioResult:
    """Encode one track of the plan into `work_dir`, which the caller owns and may remove after using the files.

    Running it again gives the same files. Raises EncodeFailed when FFmpeg fails or nothing comes out.
    """
    track = plan.audio[track_index]
    folder = work_dir / track.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    run_ffmpeg(audio_command(plan, track, address), tools=tools, work_dir=work_dir, on_progress=on_progress)
    return AudioResult(track_index, read_audio_rendition(track, folder))


def read_audio_rendition(track: AudioPlan, folder: Path) -> RenditionFiles:
    """The segments of an audio rendition under consecutive numbers."""
    with EncodedFile(folder) as encoded:
        if not encoded.fragments:
            raise EncodeFailed(f'The sound track "{track.label}" is damaged: nothing of it can be read.')
        end = encoded.fragments[-1].end_s
        return split_file(encoded, track.name, number_of=lambda position, _: position, end_s=end)
