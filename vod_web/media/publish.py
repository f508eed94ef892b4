"""Which texts make finished renditions a video that plays? Pure: from the results of the jobs to playlists."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from vod_web.core.errors import EncodeFailed

from .audio_plan import AudioPlan
from .languages import language_tag
from .plan import EncodePlan
from .playlists import (
    AUDIO_GROUP,
    IFRAMES_NAME,
    MEDIA_NAME,
    MULTIVARIANT_NAME,
    SURROUND_GROUP,
    AudioVariant,
    Bitrate,
    PlaylistSegment,
    Variant,
    format_iframe_playlist,
    format_media_playlist,
    format_multivariant_playlist,
    measure_bitrate,
    target_duration,
)
from .records import Record
from .results import RenditionFiles


@dataclass(frozen=True)
class FinishedRendition(Record):
    """One rendition of which all segments exist: what must be remembered of it."""

    name: str
    codecs: str
    width_px: int
    height_px: int
    init_sha256: str
    init_size_bytes: int
    segments: tuple[PlaylistSegment, ...]

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        return self.init_size_bytes + sum(segment.size_bytes for segment in self.segments)

    @property
    def duration_s(self) -> Fraction:
        """Of all its segments."""
        return sum((segment.duration_s for segment in self.segments), Fraction(0))

    @property
    def bitrate(self) -> Bitrate:
        """Measured peak and average."""
        return measure_bitrate(self.segments, target_duration(self.segments))


def join_rendition(parts: Sequence[RenditionFiles]) -> FinishedRendition:
    """One rendition from what its chunks made, given in any order.

    Raises EncodeFailed when the chunks do not join: their init segments differ, or a segment is there twice.
    """
    files = sorted((segment for part in parts for segment in part.segments), key=lambda segment: segment.number)
    if len({part.init_sha256 for part in parts}) != 1:
        raise EncodeFailed(f"The parts of {parts[0].name} do not fit together: their init segments differ.")
    if len({segment.number for segment in files}) != len(files):
        raise EncodeFailed(f"The parts of {parts[0].name} do not fit together: a segment exists twice.")
    starts = [segment.start_s for segment in files]
    lengths = [later - earlier for earlier, later in pairwise(starts)]
    lengths.append(files[-1].duration_s)
    return FinishedRendition(
        name=parts[0].name,
        codecs=parts[0].codecs,
        width_px=parts[0].width_px,
        height_px=parts[0].height_px,
        init_sha256=parts[0].init_sha256,
        init_size_bytes=parts[0].init_size_bytes,
        segments=tuple(
            PlaylistSegment(segment.number, length, segment.size_bytes, segment.keyframe_end)
            for segment, length in zip(files, lengths, strict=True)
        ),
    )


def format_playlists(plan: EncodePlan, renditions: Sequence[FinishedRendition]) -> dict[str, str]:
    """All playlists of a video: name relative to its folder -> text.

    Renditions of the plan that are not among `renditions` are left out: a video can be published before all are ready.
    """
    renditions = leave_temporary(plan, renditions)
    finished = {rendition.name: rendition for rendition in renditions}
    target = target_duration(segment for rendition in renditions for segment in rendition.segments)
    texts: dict[str, str] = {}
    for rendition in renditions:
        texts[f"{rendition.name}/{MEDIA_NAME}"] = format_media_playlist(rendition.segments, target_s=target)
    for name in plan.rendition_names:
        if name in finished:
            texts[f"{name}/{IFRAMES_NAME}"] = format_iframe_playlist(finished[name].segments, target_s=target)
    texts[MULTIVARIANT_NAME] = format_multivariant_playlist(
        list_variants(plan, finished, target), list_audio(plan, finished, target)
    )
    return texts


def leave_temporary(plan: EncodePlan, renditions: Sequence[FinishedRendition]) -> list[FinishedRendition]:
    """Without those that only served until the others were ready; as they are where they are all there is."""
    left = [rendition for rendition in renditions if rendition.name not in plan.temporary_renditions]
    return left if any(rendition.name in plan.rendition_names for rendition in left) else list(renditions)


def list_variants(plan: EncodePlan, finished: dict[str, FinishedRendition], target_s: int) -> list[Variant]:
    """The finished video renditions as the multivariant playlist names them."""
    return [
        Variant(
            name=name,
            codecs=rendition.codecs,
            width_px=rendition.width_px,
            height_px=rendition.height_px,
            frame_rate=plan.frame_rate_of(name),
            bitrate=measure_bitrate(rendition.segments, target_s),
            iframe_bitrate=measure_bitrate(_keyframes_only(rendition.segments), target_s),
        )
        for name in plan.rendition_names
        if (rendition := finished.get(name))
    ]


def _keyframes_only(segments: Sequence[PlaylistSegment]) -> list[PlaylistSegment]:
    return [PlaylistSegment(s.number, s.duration_s, s.keyframe_end) for s in segments]


def list_audio(plan: EncodePlan, finished: dict[str, FinishedRendition], target_s: int) -> list[AudioVariant]:
    """The finished audio renditions as the multivariant playlist names them: in stereo, and as 5.1 where one is."""
    stereo = [track for track in plan.audio if track.name in finished and not track.is_surround]
    twins = {track.stereo_name: track for track in plan.audio if track.name in finished and track.is_surround}
    surround = [twins.get(track.name, track) for track in stereo] if twins else []
    groups = ((AUDIO_GROUP, stereo), (SURROUND_GROUP, surround))
    return [_list_track(track, group, finished[track.name], target_s) for group, tracks in groups for track in tracks]


def _list_track(track: AudioPlan, group: str, rendition: FinishedRendition, target_s: int) -> AudioVariant:
    return AudioVariant(
        name=track.name,
        codecs=rendition.codecs,
        label=track.label,
        language=language_tag(track.language),
        is_default=track.is_default,
        channels=track.made_channels,
        bitrate=measure_bitrate(rendition.segments, target_s),
        group=group,
    )
