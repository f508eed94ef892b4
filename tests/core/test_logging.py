"""What log lines hold, and what they must not."""

import json
import logging
from collections.abc import Iterator

import pytest

from vod_web.core.logging import bind_context, clear_context, configure_logging, get_logger


@pytest.fixture(autouse=True)
def former_handlers() -> Iterator[None]:
    """Leave the process's logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    clear_context()


def _fail_with_a_password() -> None:
    password = "hush" + "hush"
    try:
        int(f"not a number, but {len(password)} characters")
    except ValueError:
        get_logger("tests").exception("it_failed")


@pytest.mark.parametrize("as_json", [False, True])
def test_an_unexpected_error_is_told_without_the_values_of_variables(
    capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    configure_logging(level="INFO", as_json=as_json)
    _fail_with_a_password()
    written = capsys.readouterr().err
    assert "ValueError" in written
    assert "hushhush" not in written


def test_lines_carry_the_ids_of_their_request_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="INFO", as_json=True)
    bind_context(request="abc")
    logging.getLogger("some.library").warning("it rains")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["request"], line["level"], line["logger"]) == (
        "it rains",
        "abc",
        "warning",
        "some.library",
    )


def test_lines_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="WARNING", as_json=False)
    get_logger("tests").info("quiet")
    assert capsys.readouterr().err == ""
