"""`./vod create-admin`: an account that runs the site, made by a program; people use the set-up page."""

import argparse
import getpass
import sys

from vod_web.cli.console import CannotRun, say
from vod_web.cli.database import upgrade_database
from vod_web.core.errors import InvalidInput
from vod_web.core.settings import child_environment, load_settings
from vod_web.db.engine import make_engine
from vod_web.db.session import bind_sessions
from vod_web.services.accounts import create_admin


def main(argv: list[str]) -> int:
    """Make the account, and the database where there is none yet."""
    arguments = _parse(argv)
    password = _read_password(from_stdin=arguments.password_stdin)
    settings = load_settings()
    upgrade_database(settings, child_environment())
    bind_sessions(make_engine(settings.database_url))
    try:
        user = create_admin(arguments.email, arguments.username, password)
    except InvalidInput as error:
        raise CannotRun(_tell(error)) from error
    say(f"{user.username} is an admin now, and signs in at {settings.base_url}/login")
    return 0


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./vod create-admin", description="Make an account that runs the site.")
    parser.add_argument("--email", required=True)
    parser.add_argument("--username", required=True)
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    return parser.parse_args(argv)


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise CannotRun("There is no terminal to ask for the password: give it on standard input, --password-stdin.")
    return getpass.getpass("Password: ")


def _tell(error: InvalidInput) -> str:
    return "\n".join(f"{name}: {wrong}" for name, wrong in error.fields.items()) or error.message
