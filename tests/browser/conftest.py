"""The site as a person meets it: `./vod up` in a directory of its own, and real Chromium."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.servers import free_port

ROOT = Path(__file__).parents[2]
START_LIMIT_S = 180.0
NOT_MADE_YET = "Failed to load resource: the server responded with a status of 503"
CHROMIUM_FLAGS = [
    "--no-sandbox",  # tests run as root on build machines
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@dataclass
class RunningSite:
    """A site that `./vod up` started."""

    url: str
    data_dir: Path
    process: subprocess.Popen[str]


@contextmanager
def running_site(data_dir: Path, **settings: str) -> Iterator[RunningSite]:
    """Start a site as a new user would, wait for its word that it is ready, and stop it with Ctrl-C."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VOD_")}
    environ |= {"VOD_DATA_DIR": str(data_dir), "VOD_PORT": str(free_port()), **settings}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "vod"), "up"], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    )
    try:
        yield RunningSite(_wait_for_address(process), data_dir, process)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        process.communicate(timeout=15)


def _wait_for_address(process: subprocess.Popen[str]) -> str:
    said = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        ready = re.match(r"Ready: (\S+)", line)
        if ready:
            return ready[1]
    raise AssertionError("./vod up ended before it was ready:\n" + "".join(said))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A new site with a short ladder, so that a clip is ready soon."""
    with running_site(tmp_path_factory.mktemp("site") / "data", VOD_LADDER="240,360", VOD_WORKERS="2") as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium of this machine; skips, and says so, where there is none."""
    program = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@dataclass
class Complaints:
    """What the browser complained of: errors on the console, scripts that threw, violations of the policy."""

    found: list[str] = field(default_factory=list)

    def note_console(self, message: ConsoleMessage) -> None:
        """Errors and policy reports; the browser writes the latter as errors, too.

        That a segment is not made yet is an answer that players expect, and the browser writes it down all the same.
        """
        address = str(message.location.get("url"))
        is_expected = NOT_MADE_YET in message.text and address.endswith((".m4s", ".mp4"))
        if message.type == "error" and not is_expected:
            self.found.append(f"{message.text} ({address})")

    def watch(self, page: Page) -> None:
        """Note this page's complaints from now on."""
        page.on("console", self.note_console)
        page.on("pageerror", lambda error: self.found.append(error.stack or str(error)))


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Fails the test when the browser had anything to complain of."""
    noted = Complaints()
    yield noted
    assert noted.found == []


@pytest.fixture
def new_page(chromium: Browser, complaints: Complaints, site: RunningSite) -> Iterator[Callable[[], Page]]:
    """Opens a browser of its own (no cookies) at each call, and gives its page."""
    contexts: list[BrowserContext] = []

    def open_page() -> Page:
        context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 800}, locale="en-GB")
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        complaints.watch(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
