"""Which server speaks HTTP, and with how many processes and threads?

`python -m vod_web.cli.web_server` runs the web application under Granian, as the settings say.
"""

import os
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from vod_web.core.processes import die_with_parent
from vod_web.core.settings import WEB_THREADS, load_settings

MOST_PROCESSES = 4
STOP_S = 2
"""How long requests may take to end when the server is asked to stop."""


def main() -> None:
    """Serve until SIGTERM."""
    settings = load_settings()
    import_module("vod_web.app")  # once, here, rather than in each process that is forked from this one
    server = Server(
        "wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=min(MOST_PROCESSES, os.cpu_count() or 1),
        blocking_threads=WEB_THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=partial(load_application, os.getpid()), wrap_loader=False)


def load_application(server_pid: int) -> Callable[..., Any]:
    """The application, in a process that Granian has made and that must end with it."""
    die_with_parent(server_pid)
    application: Callable[..., Any] = import_module("wsgi").app
    return application


if __name__ == "__main__":
    main()
