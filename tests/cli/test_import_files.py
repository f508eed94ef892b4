"""`./vod import` as a person runs it; what becomes of each kind of file, the tests of its service say."""

import fcntl
import os
from pathlib import Path

import pytest

from tests.cli.sites import run_vod
from vod_web.cli.preflight import find_running_address, lock_data_directory
from vod_web.core.settings import load_settings

CONTENT = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 100


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with an admin."""
    directory = tmp_path_factory.mktemp("site")
    who = ("create-admin", "--email", "ada@example.org", "--username", "ada", "--password-stdin")
    assert run_vod(*who, data_dir=directory, stdin="correct horse battery\n").returncode == 0
    return directory


def test_each_file_is_told_of_and_then_all_together(data_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    (folder / "a film.mp4").write_bytes(CONTENT)
    (folder / "b film.mp4").write_bytes(CONTENT)
    (folder / "notes.txt").write_text("notes")
    (folder / "broken.mp4").symlink_to(folder / "nowhere.mp4")

    first = run_vod("import", str(folder), "--visibility", "private", data_dir=data_dir)
    again = run_vod("import", str(folder), "--owner", "Ada", data_dir=data_dir)

    lines = first.stdout.splitlines()[1:]  # the first one says that the site does not run
    assert first.returncode == 1, first.stderr
    assert lines[0].startswith("imported          a film.mp4: a film (http://localhost:8000/watch/")
    assert lines[1].startswith("here already      b film.mp4: a film (http://localhost:8000/watch/")
    assert lines[2:] == [
        "failed            broken.mp4: No such file or directory",
        "skipped           notes.txt: notes.txt is text; only videos can be published here.",
        "1 imported, 1 here already, 1 skipped, 1 failed.",
    ]
    assert again.stdout.endswith("2 here already, 1 skipped, 1 failed.\n")
    assert len(list((data_dir / "media").rglob("source"))) == 1


def test_where_the_site_does_not_run_it_says_when_they_are_processed(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "c film.mp4").write_bytes(CONTENT + b"c")
    outcome = run_vod("import", str(tmp_path), data_dir=data_dir)
    assert outcome.stdout.startswith("The site does not run: these videos are processed as soon as ./vod up has")
    assert "queue_unreachable" not in outcome.stdout + outcome.stderr


def test_links_lead_to_the_port_of_the_site_that_runs(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "d film.mp4").write_bytes(CONTENT + b"d")
    settings = load_settings({"VOD_DATA_DIR": str(data_dir), "VOD_PORT": "8765"})
    lock = lock_data_directory(settings)
    try:
        outcome = run_vod("import", str(tmp_path), data_dir=data_dir)
    finally:
        os.close(lock)
    assert "(http://localhost:8765/watch/" in outcome.stdout
    assert find_running_address(settings) is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(("/nowhere",), "/nowhere is no folder."), ((".", "--owner", "eve"), "There is nobody called eve here.")],
)
def test_what_keeps_it_from_beginning_is_said(data_dir: Path, arguments: tuple[str, ...], sentence: str) -> None:
    outcome = run_vod("import", *arguments, data_dir=data_dir)

    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert sentence in outcome.stderr


def test_two_do_not_run_at_the_same_time(data_dir: Path) -> None:
    with (data_dir / "import.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        outcome = run_vod("import", ".", data_dir=data_dir)

    assert outcome.returncode == 2
    assert "Another ./vod import is going on" in outcome.stderr
