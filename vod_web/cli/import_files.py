"""`./vod import`: videos of files that lie on this machine already; the site may run meanwhile."""

import argparse
import fcntl
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from vod_web.cli import queue_server
from vod_web.cli.console import CannotRun, say
from vod_web.cli.database import upgrade_database
from vod_web.cli.preflight import find_running_address
from vod_web.core.errors import NotFound
from vod_web.core.logging import configure_logging
from vod_web.core.settings import child_environment, load_settings
from vod_web.core.sizes import format_bytes
from vod_web.db.engine import make_engine
from vod_web.db.session import bind_sessions
from vod_web.models import Visibility
from vod_web.resources import open_resources, resources
from vod_web.services.folder_imports import Outcome, Told, Wanted, find_owner, import_file, list_files

SHOWN_FROM_BYTES = 50_000_000
"""Of smaller files no progress is shown."""


def main(argv: list[str]) -> int:
    """Import the files, say what became of each, and return 1 when some could not be.

    Raises:
        CannotRun: there is no such folder or person, or another import of files is going on.
    """
    arguments = _parse(argv)
    folder = Path(arguments.folder).expanduser()
    if not folder.is_dir():
        raise CannotRun(f"{folder} is no folder.")
    settings = load_settings()
    running = find_running_address(settings)
    has_queue = queue_server.answers(settings.redis_url)
    configure_logging(level="WARNING" if has_queue else "ERROR", as_json=False)
    upgrade_database(settings, child_environment())
    settings = replace(settings, base_url=running or settings.base_url)
    bind_sessions(make_engine(settings.database_url))
    open_resources(settings)
    wanted = _wanted(arguments)
    if not has_queue and not wanted.is_rehearsal:
        say("The site does not run: these videos are processed as soon as ./vod up has started it.")
    with _alone(settings.data_dir / "import.lock"):
        counts = _import_all(folder, wanted, is_deep=arguments.recursive)
    return 1 if counts[Outcome.FAILED] else 0


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./vod import",
        description="Make videos of the files of a folder on this machine. What is here already is passed over, so "
        "that it can be run again; caption files of the same name come along. Limits and quotas do not count.",
    )
    parser.add_argument("folder")
    parser.add_argument("--owner", metavar="USER", help="whose videos they are (else the first admin's)")
    parser.add_argument(
        "--visibility", choices=[value.value for value in Visibility], help="else as the owner's uploads begin"
    )
    parser.add_argument("--recursive", action="store_true", help="the folders in it, too")
    fate = parser.add_mutually_exclusive_group()
    fate.add_argument("--keep", action="store_true", help="leave the files where they are; this is the default")
    fate.add_argument(
        "--move", action="store_true", help="remove them when they are stored, without copying where it can"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    return parser.parse_args(argv)


def _wanted(arguments: argparse.Namespace) -> Wanted:
    try:
        owner = find_owner(arguments.owner)
    except NotFound as error:
        raise CannotRun(f"{error.message} Name somebody with --owner.") from error
    visibility = Visibility(arguments.visibility) if arguments.visibility else None
    return Wanted(owner=owner, visibility=visibility, is_given=arguments.move, is_rehearsal=arguments.dry_run)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Two at the same time would take each other's files for leftovers."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun("Another ./vod import is going on: wait for it to end.") from None
        yield


def _import_all(folder: Path, wanted: Wanted, *, is_deep: bool) -> Counter[Outcome]:
    held, counts = resources(), Counter[Outcome]()
    try:
        for path in list_files(folder, is_deep=is_deep):
            told = import_file(
                path,
                folder,
                wanted,
                storage=held.storage,
                queue=held.queue,
                settings=held.settings,
                report=_Progress(path).show,
            )
            counts[told.outcome] += 1
            _tell(told, folder)
    finally:
        say(_summarize(counts))
    return counts


class _Progress:
    """A line that shows how far a large file is, where somebody looks."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._shown = ""

    def show(self, deed: str, done: int, size: int) -> None:
        """Write it, when it says something new."""
        if size < SHOWN_FROM_BYTES or not sys.stderr.isatty():
            return
        line = f"{deed} {self._name}: {100 * done // size} % of {format_bytes(size)}"
        if line != self._shown:
            sys.stderr.write(f"\r\x1b[K{line}" if done < size else "\r\x1b[K")
            sys.stderr.flush()
            self._shown = line


def _tell(told: Told, folder: Path) -> None:
    line = f"{told.outcome.value:<18}{told.path.relative_to(folder)}"
    where = f" ({resources().settings.base_url}/watch/{told.video.public_id})" if told.video else ""
    say(f"{line}{': ' if told.sentence else ''}{told.sentence}{where}")


def _summarize(counts: Counter[Outcome]) -> str:
    if not counts:
        return "There are no files in this folder."
    return ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome]) + "."
