"""Which rows follow from a plan: what is made, by which jobs, in which order, and how much work is each? Pure."""

from collections.abc import Iterator

from vod_web.media.passes import QUICK_NAME, AudioChunk, Chunk
from vod_web.media.plan import EncodePlan
from vod_web.models import Job, JobKind, Rendition, RenditionKind
from vod_web.services.processing.turns import EARLY_PLACE, FIRST_PLACE, LADDER_PLACE, POSTER_PLACE

REFERENCE_PIXELS = 30 * (1920 * 1080 + 1280 * 720 + 854 * 480 + 640 * 360 + 426 * 240)
"""Costs are told in parts of what this takes: a second of 1080p at 30 frames in all default sizes."""
DECODING = {"h264": 0.25, "mpeg4": 0.25, "mpeg2video": 0.25}
DECODING_OTHERS = 0.5
"""What decoding a picture costs, where encoding one of the same size costs 1."""
COPY_COST = 0.002
"""Of a second of copied video or sound."""
AUDIO_COST = 0.003
"""Of a second of encoded sound, for each channel."""


def plan_renditions(plan: EncodePlan) -> Iterator[Rendition]:
    """The rows of all pictures, the largest first, and all sound."""
    for name, (width, height) in plan.sizes.items():
        is_early = plan.can_play_early and name in plan.early_renditions
        yield Rendition(kind=RenditionKind.VIDEO, name=name, width_px=width, height_px=height, is_early=is_early)
    for track in plan.audio:
        is_early = plan.can_play_early and not track.is_surround
        yield Rendition(kind=RenditionKind.AUDIO, name=track.name, is_early=is_early)


def plan_jobs(plan: EncodePlan, *, is_awaited: bool = True) -> Iterator[Job]:
    """The jobs after the first one, all waiting; a video of which another encode plays is not awaited."""
    if plan.quick and is_awaited:
        yield Job(kind=JobKind.PIECE, weight_s=0.0, place=FIRST_PLACE, makes=[QUICK_NAME])
    for chunk in plan.chunks:
        yield _chunk_job(plan, chunk)
    for part in plan.audio_chunks:
        yield _audio_job(plan, part)
    yield Job(kind=JobKind.POSTER, weight_s=0.0, place=POSTER_PLACE)
    if plan.captions:
        yield Job(kind=JobKind.SUBTITLES, weight_s=0.0, place=POSTER_PLACE)
    if plan.audio:
        yield Job(kind=JobKind.LOUDNESS, weight_s=0.0, place=LADDER_PLACE)
    for kind in (JobKind.STORYBOARD, JobKind.PUBLISH):
        yield Job(kind=kind, weight_s=0.0, place=LADDER_PLACE)


def encode_cost(plan: EncodePlan) -> float:
    """What a second of the ladder costs; 1 where there is no ladder."""
    decoding = DECODING.get(plan.video.codec, DECODING_OTHERS)
    decoded = plan.video.width_px * plan.video.height_px * plan.video.frame_rate
    encoded = sum(rung.width_px * rung.height_px * rung.frame_rate for rung in plan.rungs)
    return (decoding * float(decoded) + float(encoded)) / REFERENCE_PIXELS if plan.rungs else 1.0


def _chunk_job(plan: EncodePlan, chunk: Chunk) -> Job:
    early = FIRST_PLACE if chunk.index == 0 else EARLY_PLACE
    cost = COPY_COST / encode_cost(plan) if chunk.purpose == "copy" else 1.0
    return Job(
        kind=JobKind.CHUNK,
        number=chunk.index,
        place=early if chunk.purpose == "copy" else LADDER_PLACE,
        makes=list(plan.chunk_names(chunk)),
        weight_s=float(plan.chunk_duration_s(chunk.index)) * cost,
    )


def _audio_job(plan: EncodePlan, chunk: AudioChunk) -> Job:
    track = plan.audio[chunk.track]
    cost = COPY_COST if track.is_copied else AUDIO_COST * track.made_channels
    early = FIRST_PLACE if chunk.first_segment == 0 else EARLY_PLACE
    return Job(
        kind=JobKind.AUDIO,
        number=chunk.index,
        place=LADDER_PLACE if track.is_surround else early,
        makes=[track.name],
        weight_s=float(plan.audio_chunk_duration_s(chunk.index)) * cost / encode_cost(plan),
    )
