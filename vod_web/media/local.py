"""How is a whole video made in one go, on one machine, from a file to a folder that plays?

What the jobs do step by step and on many machines, for tests, benchmarks and the command line.
"""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .audio import encode_audio
from .caption_playlists import (
    SEGMENT_NAME,
    CaptionVariant,
    format_caption_playlist,
    format_caption_segment,
    name_captions,
)
from .captions import make_captions
from .chunks import encode_chunk
from .plan import EncodeOptions, EncodePlan, plan_encode
from .playlists import MEDIA_NAME, MULTIVARIANT_NAME
from .poster import make_poster
from .probe import probe_source
from .probed import Probe
from .publish import FinishedRendition, format_playlists, join_rendition
from .results import RenditionFiles
from .runner import Tools
from .storyboard import make_storyboard


@dataclass(frozen=True)
class LocalEncode:
    """What was made."""

    probe: Probe
    plan: EncodePlan
    renditions: tuple[FinishedRendition, ...]
    folder: Path


def encode_locally(
    source: Path,
    out_dir: Path,
    *,
    tools: Tools,
    options: EncodeOptions | None = None,
    with_pictures: bool = True,
    probe: Probe | None = None,
) -> LocalEncode:
    """Make everything of a video in `out_dir`, which is created; raises UnsupportedMedia or EncodeFailed.

    `probe`: that of the source, where it is known already.
    """
    probe = probe or probe_source(str(source), size_bytes=source.stat().st_size)
    plan = plan_encode(probe, options)
    out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out_dir, prefix="work-") as folder:
        work_dir = Path(folder)
        parts = encode_all(plan, str(source), work_dir, tools)
        renditions = tuple(publish_rendition(name, parts, out_dir) for name in dict.fromkeys(p.name for p in parts))
        captions = make_caption_files(plan, str(source), work_dir, tools, out_dir) if plan.captions else []
        if with_pictures:
            make_pictures(plan, str(source), work_dir, tools, out_dir)
    for name, text in format_playlists(plan, renditions).items():
        (out_dir / name).write_text(name_captions(text, captions) if name == MULTIVARIANT_NAME else text)
    return LocalEncode(probe, plan, renditions, out_dir)


def encode_all(plan: EncodePlan, address: str, work_dir: Path, tools: Tools) -> list[RenditionFiles]:
    """All chunks and sound tracks, one after another, each in a folder of its own."""
    parts: list[RenditionFiles] = []
    for chunk in plan.chunks:
        folder = work_dir / f"chunk-{chunk.index}"
        folder.mkdir()
        parts += encode_chunk(plan, chunk.index, address, folder, tools).renditions
    for sound in plan.audio_chunks:
        folder = work_dir / f"audio-{sound.index}"
        folder.mkdir()
        parts.append(encode_audio(plan, sound.index, address, folder, tools).rendition)
    return parts


def publish_rendition(name: str, parts: Sequence[RenditionFiles], out_dir: Path) -> FinishedRendition:
    """Move the files of one rendition to where its playlist will name them."""
    own = [part for part in parts if part.name == name]
    rendition = join_rendition(own)
    (out_dir / name).mkdir(exist_ok=True)
    shutil.move(own[0].init_path, out_dir / name / own[0].init_path.name)
    for segment in (segment for part in own for segment in part.segments):
        shutil.move(segment.path, out_dir / name / segment.path.name)
    return rendition


def make_caption_files(
    plan: EncodePlan, address: str, work_dir: Path, tools: Tools, out_dir: Path
) -> list[CaptionVariant]:
    """Caption tracks for HLS players."""
    variants = []
    for made in make_captions(plan, address, work_dir, tools):
        folder = f"captions-{made.plan.stream_index}"
        (out_dir / folder).mkdir()
        (out_dir / folder / SEGMENT_NAME).write_text(format_caption_segment(made.cues))
        (out_dir / folder / MEDIA_NAME).write_text(format_caption_playlist(plan.duration_s))
        known = (made.plan.label, made.plan.language, made.plan.kind, made.plan.is_forced)
        variants.append(CaptionVariant(f"{folder}/{MEDIA_NAME}", *known))
    return variants


def make_pictures(plan: EncodePlan, address: str, work_dir: Path, tools: Tools, out_dir: Path) -> None:
    """Poster and storyboard."""
    poster = make_poster(plan, address, work_dir, tools)
    storyboard = make_storyboard(plan, address, work_dir, tools)
    for picture in (*poster.pictures, *storyboard.sheets):
        shutil.move(picture.path, out_dir / picture.path.name)
    (out_dir / "storyboard.vtt").write_text(storyboard.vtt)
