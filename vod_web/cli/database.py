"""Has the database the tables that this version of the site needs?"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from vod_web.cli.console import CannotRun, say
from vod_web.cli.packages import ROOT
from vod_web.cli.programs import run_program
from vod_web.core.settings import Settings
from vod_web.db.engine import make_engine
from vod_web.db.fulltext import what_sqlite_lacks

MIGRATIONS = ROOT / "migrations" / "versions"
_REVISION = re.compile(r"^revision(?:: str)? = [\"'](\w+)[\"']", re.MULTILINE)
_FORMER = re.compile(r"^down_revision.* = (.+)$", re.MULTILINE)


def upgrade_database(settings: Settings, env: Mapping[str, str]) -> None:
    """Create or upgrade the tables, where they are not as they should be.

    It is done with the command that a person would use; looking first saves its second at every start.

    Raises:
        CannotRun: the database cannot be reached, or not be upgraded.
    """
    _refuse_sqlite_without_search(settings)
    if find_revisions(settings) == newest_revisions(MIGRATIONS):
        return
    say("Preparing the database")
    upgraded = run_program([sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"], cwd=ROOT, env=env)
    if not upgraded.is_success:
        raise CannotRun(
            f'The database cannot be prepared ({upgraded.complaint}): "./vod db upgrade" shows all that it says.'
        )


def _refuse_sqlite_without_search(settings: Settings) -> None:
    lacks = what_sqlite_lacks() if settings.database_url.startswith("sqlite") else None
    if lacks:
        raise CannotRun(f"{lacks}: use a Python with a newer SQLite, or PostgreSQL (VOD_DATABASE_URL).")


def find_revisions(settings: Settings) -> set[str]:
    """The revisions of the schema that the database has; none where it is empty or does not answer."""
    engine = make_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            return set(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars())
    except SQLAlchemyError:
        return set()
    finally:
        engine.dispose()


def newest_revisions(migrations: Path) -> set[str]:
    """The revisions that no other one follows, as the migrations' files say."""
    codes = [path.read_text() for path in migrations.glob("*.py")]
    revisions = {match.group(1) for code in codes if (match := _REVISION.search(code))}
    followed = {
        name for code in codes if (match := _FORMER.search(code)) for name in re.findall(r"\w+", match.group(1))
    }
    return revisions - followed
