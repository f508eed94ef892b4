"""Does published HLS keep the rules? RFC 8216 and draft-pantos-hls-rfc8216bis, and Apple's HLS authoring specification.

Every rule is a function from a publication to sentences that say what is wrong, and measures: it believes the files and
not the playlists. There is no validator for this that one can install: Apple's own runs on Apple's systems only.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import av

from tests.hls.reading import (
    BadPlaylist,
    Fetch,
    MediaPlaylist,
    Multivariant,
    Rendition,
    Tagged,
    list_renditions,
    parse_media,
    parse_multivariant,
    unquote,
)
from vod_web.media.boxes import find_boxes

MULTIVARIANT = "multivariant.m3u8"
EXACT_S = Fraction(1, 500)
"""How far what is written may be from what is measured: durations are written in microseconds, times are in ticks."""
LAST_FRAME_S = Fraction(1024, 44100)
"""The last frame of a track may be cut short, by less than its length."""
BANDWIDTH_ABOVE = Fraction(11, 10)
"""Apple's authoring specification 9.15 and 9.16: measured bit rates are within 10 % of the declared ones."""
IDR = 5
SLICES = range(1, 6)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
REQUIRED = ("BANDWIDTH", "AVERAGE-BANDWIDTH", "CODECS", "RESOLUTION", "VIDEO-RANGE")


@dataclass(frozen=True)
class Publication:
    """A video as players find it."""

    fetch: Fetch

    @cached_property
    def multivariant(self) -> Multivariant:
        """The multivariant playlist."""
        return parse_multivariant(self.fetch(MULTIVARIANT))

    @cached_property
    def pictures(self) -> dict[str, Rendition]:
        """Media playlists of pictures, by address, the largest first."""
        ordered = sorted(self.multivariant.variants, key=lambda v: resolution(v)[0] * resolution(v)[1], reverse=True)
        return list_renditions(dict.fromkeys(variant.uri for variant in ordered), self.fetch)

    @cached_property
    def sounds(self) -> dict[str, Rendition]:
        """Media playlists of sound."""
        return list_renditions((m.uri for m in self.multivariant.media if m.attributes["TYPE"] == "AUDIO"), self.fetch)

    @cached_property
    def iframes(self) -> dict[str, Rendition]:
        """I-frame playlists."""
        return list_renditions((tagged.uri for tagged in self.multivariant.iframes), self.fetch)

    @cached_property
    def captions(self) -> dict[str, MediaPlaylist]:
        """Media playlists of subtitles."""
        named = [m.uri for m in self.multivariant.media if m.attributes["TYPE"] == "SUBTITLES"]
        return {uri: parse_media(self.fetch(uri)) for uri in named}


def resolution(tagged: Tagged) -> tuple[int, int]:
    """Width and height that a tag declares."""
    width, _, height = tagged.attributes["RESOLUTION"].partition("x")
    return int(width), int(height)


def find_problems(fetch: Fetch) -> list[str]:
    """What is wrong with a finished publication; empty when nothing is."""
    publication = Publication(fetch)
    try:
        return [problem for rule in RULES for problem in rule(publication)]
    except BadPlaylist as error:
        return [str(error)]


def check_multivariant(publication: Publication) -> Iterator[str]:
    """What the multivariant playlist must say by itself."""
    found = publication.multivariant
    if int(found.tags.get("#EXT-X-VERSION", "1")) < 6:
        yield "EXT-X-MAP needs EXT-X-VERSION 6"
    if "#EXT-X-INDEPENDENT-SEGMENTS" not in found.tags:
        yield "segments are not said to be independent"
    if not found.variants:
        yield "there are no variants"
    for tagged in (*found.variants, *found.iframes):
        wanted = (*REQUIRED, "FRAME-RATE") if tagged in found.variants else REQUIRED
        missing = [name for name in wanted if name not in tagged.attributes]
        if missing:
            yield f"{tagged.uri} lacks {missing}"
    if {variant.uri for variant in found.variants} != {as_picture(tagged.uri) for tagged in found.iframes}:
        yield "not every picture has an I-frame playlist"


def as_picture(iframes_uri: str) -> str:
    """The media playlist of the same picture."""
    return iframes_uri.replace("iframes", "media")


