"""How does a worker fetch files from other servers beside its job?

Fetching is waiting for others: it takes hours and no processor. So it is done in threads of the worker, as many on the
whole site as the settings say, and never keeps a video from being processed.
"""

import threading
from dataclasses import dataclass, field

from vod_web.core.clock import utc_now
from vod_web.core.logging import bind_context, get_logger
from vod_web.db.session import close_session, current_session
from vod_web.jobs.workplace import Workplace
from vod_web.models import Import
from vod_web.remote.downloads import Limits
from vod_web.resources import resources
from vod_web.services.import_fetching import Fetching, fetch_import
from vod_web.services.import_jobs import ImportLease, claim_import, fail_import, give_back_import
from vod_web.services.import_removal import remove_bytes
from vod_web.services.processing.attempts import WorkerStopped
from vod_web.services.processing.leases import LeaseLost

LOOK_S = 1.0
"""How often a worker looks for imports whose turn has come."""

log = get_logger(__name__)


@dataclass
class Importer:
    """The imports that this process is at."""

    place: Workplace
    limits: Limits = field(default_factory=lambda: Limits(max_bytes=0))
    """The site's settings say how large a file may be, and which networks are asked."""
    _at_work: dict[threading.Thread, Fetching] = field(default_factory=dict)

    def take_up(self) -> None:
        """Begin with all whose turn it is; called again and again."""
        for thread in [thread for thread in self._at_work if not thread.is_alive()]:
            del self._at_work[thread]
        while not (self.place.is_stopping or self.place.is_draining):
            most, lease_s = resources().settings.imports, self.place.rhythm.lease_s
            lease = claim_import(worker=self.place.name, most=most, lease_s=lease_s, now=utc_now())
            close_session()
            if lease is None:
                return
            self._begin(lease)

    def renew(self) -> None:
        """Hold them for another while; from the thread that does this all the time."""
        for attempt in list(self._at_work.values()):
            attempt.renew()

    def stop(self, *, wait_s: float) -> None:
        """Give them all back, so that another worker goes on with them."""
        for attempt in list(self._at_work.values()):
            attempt.is_stop_wanted = True
        for thread in list(self._at_work):
            thread.join(wait_s)

    def _begin(self, lease: ImportLease) -> None:
        at_hand = resources()
        attempt = Fetching(
            lease=lease,
            storage=at_hand.storage,
            queue=at_hand.queue,
            settings=at_hand.settings,
            limits=self.limits,
            lease_s=self.place.rhythm.lease_s,
        )
        thread = threading.Thread(target=self._go, args=(attempt,), name=f"import-{lease.job_id}", daemon=True)
        self._at_work[thread] = attempt
        thread.start()

    def _go(self, attempt: Fetching) -> None:
        bind_context(job=str(attempt.lease.job_id), worker=self.place.name, kind="import")
        try:
            run_import(attempt, first_pause_s=self.place.rhythm.retry_s)
        except Exception as error:  # the database is away: the lease runs out, and somebody goes on
            log.warning("import_left", error=f"{type(error).__name__}: {error}")
        finally:
            close_session()


def run_import(attempt: Fetching, *, first_pause_s: float) -> None:
    """Fetch, and note how it ended."""
    try:
        fetch_import(attempt)
    except LeaseLost:
        log.info("import_no_longer_ours")
    except WorkerStopped:
        close_session()
        give_back_import(attempt.lease, now=utc_now())
    except Exception as error:
        close_session()
        is_further = attempt.stored_bytes > 0
        if fail_import(attempt.lease, error, is_further=is_further, now=utc_now(), first_pause_s=first_pause_s):
            _clean_up(attempt)
    else:
        log.info("import_done")


def _clean_up(attempt: Fetching) -> None:
    found = current_session().get(Import, attempt.lease.import_id)
    if found is not None:
        remove_bytes(found, storage=attempt.storage)
