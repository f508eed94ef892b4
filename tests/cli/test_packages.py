import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import wait_until
from vod_web.cli.console import CannotRun
from vod_web.cli.packages import RUNTIME, Environment

INSTALL = """
import sys
from pathlib import Path
from vod_web.cli.packages import RUNTIME, Environment
Environment(Path(sys.argv[1])).ensure(RUNTIME, message="Installing")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project directory of this module; its environment takes seconds to make, so the tests share it."""
    return tmp_path_factory.mktemp("project")


@pytest.fixture
def root(project: Path) -> Path:
    """The project, with requirements that are nothing, so that installing them needs no network."""
    (project / RUNTIME).write_text("# nothing\n")
    return project


def test_packages_are_installed_once_and_again_when_the_pins_change(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = Environment(root)
    environment.ensure(RUNTIME, message="Installing")
    environment.ensure(RUNTIME, message="Installing")
    assert capsys.readouterr().out == "Installing\n"
    assert environment.python.exists()

    (root / RUNTIME).write_text("# something else\n")
    assert not environment.has(RUNTIME)
    environment.ensure(RUNTIME, message="Installing")
    assert capsys.readouterr().out == "Installing\n"


def test_an_install_that_was_killed_is_done_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        (root / RUNTIME).write_text("there-is-no-such-package==1\n")
        process = subprocess.Popen([sys.executable, "-c", INSTALL, str(root)])
        wait_until((root / ".venv" / "installing").exists, what="the install begins")
        process.kill()
        process.wait()

    environment = Environment(root)
    leftover = root / ".venv" / "leftover"
    leftover.touch()
    (root / RUNTIME).write_text("# nothing\n")
    assert not environment.has(RUNTIME)
    environment.ensure(RUNTIME, message="Installing")
    assert environment.has(RUNTIME)
    assert not leftover.exists()


def test_without_network_one_sentence_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    (root / RUNTIME).write_text("there-is-no-such-package==1\n")

    with pytest.raises(CannotRun, match="connect this machine to the internet"):
        Environment(root).ensure(RUNTIME, message="Installing")
    assert not Environment(root).has(RUNTIME)


def test_a_directory_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / RUNTIME).write_text("# nothing\n")
    (tmp_path / ".venv").write_text("a file where the directory should be")

    with pytest.raises(CannotRun, match=r"\.venv cannot be (made|written)"):
        Environment(tmp_path).ensure(RUNTIME, message="Installing")
