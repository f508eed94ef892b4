"""What people do on the watch page beside watching, step by step."""

from playwright.sync_api import Page, expect

from tests.browser.playing import current_time_s, wait_until_past

SHIFTS = """
() => new Promise((resolve) => {
  const observer = new PerformanceObserver(() => {});
  observer.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() =>
    resolve(observer.takeRecords().map((entry) => entry.value))));
})
"""

REQUESTS = """
() => performance.getEntriesByType("resource").map(({ name, initiatorType, startTime, responseEnd }) =>
  ({ name: new URL(name).pathname, initiatorType, startTime, responseEnd }))
"""
PATIENCE_MS = 3000
"""For so long what is around the video waits for its picture (static/js/watch/first_picture.js)."""
MOST_BEFORE_A_PICTURE = 20
"""Requests of the page before that for the first segment."""


def expect_a_short_way_to_the_first_segment(page: Page) -> None:
    """Nothing is asked for twice or late: scripts, playlists and the first segments are, before the scripts run."""
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    requests = page.evaluate(REQUESTS)
    names = [one["name"] for one in requests]
    assert sum(name.endswith("/multivariant.m3u8") for name in names) == 1
    playlists = [one for one in requests if one["name"].endswith("/media.m3u8")]
    segments = [one for one in requests if one["name"].endswith((".m4s", "/init.mp4"))]
    assert len(playlists) == 2, "one of the picture and one of the sound, at the same time"
    assert min(one["responseEnd"] for one in playlists) >= max(one["startTime"] for one in playlists)
    assert len({one["name"] for one in segments}) == len(segments)
    first = {one["name"].rpartition("/")[2] for one in segments if one["initiatorType"] == "link"}
    assert first == {"init.mp4", "0.m4s"}
    quality = page.evaluate("document.querySelector('link[data-level]').dataset.level")
    pictures = [one["name"].split("/")[-2] for one in segments if "/audio-" not in one["name"]]
    assert set(pictures[:2]) == {quality}
    begun = min(one["startTime"] for one in segments)
    before = [one["name"] for one in requests if one["startTime"] < begun]
    assert len(before) <= MOST_BEFORE_A_PICTURE, before
    found_late = [
        one["name"] for one in requests if one["name"].endswith(".js") and one["startTime"] > playlists[0]["startTime"]
    ]
    assert found_late == []


def expect_comments_to_wait_for_the_first_picture(page: Page, address: str) -> None:
    """Though they are in view; but not forever, where no picture comes."""
    page.route("**/*.m4s", lambda _: None)  # no answer, until the route is taken away
    page.goto(address, wait_until="commit")
    page.wait_for_function(f"() => ({REQUESTS})().some(({{ name }}) => name.endsWith('/comments'))")
    requests = page.evaluate(REQUESTS)
    playlists = [one["responseEnd"] for one in requests if one["name"].endswith("/media.m3u8")]
    comments = [one["startTime"] for one in requests if one["name"].endswith("/comments")]
    assert len(comments) == 1
    assert comments[0] - max(playlists) > PATIENCE_MS / 2
    page.unroute("**/*.m4s")
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 2")


def expect_nothing_jumped(page: Page) -> None:
    """From the first picture of the page until the player can play, nothing changed its place."""
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SHIFTS) == []


