"""How does the whole site start on one machine, and end again?"""

import argparse
import http.client
import json
import signal
import sys
import time

from vod_web.cli import queue_server
from vod_web.cli.assets import ensure_assets
from vod_web.cli.console import CannotRun, complain, say
from vod_web.cli.crew import Crew
from vod_web.cli.database import upgrade_database
from vod_web.cli.packages import ROOT
from vod_web.cli.preflight import check_address, lock_data_directory
from vod_web.cli.programs import run_program
from vod_web.cli.supervisor import Supervisor
from vod_web.cli.tools import require_queue_server
from vod_web.core.settings import Settings, child_environment, load_settings
from vod_web.media.tools import find_ffmpeg

ASK_S = 0.2
REMIND_S = 30.0
MOST_DEATHS = 4
"""A process that ends so often in a row before the site is ready will not do better."""


def main(argv: list[str]) -> int:
    """Start everything, say when it is ready, and stop everything on Ctrl-C or SIGTERM."""
    arguments = _parse(argv)
    changes = {"VOD_PORT": arguments.port, "VOD_HOST": arguments.host}
    env = child_environment(**{name: value for name, value in changes.items() if value})
    settings = load_settings(env)
    lock_data_directory(settings)
    check_address(settings)
    find_ffmpeg(settings.ffmpeg)
    ensure_assets()
    supervisor = Supervisor(settings.data_dir / "logs", say, is_verbose=arguments.verbose)
    crew = Crew(settings, env, supervisor)
    try:
        _start(settings, env, supervisor)
        crew.start()
        _wait_until_ready(settings, supervisor)
        say(f"Ready: {settings.base_url}")
        _check_browsers(settings, env)
        while True:
            supervisor.watch()
            crew.follow()
    except KeyboardInterrupt:
        for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signal_number, signal.SIG_IGN)  # stopping takes a few seconds at most
        say("Stopping")
        return 0
    finally:
        supervisor.stop(last=queue_server.NAME)


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./vod up", description="Start the site; Ctrl-C stops it.")
    parser.add_argument("--port", help="the port to listen on (else VOD_PORT, else 8000)")
    parser.add_argument("--host", help="the address to listen on (else VOD_HOST, else 127.0.0.1)")
    parser.add_argument("--verbose", action="store_true", help="show all log lines, also the routine ones")
    return parser.parse_args(argv)


def _start(settings: Settings, env: dict[str, str], supervisor: Supervisor) -> None:
    if queue_server.is_private(settings):
        program = require_queue_server()
        say(f"Starting the queue server ({program})")
        queue_server.start_queue_server(program, settings, supervisor)
    else:
        _check_queue(settings)
    upgrade_database(settings, env)
    say("Starting the web server")
    supervisor.start("web", [sys.executable, "-m", "vod_web.cli.web_server"], env)


def _check_browsers(settings: Settings, env: dict[str, str]) -> None:
    """Let pages use the bucket where they cannot yet, and say what to do where that is not ours to do."""
    if settings.storage == "s3":
        tested = run_program([sys.executable, "-m", "vod_web.cli", "doctor", "browsers"], cwd=ROOT, env=env)
        if not tested.is_success:
            complain(tested.output.rstrip())


def _check_queue(settings: Settings) -> None:
    if not queue_server.answers(settings.redis_url):
        raise CannotRun(
            "The queue server of VOD_REDIS_URL does not answer: start it, or correct the address, "
            "or remove the setting to use a private one."
        )


def _wait_until_ready(settings: Settings, supervisor: Supervisor) -> None:
    """Watch the children until the site says that it can do its work."""
    ask_at, remind_at = 0.0, time.monotonic() + REMIND_S
    lacking: str | None = "nothing has answered yet"
    while lacking is not None:
        supervisor.watch()
        _give_up_on_the_hopeless(supervisor)
        if time.monotonic() >= ask_at:
            lacking = _ask(settings)
            ask_at = time.monotonic() + ASK_S
        if time.monotonic() > remind_at:
            remind_at += REMIND_S
            say(f"Not ready yet: {lacking}")


def _give_up_on_the_hopeless(supervisor: Supervisor) -> None:
    for child in supervisor.children:
        if child.deaths >= MOST_DEATHS:
            log = supervisor.log_directory / f"{child.name}.log"
            raise CannotRun(f"{child.name} does not start ({child.log.last_line}): see {log}.")


def _ask(settings: Settings) -> str | None:
    """What the site still lacks, in words; None when it is ready."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared only
    connection = http.client.HTTPConnection(host, settings.port, timeout=3)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        said = response.read()
    except (OSError, http.client.HTTPException):
        return "the web server does not answer"
    finally:
        connection.close()
    if response.status == http.HTTPStatus.OK:
        return None
    try:
        return f"{', '.join(json.loads(said)['failing'])} (./vod doctor says why)"
    except (ValueError, KeyError):
        return f"the web server answers with status {response.status}"
