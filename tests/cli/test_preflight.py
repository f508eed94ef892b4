import dataclasses
import os
import socket
from pathlib import Path

import pytest

from tests.servers import free_port
from vod_web.cli.console import CannotRun
from vod_web.cli.preflight import check_address, lock_data_directory
from vod_web.core.settings import Settings


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    """Settings of a site that nobody runs yet."""
    return Settings(data_dir=tmp_path, port=free_port())


def test_a_free_port_is_fine(here: Settings) -> None:
    check_address(here)


def test_a_port_that_is_taken_is_said_with_a_way_out(here: Settings) -> None:
    with socket.create_server((here.host, here.port)), pytest.raises(CannotRun) as caught:
        check_address(here)

    assert caught.value.message == (
        f"Port {here.port} is taken by another program: stop that one, "
        f"or choose another port: ./vod up --port {here.port + 1}"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_that_is_not_this_machines_is_said(here: Settings, host: str) -> None:
    with pytest.raises(CannotRun, match=f"This machine has no address {host}"):
        check_address(dataclasses.replace(here, host=host))


def test_a_data_directory_is_for_one_site_at_a_time(here: Settings) -> None:
    held = lock_data_directory(here)
    with pytest.raises(CannotRun, match=rf"Another ./vod up \(process {os.getpid()}\) runs the site in"):
        lock_data_directory(here)

    os.close(held)
    os.close(lock_data_directory(here))


def test_a_data_directory_that_cannot_be_written_is_said(here: Settings) -> None:
    (here.data_dir / "up.lock").mkdir()

    with pytest.raises(CannotRun, match=r"up\.lock cannot be written"):
        lock_data_directory(here)
