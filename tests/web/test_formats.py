"""Moments, lengths, sizes and numbers, as people read them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from vod_web.web.formats import (
    format_attributes,
    format_bytes,
    format_clock,
    format_count,
    format_day,
    format_duration,
    format_percent,
    format_time,
    format_views,
    format_wait,
)


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(seconds=70), "1 minute ago"),
        (timedelta(hours=5, minutes=1), "5 hours ago"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=13), "1 week ago"),
        (timedelta(days=70), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(hours=-2, minutes=-1), "in 2 hours"),
    ],
)
def test_moments_are_told_by_their_distance(ago: timedelta, told: str) -> None:
    assert f">{told}</time>" in format_time(datetime.now(UTC) - ago)


def test_an_exact_moment_is_written_out() -> None:
    told = format_time(datetime(2026, 3, 1, 8, 5, tzinfo=UTC), exact=True)
    assert told == (
        '<time datetime="2026-03-01T08:05:00+00:00" title="1 Mar 2026, 08:05 UTC" data-exact>'
        "1 Mar 2026, 08:05 UTC</time>"
    )


def test_days_of_a_list() -> None:
    today = date(2026, 3, 12)  # a Thursday
    told = [format_day(today - timedelta(days=ago), today) for ago in (0, 1, 2, 6, 7, -1)]
    assert told == ["Today", "Yesterday", "Tuesday", "Friday", "5 Mar 2026", "13 Mar 2026"]


def test_lengths() -> None:
    assert [format_clock(one) for one in (0, 59.9, 247, 3847)] == ["0:00", "0:59", "4:07", "1:04:07"]
    assert format_duration(0.2) == "0:01"
    waits = [format_wait(one) for one in (9, 11, 55, 90, 5400)]
    assert waits == ["a few seconds", "about 20 seconds", "about 1 minute", "about 2 minutes", "about 2 hours"]


def test_sizes_and_numbers() -> None:
    sizes = [format_bytes(one) for one in (999, 1500, 1_000_000, 2_340_000, 5_670_000_000, 3 * 10**12)]
    assert sizes == ["999 B", "2 kB", "1 MB", "2.3 MB", "5.67 GB", "3 TB"]
    counts = [format_count(one) for one in (950, 1000, 1290, 34_999, 999_999, 5_640_000, 12_000_000)]
    assert counts == ["950", "1K", "1.2K", "34K", "999K", "5.6M", "12M"]
    assert [format_views(one) for one in (0, 1, 999)] == ["No views", "1 view", "999 views"]
    assert format_views(12_345) == '<span title="12,345 views">12K views</span>'
    assert format_percent(0.429) == "42 %"


def test_attributes_are_told_as_html() -> None:
    given = {"hx_get": '/x?a=1&b="', "data_plays": True, "hidden": False, "title": None, "data_count": 0}
    assert format_attributes(given) == ' hx-get="/x?a=1&amp;b=&#34;" data-plays data-count="0"'
    assert format_attributes({}) == ""
