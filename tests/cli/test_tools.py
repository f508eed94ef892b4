import stat
from pathlib import Path

import pytest

from vod_web.cli.tools import find_chromium, find_node, find_queue_server


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that is all of PATH: a machine with only the programs that the test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(path: Path, says: str) -> Path:
    """A program that says this, whatever it is asked."""
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.parametrize("version", ["6.2.0", "7.0.15", "10.1.0"])
def test_a_queue_server_of_the_machine_is_taken_when_new_enough(machine: Path, version: str) -> None:
    found = program(machine / "redis-server", f"Redis server v={version} sha=0")

    assert find_queue_server() == found


def test_a_queue_server_that_is_too_old_is_passed_over(machine: Path) -> None:
    program(machine / "valkey-server", "Valkey server v=6.0.16 sha=0")
    newer = program(machine / "redis-server", "Redis server v=7.2.4 sha=0")

    assert find_queue_server() == newer


def test_node_of_the_machine_is_taken_when_new_enough_and_with_npm(machine: Path) -> None:
    node = program(machine / "node", "v22.1.0")
    assert node not in [found.program for found in [find_node()] if found]

    npm = program(machine / "npm", "10.0.0")
    found = find_node()
    assert found is not None
    assert (found.program, found.npm) == (node, (str(npm),))


def test_node_that_is_too_old_is_passed_over(machine: Path) -> None:
    node = program(machine / "node", "v18.19.0")
    program(machine / "npm", "9.0.0")

    assert node not in [found.program for found in [find_node()] if found]


def test_a_machine_without_chromium_has_none(machine: Path) -> None:
    assert find_chromium() is None
    assert find_chromium() != program(machine / "chromium", "Chromium 156")
    assert find_chromium() == machine / "chromium"
