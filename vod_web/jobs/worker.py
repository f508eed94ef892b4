"""How does a worker start, go on whatever happens to the queue server, and end?"""

import argparse
import contextlib
import os
import signal
import sys
import threading
import time
from types import FrameType

from redis.exceptions import RedisError
from rq.exceptions import StopRequested
from sqlalchemy.exc import SQLAlchemyError

from vod_web.core.clock import utc_now
from vod_web.core.errors import VodError
from vod_web.core.logging import configure_logging, get_logger
from vod_web.core.processes import DRAIN_SIGNAL, DRAINED
from vod_web.core.settings import Settings, SettingsError, load_settings
from vod_web.db.engine import make_engine
from vod_web.db.session import bind_sessions, close_session
from vod_web.jobs.hints import HintWorker
from vod_web.jobs.importing import LOOK_S, Importer
from vod_web.jobs.names import clean_scratch, host_name, take_name
from vod_web.jobs.rounds import COUNT_S, COUNTING, DOWNLOAD_S, SWEEP, Rounds, make_downloads, make_episodes, send_mails
from vod_web.jobs.workplace import SWEEP_S, Rhythm, Workplace, take_workplace
from vod_web.media.runner import Tools
from vod_web.media.tools import find_ffmpeg
from vod_web.queue import Urgency, connect
from vod_web.resources import open_resources, resources
from vod_web.services.import_jobs import take_back_imports_from
from vod_web.services.processing.leases import LEASE_S
from vod_web.services.processing.outcomes import RETRY_PAUSE_S, take_back_from

LAST_MOMENT_S = 2.5
"""So long after SIGTERM the process ends, whatever it is at; FFmpeg ends with it, and the sweep finds the job."""
PAUSE_S = 0.5
WRONG_START = 2

log = get_logger(__name__)


def main(argv: list[str]) -> int:
    """Work until SIGTERM or Ctrl-C; the exit status is 2 where it could not begin, 3 where it was drained."""
    arguments = parse_arguments(argv)
    try:
        workplace = furnish(load_settings(), arguments)
    except (SettingsError, VodError) as error:
        sys.stderr.write(f"{error}\n")
        return WRONG_START
    WorkerProcess(workplace).work()
    return 0 if workplace.is_stopping else DRAINED


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """The options of `worker.py`; everything else is in the settings of the site."""
    parser = argparse.ArgumentParser(prog="worker.py", description="Process videos until SIGTERM or Ctrl-C.")
    parser.add_argument("--name", help="what it is called (else the machine's name and a number)")
    known = [urgency.value for urgency in Urgency]
    parser.add_argument("--queues", type=_queues, default=tuple(known), help=f"some of {','.join(known)}, first first")
    parser.add_argument(
        "--urgent",
        action="store_const",
        dest="queues",
        const=(Urgency.URGENT.value,),
        help="only what somebody waits for, before all else: one such worker beside the others lets nobody wait long",
    )
    parser.add_argument(
        "--lease", type=float, default=LEASE_S, help="seconds after which a silent worker's job is free"
    )
    parser.add_argument("--sweep", type=float, default=SWEEP_S, help="seconds between two looks for lost jobs")
    parser.add_argument(
        "--retry", type=float, default=RETRY_PAUSE_S, help="seconds until a job is tried again after its first error"
    )
    return parser.parse_args(argv)


def _queues(text: str) -> tuple[str, ...]:
    return tuple(Urgency(name.strip()).value for name in text.split(","))


def furnish(settings: Settings, arguments: argparse.Namespace) -> Workplace:
    """Open what a worker needs, and make it this process's.

    Raises:
        VodError: there is no FFmpeg that is good enough, or the name is taken.
    """
    configure_logging(level=settings.log_level, as_json=settings.log_json)
    ffmpeg = find_ffmpeg(settings.ffmpeg)
    bind_sessions(make_engine(settings.database_url))
    open_resources(settings)
    names, scratch = settings.data_dir / "workers", settings.data_dir / "scratch"
    is_urgent = arguments.queues == (Urgency.URGENT,)
    taken = take_name(names, arguments.name, series=f"{host_name()}-urgent" if is_urgent else host_name())
    clean_scratch(scratch, names, taken.name)
    workplace = Workplace(
        name=taken.name,
        queues=arguments.queues,
        scratch=scratch / taken.name,
        tools=Tools(str(ffmpeg), threads=settings.ffmpeg_threads),
        rhythm=Rhythm(arguments.lease, arguments.sweep, arguments.retry),
    )
    take_workplace(workplace)
    return workplace