def check_groups(publication: Publication) -> Iterator[str]:
    """RFC 8216 sections 4.3.4.1 and 4.3.4.1.1: groups differ in nothing but channels and address."""
    groups = list_groups(publication)
    for (kind, group), members in groups.items():
        if len({member.text("NAME") for member in members}) != len(members):
            yield f"two members of {group} have one name"
        if sum(member.attributes.get("DEFAULT") == "YES" for member in members) > 1:
            yield f"{group} has two defaults"
        if any(_describe(members) != _describe(other) for (known, _), other in groups.items() if known == kind):
            yield f"{group} has other members than another group"
    for media in publication.multivariant.media:
        language = media.text("LANGUAGE")
        if language is not None and not LANGUAGE.fullmatch(language):
            yield f"{media.uri} has no language tag: {language}"


def check_references(publication: Publication) -> Iterator[str]:
    """Every variant names a group of each kind that there is, and no other."""
    groups = list_groups(publication)
    for variant in publication.multivariant.variants:
        for kind in ("AUDIO", "SUBTITLES"):
            named = variant.text(kind)
            if named is not None and (kind, named) not in groups:
                yield f"{variant.uri} names a group that is not there: {named}"
            if named is None and any(known == kind for known, _ in groups):
                yield f"{variant.uri} has no {kind}"


def list_groups(publication: Publication) -> dict[tuple[str, str], list[Tagged]]:
    """The members of each group, by kind and id."""
    groups: dict[tuple[str, str], list[Tagged]] = {}
    for media in publication.multivariant.media:
        groups.setdefault((media.attributes["TYPE"], media.text("GROUP-ID") or ""), []).append(media)
    return groups


def _describe(members: Sequence[Tagged]) -> list[tuple[str | None, ...]]:
    return [(m.text("NAME"), m.text("LANGUAGE"), m.attributes.get("DEFAULT")) for m in members]


def check_media_playlists(publication: Publication) -> Iterator[str]:
    """RFC 8216 sections 4.3.3 and 6.2.4: finished, of one target duration, which no segment exceeds."""
    timed = {**publication.pictures, **publication.sounds}
    if len({rendition.playlist.target_s for rendition in timed.values()}) > 1:
        yield "target durations differ"
    playlists = {uri: rendition.playlist for uri, rendition in (timed | publication.iframes).items()}
    for uri, playlist in (playlists | publication.captions).items():
        expected = {"#EXT-X-PLAYLIST-TYPE": "VOD", "#EXT-X-ENDLIST": "", "#EXT-X-MEDIA-SEQUENCE": "0"}
        wrong = [name for name, value in expected.items() if playlist.tags.get(name) != value]
        if wrong:
            yield f"{uri} has a wrong {wrong}"
        if any(segment.duration_s + Fraction(1, 2) >= playlist.target_s + 1 for segment in playlist.segments):
            yield f"{uri} has a segment longer than its target duration"
        if not playlist.segments:
            yield f"{uri} has no segments"
        if playlist.tags.get("#EXT-X-VERSION") != publication.multivariant.tags.get("#EXT-X-VERSION"):
            yield f"{uri} is of another version"
        if uri in playlists and playlist.map_uri is None:
            yield f"{uri} has no init segment"


def check_codecs(publication: Publication) -> Iterator[str]:
    """CODECS, RESOLUTION and CHANNELS are what the init segments say (RFC 6381, RFC 8216 section 4.3.4.2)."""
    groups: dict[str | None, set[str]] = {None: set()}
    for media in publication.multivariant.media:
        if media.attributes["TYPE"] == "AUDIO":
            codecs, channels = describe_sound(publication.sounds[media.uri])
            groups.setdefault(media.text("GROUP-ID"), set()).add(codecs)
            if media.text("CHANNELS") != str(channels):
                yield f"{media.uri} has {channels} channels"
    pictures = publication.pictures | publication.iframes
    for tagged in (*publication.multivariant.variants, *publication.multivariant.iframes):
        codecs, size = describe_picture(pictures[tagged.uri])
        expected = {codecs, *groups[tagged.text("AUDIO")]}
        declared = unquote(tagged.attributes["CODECS"]).split(",")
        if sorted(declared) != sorted(expected):
            yield f"{tagged.uri} has the codecs {expected}, and not {declared}"
        if resolution(tagged) != size:
            yield f"{tagged.uri} is {size}, and not {resolution(tagged)}"


def describe_picture(rendition: Rendition) -> tuple[str, tuple[int, int]]:
    """Codec and size by the decoder's configuration."""
    with rendition.open(rendition.init) as container:
        context = container.streams.video[0].codec_context
        return f"avc1.{bytes(context.extradata)[1:4].hex()}", (context.width, context.height)


