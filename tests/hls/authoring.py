"""Does published HLS keep the rules? RFC 8216 and draft-pantos-hls-rfc8216bis, and Apple's HLS authoring specification.

Every rule is a function from a publication to sentences that say what is wrong. Those of `measuring.py` believe the
files and not the playlists. No validator for this can be installed: that of Apple runs on its systems only.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from tests.hls.measuring import (
    check_bandwidths,
    check_codecs,
    check_frame_rates,
    check_iframes,
    check_init_segments,
    check_pictures,
    check_sounds,
)
from tests.hls.publication import Publication, as_picture
from tests.hls.reading import BadPlaylist, Fetch, Tagged

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
REQUIRED = ("BANDWIDTH", "AVERAGE-BANDWIDTH", "CODECS", "RESOLUTION", "VIDEO-RANGE")


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
