"""`./vod search rebuild`: make the index of the search anew, while the site runs."""

import argparse

from vod_web.cli.console import say
from vod_web.core.settings import load_settings
from vod_web.db.engine import make_engine
from vod_web.db.session import bind_sessions
from vod_web.resources import open_resources
from vod_web.services.search.rebuild import rebuild

REPORTED_EVERY = 10_000


def main(argv: list[str]) -> int:
    """Rebuild the index, and say now and then how far it is."""
    parser = argparse.ArgumentParser(prog="./vod search", description="Look after the index of the search.")
    parser.add_argument("command", choices=["rebuild"], help="make it anew from the videos, captions, tags and people")
    parser.parse_args(argv)
    settings = load_settings()
    bind_sessions(make_engine(settings.database_url))
    done: dict[str, int] = {}

    def report(what: str, count: int) -> None:
        if count // REPORTED_EVERY > done.get(what, 0) // REPORTED_EVERY:
            say(f"{count} {what}")
        done[what] = count

    rebuild(storage=open_resources(settings).storage, report=report)
    say("The index is new: " + (", ".join(f"{count} {what}" for what, count in done.items()) or "there is nothing yet"))
    return 0
