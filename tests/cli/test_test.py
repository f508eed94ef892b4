import os
import shutil
import stat
from pathlib import Path

import pytest

from vod_web.cli.test import require_program


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that is all of PATH, on a machine where we are root."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path


def package_manager(machine: Path, install: str) -> None:
    """A package manager that does this to install."""
    path = machine / "apt-get"
    path.write_text(f'#!/bin/sh\n[ "$1" = update ] || {{ {install}; }}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def find() -> Path | None:
    """The program that the tests need."""
    found = shutil.which("chromium")
    return Path(found) if found else None


def test_a_program_that_tests_need_is_installed_where_we_may(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package_manager(machine, f'echo "$@" > {machine}/chromium; /bin/chmod +x {machine}/chromium')

    require_program("Chromium", find, ["chromium"], skipped="the browser tests")

    assert (machine / "chromium").read_text() == "install --yes --no-install-recommends chromium\n"
    assert capsys.readouterr().out == "Installing Chromium for the tests\n"


def test_what_is_skipped_is_said_where_it_cannot_be_installed(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package_manager(machine, 'echo "E: Unable to locate package chromium"; exit 100')

    require_program("Chromium", find, ["chromium"], skipped="the browser tests")

    said = "Chromium cannot be installed (E: Unable to locate package chromium): skipping the browser tests"
    assert said in capsys.readouterr().out


def test_what_is_skipped_is_said_where_we_may_not_install(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package_manager(machine, "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    require_program("Chromium", find, ["chromium"], skipped="the browser tests")

    assert "Chromium is not installed: skipping the browser tests" in capsys.readouterr().out
