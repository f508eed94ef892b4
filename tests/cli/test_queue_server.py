from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from vod_web.cli.console import CannotRun
from vod_web.cli.queue_server import NAME, answers, is_private, start_queue_server
from vod_web.cli.supervisor import Supervisor
from vod_web.cli.tools import require_queue_server
from vod_web.core.data_directory import private_queue_socket
from vod_web.core.settings import Settings, load_settings


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """A supervisor whose children end with the test."""
    made = Supervisor(tmp_path / "logs", lambda _line: None)
    yield made
    made.stop(last=NAME)


def settings_of(data_dir: Path) -> Settings:
    """The settings of a site in this directory, with a private queue server."""
    return load_settings({"VOD_DATA_DIR": str(data_dir)})


def test_the_private_queue_server_keeps_its_data_in_the_data_directory(supervisor: Supervisor, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert is_private(settings)
    start_queue_server(require_queue_server(), settings, supervisor)

    with redis.Redis.from_url(settings.redis_url) as client:
        client.set("kept", "yes")
    assert list((tmp_path / "queue").glob("appendonly*"))


def test_a_data_directory_with_a_long_name_has_a_queue_server_too(supervisor: Supervisor, tmp_path: Path) -> None:
    settings = settings_of(tmp_path / ("long" * 30))

    start_queue_server(require_queue_server(), settings, supervisor)

    assert answers(settings.redis_url)


def test_a_socket_is_not_put_where_others_may_write(supervisor: Supervisor, tmp_path: Path) -> None:
    settings = settings_of(tmp_path / ("long" * 31))
    place = private_queue_socket(settings.data_dir).parent
    place.mkdir()
    place.chmod(0o777)

    with pytest.raises(CannotRun, match="belongs to somebody else"):
        start_queue_server(require_queue_server(), settings, supervisor)
    place.rmdir()


def test_data_that_the_queue_server_cannot_read_are_put_aside(supervisor: Supervisor, tmp_path: Path) -> None:
    directory = tmp_path / "queue" / "appendonlydir"
    directory.mkdir(parents=True)
    (directory / "appendonly.aof.manifest").write_text("this is no manifest\n")

    start_queue_server(require_queue_server(), settings_of(tmp_path), supervisor)

    assert answers(settings_of(tmp_path).redis_url)
    aside = list((tmp_path / "queue").glob("unreadable-*/appendonlydir/appendonly.aof.manifest"))
    assert [path.read_text() for path in aside] == ["this is no manifest\n"]


def test_data_that_are_written_anew_are_not_put_aside_while_the_server_does_not_answer_yet(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    directory = tmp_path / "queue" / "appendonlydir"
    directory.mkdir(parents=True)
    program = tmp_path / "slow-queue-server"
    program.write_text(
        f"""#!/bin/sh
        [ -e "{tmp_path}/died" ] || {{ touch "{tmp_path}/died"; exit 1; }}
        mkdir "{directory}"
        sleep 1
        exec "{require_queue_server()}" "$@"
        """
    )
    program.chmod(0o755)

    start_queue_server(program, settings_of(tmp_path), supervisor)

    assert len(list((tmp_path / "queue").glob("unreadable-*"))) == 1
    assert directory.exists()


def test_a_queue_server_of_ones_own_is_not_private(tmp_path: Path) -> None:
    settings = load_settings({"VOD_DATA_DIR": str(tmp_path), "VOD_REDIS_URL": "redis://127.0.0.1:6379/0"})

    assert not is_private(settings)
