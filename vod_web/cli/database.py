"""Has the database the tables that this version of the site needs?"""

import sys
from collections.abc import Mapping

from vod_web.cli.console import CannotRun
from vod_web.cli.packages import ROOT
from vod_web.cli.programs import run_program


def upgrade_database(env: Mapping[str, str]) -> None:
    """Create or upgrade the tables, with the command that a person would use.

    Raises:
        CannotRun: the database cannot be reached, or not be upgraded.
    """
    upgraded = run_program([sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"], cwd=ROOT, env=env)
    if not upgraded.is_success:
        lines = [line.strip() for line in upgraded.output.splitlines() if line.strip()]
        why = lines[-1] if lines else f"exit status {upgraded.status}"
        raise CannotRun(f'The database cannot be prepared ({why}): "./vod db upgrade" shows all that it says.')
