"""What browser tests of uploads share: files, somebody who is signed in, and what the site has stored in the end."""

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import ROOT
from tests.cli.sites import environment, processes_below
from tests.servers import free_port, wait_until
from tests.uploading import make_bytes

PASSWORD = "a long enough password"
PART_BYTES = 64 * 1024
"""As small as the settings allow, so that small files have many parts."""
LIMIT_MS = 90_000
UPLOADER = "ada"


def add_uploader(data_dir: Path) -> None:
    """Somebody who may upload, on a site that does not run yet."""
    command = ["create-admin", "--email", f"{UPLOADER}@example.org", "--username", UPLOADER, "--password-stdin"]
    subprocess.run(
        [sys.executable, str(ROOT / "vod"), *command],
        env=environment(data_dir),
        input=PASSWORD,
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
    )


class UploadSite:
    """A site without workers, that can be killed and started again at the same address: what arrives stays as it is."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        port = free_port()
        self.data_dir = data_dir
        self.url = f"http://localhost:{port}"
        self._environ = environment(data_dir, VOD_PORT=str(port), **settings) | {"VOD_WORKERS": "0"}
        self.start()

    def start(self) -> None:
        """Until it answers; without workers it does not call itself ready."""
        log = (self.data_dir / "up.log").open("ab")
        self.process = subprocess.Popen([sys.executable, str(ROOT / "vod"), "up"], env=self._environ, stdout=log)
        log.close()
        try:
            wait_until(self._answers, what="the site answers", limit_s=180)
        except BaseException:
            self.kill()
            raise

    def _answers(self) -> bool:
        with contextlib.suppress(URLError, OSError), urlopen(f"{self.url}/healthz", timeout=5):
            return True
        return False

    def kill(self) -> None:
        """As a power cut does: all its processes at once."""
        for process_id in processes_below(self.process.pid) | {self.process.pid}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)
        self.process.wait(20)

    def stop(self) -> None:
        """As with Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)


def sign_in(page: Page) -> None:
    """By the form, as people do."""
    page.goto("/login")
    fill_in_login(page)
    expect(page).to_have_url("/")


def fill_in_login(page: Page) -> None:
    """Name and password, into the form that is shown."""
    form = page.locator("#login-form")
    form.get_by_label("E-mail or user name").fill(UPLOADER)
    form.get_by_role("textbox", name="Password").fill(PASSWORD)
    form.get_by_role("button", name="Sign in").click()


def make_file(folder: Path, name: str, *, parts: float = 6, seed: int = 1) -> Path:
    """A file of so many parts; no video, which nobody finds out where no worker runs."""
    path = folder / name
    path.write_bytes(make_bytes(int(parts * PART_BYTES) + seed, seed))
    return path


def choose(page: Page, *paths: Path) -> None:
    """As the button "Choose files" does."""
    page.locator("[data-files]").set_input_files(list(paths))


def slow_down(page: Page, *, bytes_per_s: int, offline: bool = False) -> CDPSession:
    """Give this page a slow line (0 is a fast one), or none; the session can change it again."""
    session = page.context.new_cdp_session(page)
    set_line(session, bytes_per_s=bytes_per_s, offline=offline)
    return session


def set_line(session: CDPSession, *, bytes_per_s: int, offline: bool = False) -> None:
    """What the line is like from now on."""
    line = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s or -1}
    session.send("Network.emulateNetworkConditions", line)


def wait_for_percent(page: Page, percent: int) -> None:
    """Until the first row says at least so much."""
    page.wait_for_function(
        "least => parseInt(document.querySelector('.upload-item [data-state]')?.textContent) >= least",
        arg=percent,
        timeout=LIMIT_MS,
    )


def expect_stored(site: UploadSite, *paths: Path) -> None:
    """The storage has exactly the bytes of these files, among others."""
    wanted = {hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    wait_until(lambda: wanted <= stored_checksums(site), what="the files are stored byte by byte", limit_s=20)


def stored_checksums(site: UploadSite) -> set[str]:
    """Of every source in the storage."""
    sources = site.data_dir.glob("media/sources/*/*/source")
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in sources}


def expect_uploaded(page: Page, count: int) -> None:
    """So many rows say that the site has all of their file."""
    expect(page.locator(".upload-item[data-status='done']")).to_have_count(count, timeout=LIMIT_MS)
