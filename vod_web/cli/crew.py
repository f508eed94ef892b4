"""How many workers does `./vod up` keep, and how does it follow when an admin chooses another number?

The number is asked for in a thread of its own, since a database may take long to answer; workers are started and
told to end by the thread of the supervisor, because a child dies with the thread that started it.
"""

import sys
import threading
from collections.abc import Mapping
from itertools import count

from sqlalchemy.exc import SQLAlchemyError

from vod_web.cli.console import say
from vod_web.cli.packages import ROOT
from vod_web.cli.supervisor import Child, Supervisor
from vod_web.core.processes import DRAIN_SIGNAL
from vod_web.core.settings import Settings
from vod_web.db.engine import make_engine
from vod_web.db.session import bind_sessions, close_session
from vod_web.services.site import WorkerCount, get_worker_count

ASK_S = 2.0
_NAME = "worker-"
_COMMAND = (sys.executable, str(ROOT / "worker.py"))


class Crew:
    """The workers of one `./vod up`."""

    def __init__(self, settings: Settings, env: Mapping[str, str], supervisor: Supervisor) -> None:
        self._settings = settings
        self._env = env
        self._supervisor = supervisor
        self._wanted = WorkerCount(settings.workers)
        self._followed: WorkerCount | None = None

    def start(self) -> None:
        """Start the workers, and one more that is kept free for what viewers wait for; the database must be ready."""
        if not self._settings.workers:
            return
        bind_sessions(make_engine(self._settings.database_url))
        self._ask()
        self._supervisor.start(f"{_NAME}urgent", [*_COMMAND, "--urgent"], self._env)
        self.follow()
        threading.Thread(target=self._keep_asking, name="crew", daemon=True).start()

    def follow(self) -> None:
        """Start and dismiss workers where another number was chosen since; call it all the time."""
        wanted = self._wanted
        if wanted == self._followed:
            return
        self._followed = wanted
        workers = self._list()
        for child in workers[wanted.count :]:
            self._supervisor.dismiss(child, DRAIN_SIGNAL)
        for _ in range(wanted.count - len(workers)):
            self._supervisor.start(self._choose_name(), _COMMAND, self._env)
        number = f"{wanted.count} workers" if wanted.count > 1 else "One worker"
        say(f"{number}, and another one for what viewers wait for")

    def _list(self) -> list[Child]:
        """The workers that stay, without the urgent one."""
        names = (child for child in self._supervisor.children if child.name.startswith(_NAME))
        return [child for child in names if not child.is_leaving and child.name != f"{_NAME}urgent"]

    def _choose_name(self) -> str:
        taken = {child.name for child in self._supervisor.children}
        return next(name for number in count(1) if (name := f"{_NAME}{number}") not in taken)

    def _keep_asking(self) -> None:
        pause = threading.Event()
        while not pause.wait(ASK_S):
            self._ask()

    def _ask(self) -> None:
        """What is wanted now; while the database does not answer, what was wanted before."""
        try:
            self._wanted = get_worker_count(self._settings)
        except SQLAlchemyError:
            pass
        finally:
            close_session()
