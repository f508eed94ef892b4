"""Do the files of a publication keep the rules? Boxes, times, pictures and bit rates, measured."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import av

from tests.hls.publication import Publication, as_picture, resolution
from tests.hls.reading import Rendition, unquote
from vod_web.media.boxes import find_boxes

EXACT_S = Fraction(1, 500)
"""How far what is written may be from what is measured: durations are written in microseconds, times are in ticks."""
LAST_FRAME_S = Fraction(1024, 44100)
"""The last frame of a track may be cut short, by less than its length."""
BANDWIDTH_ABOVE = Fraction(11, 10)
"""Apple's authoring specification 9.15 and 9.16: measured bit rates are within 10 % of the declared ones."""
IDR = 5
SLICES = range(1, 6)


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
        expected = {codecs, *groups.get(tagged.text("AUDIO"), set())}
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
