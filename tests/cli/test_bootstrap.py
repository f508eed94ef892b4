import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYENV = Path("~/.pyenv/versions").expanduser()
OLD_PYTHONS = sorted(PYENV.glob("2.*/bin/python")) + sorted(PYENV.glob("3.[0-9].*/bin/python"))
PRETEND_OLD = "import sys; sys.version_info = (3, 9, 18); sys.argv = ['vod', 'up']; exec(open('vod').read())"


def test_an_old_python_is_told_so_in_a_sentence() -> None:
    outcome = subprocess.run([sys.executable, "-c", PRETEND_OLD], cwd=ROOT, capture_output=True, text=True, check=False)

    assert outcome.returncode == 2
    assert "needs Python 3.11 or newer, and this is Python 3.9.18" in outcome.stderr
    assert outcome.stderr.count("\n") == 1


@pytest.mark.skipif(not OLD_PYTHONS, reason="there is no old Python on this machine")
def test_really_old_pythons_can_read_the_command() -> None:
    for python in OLD_PYTHONS:
        outcome = subprocess.run([python, "vod", "up"], cwd=ROOT, capture_output=True, check=False)

        assert outcome.returncode == 2, python
        assert b"needs Python 3.11 or newer" in outcome.stderr


def test_a_misspelt_setting_is_said_before_anything_is_installed(tmp_path: Path) -> None:
    copy_sources(tmp_path)
    env = {"PATH": "/usr/bin:/bin", "VOD_DATADIR": "/srv"}

    outcome = subprocess.run(
        [sys.executable, "vod", "up"], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )

    assert outcome.returncode == 2
    assert outcome.stderr == "VOD_DATADIR: there is no such setting. Did you mean VOD_DATA_DIR?\n"
    assert not (tmp_path / ".venv").exists()


def copy_sources(to: Path) -> None:
    """The command and what it needs before any package is installed."""
    shutil.copy(ROOT / "vod", to)
    shutil.copytree(ROOT / "vod_web", to / "vod_web", ignore=shutil.ignore_patterns("__pycache__"))
