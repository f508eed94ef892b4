"""Names of stored objects."""

import pytest

from vod_web.core.errors import InvalidInput, NotFound
from vod_web.storage import keys

VIDEO, ENCODE, UPLOAD = "aB3_-xYz012", "-0123456789", "_uploaduplo"

HOSTILE_NAMES = [
    "",
    ".",
    "..",
    "a/b",
    "/a",
    "a\\b",
    "a b",
    "a\0b",
    "a\n",
    ".hidden",
    "é",
    "a%2fb",
    "x" * 129,
    "~",
    "a:b",
]


def test_keys_are_laid_out_as_documented() -> None:
    assert keys.source_key(VIDEO, UPLOAD) == f"sources/{VIDEO}/{UPLOAD}/source"
    assert keys.multivariant_key(VIDEO, ENCODE) == f"videos/{VIDEO}/{ENCODE}/multivariant.m3u8"
    assert keys.init_key(VIDEO, ENCODE, "720p") == f"videos/{VIDEO}/{ENCODE}/720p/init.mp4"
    assert keys.segment_key(VIDEO, ENCODE, "720p", 0) == f"videos/{VIDEO}/{ENCODE}/720p/0.m4s"
    assert keys.segment_key(VIDEO, ENCODE, "720p", 1234) == f"videos/{VIDEO}/{ENCODE}/720p/1234.m4s"
    assert keys.storyboard_key(VIDEO, ENCODE) == f"videos/{VIDEO}/{ENCODE}/storyboard.vtt"
    assert keys.captions_key(VIDEO, "ab12") == f"videos/{VIDEO}/captions/ab12/captions.vtt"
    assert keys.captions_playlist_key(VIDEO, "ab12") == f"videos/{VIDEO}/captions/ab12/media.m3u8"
    assert keys.captions_segment_key(VIDEO, "ab12") == f"videos/{VIDEO}/captions/ab12/0.vtt"


def test_everything_of_a_video_lies_below_its_two_prefixes() -> None:
    assert keys.source_key(VIDEO, UPLOAD).startswith(keys.sources_prefix(VIDEO))
    assert keys.encode_prefix(VIDEO, ENCODE).startswith(keys.video_prefix(VIDEO))
    assert keys.segment_key(VIDEO, ENCODE, "audio", 7).startswith(keys.encode_prefix(VIDEO, ENCODE))
    assert keys.captions_key(VIDEO, "ab12").startswith(keys.captions_prefix(VIDEO, "ab12"))
    assert keys.captions_prefix(VIDEO, "ab12").startswith(keys.video_prefix(VIDEO))


def test_a_prefix_does_not_hold_a_video_whose_id_begins_alike() -> None:
    assert not keys.source_key(VIDEO + "x", UPLOAD).startswith(keys.sources_prefix(VIDEO))


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_make_no_key(name: str) -> None:
    with pytest.raises(InvalidInput):
        keys.source_key(name, UPLOAD)
    with pytest.raises(InvalidInput):
        keys.source_key(VIDEO, name)
    with pytest.raises(InvalidInput):
        keys.segment_key(VIDEO, ENCODE, name, 0)
    with pytest.raises(InvalidInput):
        keys.encode_prefix(VIDEO, name)


def test_negative_numbers_make_no_key() -> None:
    with pytest.raises(InvalidInput):
        keys.segment_key(VIDEO, ENCODE, "720p", -1)


@pytest.mark.parametrize(
    "key", ["../etc/passwd", "a/../b", "/etc/passwd", "a//b", "a/", "a/./b", "a/.tmp/b", "", "é/a"]
)
def test_hostile_keys_are_refused(key: str) -> None:
    with pytest.raises(InvalidInput):
        keys.check_key(key)


def test_a_key_as_long_as_allowed_is_taken_and_a_longer_one_refused() -> None:
    longest = "/".join(["x" * 127] * 4)
    assert keys.check_key(longest + "y") == longest + "y"
    with pytest.raises(InvalidInput):
        keys.check_key(longest + "/y")


@pytest.mark.parametrize("prefix", ["videos", "/", "//", "../", "videos/../", "videos//", ""])
def test_hostile_prefixes_are_refused(prefix: str) -> None:
    with pytest.raises(InvalidInput):
        keys.check_prefix(prefix)


def test_all_objects_may_be_meant_only_where_it_is_said() -> None:
    assert keys.check_prefix("", allow_all=True) == ""


def test_a_media_address_names_an_object_of_its_encode() -> None:
    assert keys.media_key(VIDEO, ENCODE, "720p/3.m4s") == keys.segment_key(VIDEO, ENCODE, "720p", 3)


@pytest.mark.parametrize("rest", ["../x", "720p/../../x", "", "/etc/passwd", ".tmp", "720p//3.m4s", "a\0", "x" * 600])
def test_a_hostile_media_address_names_nothing(rest: str) -> None:
    with pytest.raises(NotFound):
        keys.media_key(VIDEO, ENCODE, rest)
    with pytest.raises(NotFound):
        keys.media_key("..", ENCODE, "x")


@pytest.mark.parametrize(
    ("key", "content_type"),
    [
        (keys.multivariant_key(VIDEO, ENCODE), "application/vnd.apple.mpegurl"),
        (keys.segment_key(VIDEO, ENCODE, "720p", 1), "video/iso.segment"),
        (keys.init_key(VIDEO, ENCODE, "720p"), "video/mp4"),
        (keys.media_key(VIDEO, ENCODE, "poster.jpg"), "image/jpeg"),
        (keys.storyboard_key(VIDEO, ENCODE), "text/vtt"),
        (keys.source_key(VIDEO, UPLOAD), "application/octet-stream"),
    ],
)
def test_content_types_follow_from_the_name(key: str, content_type: str) -> None:
    assert keys.content_type_of(key) == content_type


def test_only_playlists_change_under_their_name() -> None:
    assert keys.cache_control_of(keys.multivariant_key(VIDEO, ENCODE)) == "no-cache"
    for key in (keys.segment_key(VIDEO, ENCODE, "720p", 1), keys.captions_key(VIDEO, "ab12")):
        assert "immutable" in keys.cache_control_of(key)
