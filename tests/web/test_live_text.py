"""Links and times in what people typed."""

import pytest

from vod_web.web.live_text import make_live


def link(address: str) -> str:
    return f'<a href="{address}" rel="nofollow ugc noopener noreferrer" target="_blank">{address}</a>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain & <b>", "plain &amp; &lt;b&gt;"),
        ("see https://example.org.", f"see {link('https://example.org')}."),
        ("(https://example.org/a_(b))", f"({link('https://example.org/a_(b)')})"),
        ("HTTP://example.org/x?y=1&z=2", link("HTTP://example.org/x?y=1&amp;z=2")),
        ("javascript:alert(1) data:x", "javascript:alert(1) data:x"),
        ('https://e.org/"onclick="x', link("https://e.org/") + "&#34;onclick=&#34;x"),
        ("https://e.org/<script>", link("https://e.org/") + "&lt;script&gt;"),
        ("https://e.org/'x'", link("https://e.org/&#39;x") + "&#39;"),
    ],
)
def test_addresses_become_links_and_nothing_else_does(text: str, shown: str) -> None:
    assert make_live(text) == shown


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0:00 Start", 0), ("at 1:23", 83), ("1:02:03", 3723), ("(12:34)", 754), ("at 1:23,", 83)],
)
def test_times_seek(text: str, seconds: int) -> None:
    assert f'<a href="?t={seconds}" data-seek="{seconds}">' in make_live(text, 4000.0)


@pytest.mark.parametrize("text", ["1:99", "a1:23", "1:2", "3:45:6", "12:34:56:78", "https://e.org/1:23", "99:59:59"])
def test_what_is_no_time_of_this_video_stays_text(text: str) -> None:
    assert "data-seek" not in make_live(text, 4000.0)


def test_times_after_the_end_stay_text() -> None:
    assert make_live("2:00", 119.0) == "2:00"
    assert make_live("2:00") == "2:00"