def describe_sound(rendition: Rendition) -> tuple[str, int]:
    """Codec and channels by the decoder's configuration (ISO/IEC 14496-3 section 1.6)."""
    with rendition.open(rendition.init) as container:
        config = bytes(container.streams.audio[0].codec_context.extradata)
    channels = {7: 8}.get(config[1] >> 3 & 15, config[1] >> 3 & 15)
    return f"mp4a.40.{config[0] >> 3}", channels


def check_init_segments(publication: Publication) -> Iterator[str]:
    """One track without an edit list, on the same clock in all pictures: browsers read edit lists differently."""
    for uri, rendition in {**publication.pictures, **publication.sounds}.items():
        if len(list(find_boxes(rendition.init, b"moov", b"trak"))) != 1:
            yield f"{uri} has not one track"
        if list(find_boxes(rendition.init, b"moov", b"trak", b"edts")):
            yield f"{uri} has an edit list"
        if not list(find_boxes(rendition.init, b"moov", b"mvex", b"trex")):
            yield f"{uri} is not fragmented"
    if len({rendition.time_base for rendition in publication.pictures.values()}) > 1:
        yield "pictures have different clocks"


def check_pictures(publication: Publication) -> Iterator[str]:
    """Each segment begins with its first picture, an IDR, where the one before ends."""
    starts = {}
    for uri, rendition in publication.pictures.items():
        for number, samples in enumerate(rendition.samples):
            if not samples or not samples[0].is_key or first_slice(samples[0].data) != IDR:
                yield f"segment {number} of {uri} does not begin with an IDR"
            elif samples[0].pts != min(sample.pts for sample in samples):
                yield f"segment {number} of {uri} has an open GOP"
        yield from check_times(uri, rendition)
        starts[uri] = [min(s.pts for s in samples) * rendition.time_base for samples in rendition.samples]
    first = next(iter(starts.values()))
    for uri, own in starts.items():
        if len(own) != len(first) or any(abs(a - b) > EXACT_S for a, b in zip(own, first, strict=False)):
            yield f"{uri} is cut elsewhere"


def check_sounds(publication: Publication) -> Iterator[str]:
    """Sound goes on without a gap, for as long as the picture is seen."""
    picture_s = max(rendition.playlist.duration_s for rendition in publication.pictures.values())
    for uri, rendition in publication.sounds.items():
        yield from check_times(uri, rendition)
        if rendition.playlist.duration_s < picture_s - Fraction(1, 2):
            yield f"{uri} is shorter than the picture"


def check_times(uri: str, rendition: Rendition) -> Iterator[str]:
    """Decode times follow each other, and EXTINF is true."""
    base, listed = rendition.time_base, rendition.playlist.segments
    starts = []
    for number, samples in enumerate(rendition.samples):
        if samples[0].dts != rendition.decode_time(number):
            yield f"the clock of segment {number} of {uri} is wrong"
        starts.append(min(sample.pts for sample in samples))
    for number, (samples, following) in enumerate(pairwise(rendition.samples)):
        end = samples[-1].dts + samples[-1].duration
        if abs(end - following[0].dts) * base > EXACT_S:
            yield f"segment {number + 1} of {uri} begins {float((following[0].dts - end) * base):.4f} s too late"
    for number, (start, end) in enumerate(pairwise(starts)):
        if abs((end - start) * base - listed[number].duration_s) > EXACT_S:
            yield f"segment {number} of {uri} is {float((end - start) * base):.4f} s long"
    last = max(rendition.samples[-1], key=lambda sample: sample.pts)
    rest = (last.pts + last.duration - starts[-1]) * base - listed[-1].duration_s
    if abs(rest) > max(EXACT_S, last.duration * base, LAST_FRAME_S):
        yield f"the last segment of {uri} is {float(rest):.4f} s longer than listed"


def first_slice(data: bytes) -> int | None:
    """The type of the first slice in a packet of H.264 with lengths of four bytes."""
    place = 0
    while place + 4 < len(data):
        kind = data[place + 4] & 31
        if kind in SLICES:
            return kind
        place += 4 + int.from_bytes(data[place : place + 4], "big")
    return None