class WorkerProcess:
    """The life of a worker."""

    def __init__(self, workplace: Workplace) -> None:
        self._place = workplace
        self._listener: HintWorker | None = None
        self._importer = Importer(workplace)
        beat_s, sweep_s = workplace.rhythm.beat_s, workplace.rhythm.sweep_s
        self._rounds = [
            Rounds("beat", [workplace.report, self._importer.renew], every_s=beat_s),
            Rounds("sweep", SWEEP, every_s=sweep_s),
            Rounds("counting", COUNTING, every_s=COUNT_S),
        ]
        if not workplace.is_urgent:
            self._rounds.append(Rounds("imports", [self._importer.take_up], every_s=LOOK_S))
            self._rounds.append(Rounds("mail", [send_mails], every_s=sweep_s))
            self._rounds.append(Rounds("downloads", [make_downloads], every_s=DOWNLOAD_S))
            self._rounds.append(Rounds("episodes", [make_episodes], every_s=sweep_s))

    def work(self) -> None:
        """Take jobs until a signal ends it."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        signal.signal(DRAIN_SIGNAL, self._on_drain)
        log.info("worker_started", worker=self._place.name, queues=",".join(self._place.queues))
        self._take_up_former_life()
        for rounds in self._rounds:
            rounds.start()
        while not self._is_ending:
            self._listen()
        for rounds in self._rounds:
            rounds.stop(wait_s=0.3)
        self._importer.stop(wait_s=1.0)
        self._leave()

    @property
    def _is_ending(self) -> bool:
        return self._place.is_stopping or self._place.is_draining

    def _on_drain(self, _number: int, _frame: FrameType | None) -> None:
        """Do what is at hand to its end, and take nothing more."""
        if self._is_ending:
            return
        self._place.is_draining = True
        self._stop_listening()

    def _stop_listening(self) -> None:
        """Break the wait for a hint off; whatever else the process is at looks at `_is_ending` itself."""
        if self._listener is not None:
            self._listener.stop()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Give the job at hand back, and end; what is going on elsewhere is broken off a little later."""
        if self._place.is_stopping:
            return
        self._place.is_stopping = True
        timer = threading.Timer(LAST_MOMENT_S, os._exit, (1,))
        timer.daemon = True
        timer.start()
        self._stop_listening()
        if self._place.attempt is not None:
            self._place.attempt.stop()

    def _take_up_former_life(self) -> None:
        """Put the jobs back that a worker of our name had when it died; waits for the database where it is away."""
        while not self._is_ending:
            try:
                take_back_from(self._place.name, queue=resources().queue, now=utc_now())
                take_back_imports_from(self._place.name, now=utc_now())
                self._place.report()
            except SQLAlchemyError as error:
                log.warning("database_away", error=str(error).partition("\n")[0])
                close_session()
                time.sleep(PAUSE_S)
            else:
                close_session()
                return

    def _listen(self) -> None:
        """Take jobs until the queue server goes away, and wait until it is back."""
        try:
            self._listener = HintWorker(self._place.queues, connect(resources().settings.redis_url))
            if not self._is_ending:  # a signal that came before there was a listener
                self._listener.work()
        except StopRequested:
            log.debug("listening_stopped")
        except RedisError as error:
            log.debug("listening_ended", error=str(error))
        finally:
            self._listener = None
        if not self._is_ending:
            time.sleep(PAUSE_S)
            self._wait_for_queue()

    def _wait_for_queue(self) -> None:
        connection = connect(resources().settings.redis_url)
        said = False
        while not self._is_ending:
            try:
                connection.ping()
            except RedisError as error:
                if not said:
                    log.warning("queue_away", error=str(error))
                said = True
                time.sleep(PAUSE_S)
            else:
                if said:
                    log.warning("queue_back")
                return

    def _leave(self) -> None:
        log.info("worker_stopped", worker=self._place.name, drained=self._place.is_draining)
        with contextlib.suppress(SQLAlchemyError):
            self._place.leave()
            close_session()
