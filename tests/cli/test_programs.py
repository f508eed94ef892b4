import sys

import pytest

from vod_web.cli.programs import Outcome, run_program

IMPORT_FAILED = """Error: While importing 'wsgi', an ImportError was raised:

Traceback (most recent call last):
  File "wsgi.py", line 1, in <module>
ModuleNotFoundError: No module named 'vod_web.missing'

Usage: flask [OPTIONS] COMMAND [ARGS]...
Error: No such command 'db'.
"""
NO_DATABASE = """Traceback (most recent call last):
sqlalchemy.exc.DatabaseError: (sqlite3.DatabaseError) file is not a database
(Background on this error at: https://sqlalche.me/e/20/4xp6)
"""


@pytest.mark.parametrize(
    ("output", "complaint"),
    [
        (IMPORT_FAILED, "ModuleNotFoundError: No module named 'vod_web.missing'"),
        (NO_DATABASE, "sqlalchemy.exc.DatabaseError: (sqlite3.DatabaseError) file is not a database"),
        ("one\n\nthe last thing it said.\n", "the last thing it said"),
        ("", "it does not say why"),
    ],
)
def test_of_all_that_a_program_says_the_complaint_is_found(output: str, complaint: str) -> None:
    assert Outcome(1, output).complaint == complaint


def test_a_program_is_run_and_heard() -> None:
    outcome = run_program([sys.executable, "-c", "import sys; print('out', flush=True); sys.exit('err')"])

    assert (outcome.status, outcome.output) == (1, "out\nerr\n")


def test_a_program_that_is_not_there_is_an_outcome() -> None:
    assert run_program(["/no/such/program"]) == Outcome(127, "/no/such/program: No such file or directory")