def check_iframes(publication: Publication) -> Iterator[str]:
    """RFC 8216 section 4.3.3.6: each range holds a whole IDR picture that decodes by itself."""
    for uri, rendition in publication.iframes.items():
        if "#EXT-X-I-FRAMES-ONLY" not in rendition.playlist.tags:
            yield f"{uri} does not say that it has I-frames only"
        picture = publication.pictures[as_picture(uri)]
        if rendition.playlist.duration_s != picture.playlist.duration_s:
            yield f"{uri} is not as long as its picture"
        for number, (listed, file) in enumerate(zip(rendition.playlist.segments, rendition.files, strict=True)):
            samples = picture.samples[number]
            if listed.length is None or listed.length != len(file):
                yield f"range {number} of {uri} goes beyond its file"
            elif not file.endswith(samples[0].data) or not decodes(rendition, file):
                yield f"range {number} of {uri} is not one picture"


def decodes(rendition: Rendition, file: bytes) -> bool:
    """Whether a cut segment gives a picture."""
    with rendition.open(rendition.init + file) as container:
        stream = container.streams.video[0]
        packet = next(packet for packet in container.demux(stream) if packet.size)
        try:
            return len([*stream.codec_context.decode(packet), *stream.codec_context.decode(None)]) == 1
        except av.error.FFmpegError:
            return False


def check_bandwidths(publication: Publication) -> Iterator[str]:
    """BANDWIDTH and AVERAGE-BANDWIDTH are those of the files: not less, and not 10 % more."""
    groups: dict[str | None, list[Rendition]] = {}
    for media in publication.multivariant.media:
        if media.attributes["TYPE"] == "AUDIO":
            groups.setdefault(media.text("GROUP-ID"), []).append(publication.sounds[media.uri])
    pictures = publication.pictures | publication.iframes
    for tagged in (*publication.multivariant.variants, *publication.multivariant.iframes):
        sounds = groups.get(tagged.text("AUDIO"), [])
        for name, measure in (("BANDWIDTH", peak_bps), ("AVERAGE-BANDWIDTH", average_bps)):
            true = measure(pictures[tagged.uri]) + max((measure(sound) for sound in sounds), default=Fraction(0))
            declared = int(tagged.attributes[name])
            if not true - 1 <= declared <= true * BANDWIDTH_ABOVE + 1:
                yield f"{tagged.uri} has a {name} of {float(true):.0f}, and not {declared}"


def average_bps(rendition: Rendition) -> Fraction:
    """Bits of all segments in a second."""
    return sum(map(len, rendition.files)) * 8 / rendition.playlist.duration_s


def peak_bps(rendition: Rendition) -> Fraction:
    """The highest rate of any run of segments between half and one and a half target durations long (RFC 8216bis)."""
    lengths = [segment.duration_s for segment in rendition.playlist.segments]
    sizes = [len(file) for file in rendition.files]
    runs = [(first, stop) for first in range(len(sizes)) for stop in range(first + 1, len(sizes) + 1)]
    shortest, longest = rendition.playlist.target_s * Fraction(1, 2), rendition.playlist.target_s * Fraction(3, 2)
    rates = [
        sum(sizes[first:stop]) * 8 / sum(lengths[first:stop])
        for first, stop in runs
        if shortest <= sum(lengths[first:stop]) <= longest
    ]
    return max([average_bps(rendition), *rates])


def check_frame_rates(publication: Publication) -> Iterator[str]:
    """FRAME-RATE is what is shown."""
    for variant in publication.multivariant.variants:
        rendition = publication.pictures[variant.uri]
        frames = sum(map(len, rendition.samples))
        declared = Fraction(variant.attributes.get("FRAME-RATE", "0"))
        if abs(frames - declared * rendition.playlist.duration_s) > max(1, frames * Fraction(1, 50)):
            yield f"{variant.uri} has {frames} frames, which are not {float(declared)} in a second"


def check_captions(publication: Publication) -> Iterator[str]:
    """Subtitles are WebVTT, for as long as the picture is seen."""
    for uri, playlist in publication.captions.items():
        folder = uri.rpartition("/")[0]
        for segment in playlist.segments:
            if not publication.fetch(f"{folder}/{segment.uri}").startswith(b"WEBVTT"):
                yield f"{folder}/{segment.uri} is not WebVTT"


RULES = (
    check_multivariant,
    check_groups,
    check_references,
    check_media_playlists,
    check_codecs,
    check_init_segments,
    check_pictures,
    check_sounds,
    check_iframes,
    check_bandwidths,
    check_frame_rates,
    check_captions,
)