def read_transcript(page: Page) -> None:
    """It is opened by keyboard, searched, and leads to the time of a line; the language can be changed."""
    opener = page.get_by_role("button", name="Transcript", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    panel = page.get_by_role("region", name="Transcript")
    panel.get_by_label("Language of the transcript").select_option(label="Norwegian")
    field = panel.get_by_role("searchbox")
    field.fill("SEA")
    expect(panel.get_by_role("status")).to_have_text("1 of 1")
    field.fill("boat")
    expect(panel.get_by_role("status")).to_have_text("None")
    line = panel.get_by_role("link", name="The sea")
    line.focus()
    page.keyboard.press("Enter")
    wait_until_past(page, 2.0)
    expect(line).to_have_attribute("aria-current", "true")
    assert "?t=" not in page.url
    page.evaluate("document.querySelector('video').pause()")
    panel.get_by_label("Language of the transcript").select_option(label="German")
    expect(panel.get_by_role("link", name="Hallo")).to_be_visible()
    panel.get_by_role("button", name="Close the transcript").click()
    expect(opener).to_be_focused()


def choose_looks(page: Page) -> None:
    """Captions look as they were made to look, also after a reload."""
    player = page.locator("[data-player]")
    player.hover()
    player.get_by_role("button", name="Settings").click()
    player.get_by_role("menuitem", name="Captions").click()
    player.get_by_role("menuitem", name="How captions look").click()
    sheet = page.get_by_role("dialog", name="How captions look")
    sheet.get_by_label("Text colour").select_option(label="Yellow")
    sheet.get_by_label("Size").select_option(label="Largest")
    expect(sheet.locator(".player-sample p")).to_have_css("color", "rgb(255, 232, 61)")
    page.keyboard.press("Escape")
    expect(player).to_be_focused()
    page.reload()
    page.wait_for_function("() => document.querySelector('[data-player]').player?.captions.tracks.length > 1")
    page.evaluate("document.querySelector('video').currentTime = 2.1")
    page.locator("[data-player]").focus()
    page.keyboard.press("c")
    expect(page.locator(".player-captions p")).to_have_css("color", "rgb(255, 232, 61)")


def press_keys(page: Page) -> None:
    """Keys belong to the player, but not while a button has the focus, and not when they are switched off."""
    share = page.get_by_role("button", name="Share")
    share.focus()
    before = current_time_s(page)
    page.keyboard.press("l")
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog", name="Share this video")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.querySelector('video').paused")
    assert current_time_s(page) == before
    page.locator("[data-player]").focus()
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Use these keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    assert not page.evaluate("document.querySelector('video').muted")
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Use these keys").check()
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    assert page.evaluate("document.querySelector('video').muted")
    page.keyboard.press("m")


def show_stats(page: Page) -> None:
    """A right click opens the menu; the stats say what plays, and can be copied."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".player-surface").click(button="right", position={"x": 300, "y": 200})
    page.get_by_role("menuitem", name="Copy address at this time").click()
    seconds = int(current_time_s(page))
    assert page.evaluate("navigator.clipboard.readText()") == f"{page.url}?t={seconds}"
    page.locator(".player-surface").click(button="right", position={"x": 300, "y": 200})
    page.get_by_role("menuitemcheckbox", name="Stats for nerds").click()
    stats = page.get_by_role("region", name="Stats for nerds")
    expect(stats).to_contain_text("avc1")
    expect(stats).to_contain_text("hls.js 1.")
    stats.get_by_role("button", name="Copy stats").click()
    expect(page.locator(".player-note")).to_have_text("Stats copied")
    assert "Resolution: " in page.evaluate("navigator.clipboard.readText()")
    stats.get_by_role("button", name="Close stats").click()
    expect(stats).to_be_hidden()


def go_on_at_the_end(page: Page) -> None:
    """The countdown can be cancelled; when it is not, the next video begins."""
    here = page.url
    _to_the_end(page)
    card = page.get_by_role("group", name="Next video")
    expect(card).to_contain_text("Up next in 8")
    page.keyboard.press("Escape")
    expect(card.get_by_role("button", name="Play again")).to_be_visible()
    expect(card.get_by_role("button", name="Cancel")).to_be_hidden()
    again = page.locator(".player-row").get_by_role("button", name="Play again")
    expect(again).to_have_count(1)
    page.evaluate("() => { document.querySelector('video').currentTime = 0; }")
    expect(again).to_have_count(0)
    _to_the_end(page)
    expect(card).to_contain_text("Up next in 8")
    page.keyboard.press("Escape")
    card.get_by_role("button", name="Play again").click()
    expect(card).to_be_hidden()
    assert page.url == here
    _to_the_end(page)
    page.wait_for_url(lambda url: "/watch/" in url and url != here)
    wait_until_past(page, 0.3)


def _to_the_end(page: Page) -> None:
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    page.evaluate("() => { const v = document.querySelector('video'); v.currentTime = v.duration - 0.5; v.play(); }")
