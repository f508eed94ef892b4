"""What does a worker do all the time, beside its job: report itself, and pick up what others left?"""

import itertools
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from vod_web.core.clock import utc_now
from vod_web.core.logging import get_logger
from vod_web.db.session import close_session
from vod_web.jobs.workplace import this_workplace
from vod_web.resources import resources
from vod_web.services import versions
from vod_web.services.announcing import announce_new_videos
from vod_web.services.bin import purge_deleted
from vod_web.services.captions import purge_captions
from vod_web.services.channel_pictures import remove_dropped_pictures
from vod_web.services.comment_removal import purge_comments
from vod_web.services.download_making import make_wanted_downloads, remove_old_downloads
from vod_web.services.history import purge_history
from vod_web.services.import_jobs import take_back_expired_imports
from vod_web.services.import_removal import expire_imports
from vod_web.services.notification_list import remove_old
from vod_web.services.notification_mails import send_due_mails
from vod_web.services.playlists import purge_playlists
from vod_web.services.podcasts import make_missing_episodes
from vod_web.services.popular import rank_if_due
from vod_web.services.premieres import remind_of_published
from vod_web.services.processing.files import remove_dropped, remove_old_files
from vod_web.services.processing.sweep import sweep_jobs
from vod_web.services.processing.workers import forget_workers
from vod_web.services.publication import publish_due
from vod_web.services.search.spoken import index_missing_captions
from vod_web.services.sign_ins import purge_sign_ins
from vod_web.services.thumbnail_files import remove_dropped_thumbnails
from vod_web.services.upload_removal import expire_uploads
from vod_web.services.version_removal import sweep_versions
from vod_web.services.view_counting import count_buffered

LEFTOVER_ROUNDS = 4
"""So many rounds old is what a process that was killed left in the storage when it is removed."""

NEW_FOR = timedelta(days=2)
ROUNDS_TO_ALL = 20
"""In so many rounds, the first of which is one, the episodes of all videos are looked for once."""
_looks = itertools.count()

log = get_logger(__name__)


class Rounds:
    """Tasks that are done again and again in a thread of their own; one that fails is done again next time."""

    def __init__(self, name: str, tasks: Sequence[Callable[[], object]], *, every_s: float) -> None:
        self._tasks = tasks
        self._every_s = every_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._go, name=name, daemon=True)

    def start(self) -> None:
        """Begin with the first round at once."""
        self._thread.start()

    def stop(self, *, wait_s: float) -> None:
        """Begin no further task, and wait a moment for the one that is going on."""
        self._stopped.set()
        if self._thread.is_alive():  # the end may come before the beginning
            self._thread.join(wait_s)

    def _go(self) -> None:
        while True:
            for task in self._tasks:
                if self._stopped.is_set():
                    return
                self._do(task)
            if self._stopped.wait(self._every_s):
                return

    def _do(self, task: Callable[[], object]) -> None:
        try:
            task()
        except Exception as error:
            log.warning("round_failed", task=task.__name__, error=f"{type(error).__name__}: {error}")
        finally:
            _close_quietly()


def _close_quietly() -> None:
    """Give the connection back, also where it is broken: the next round takes a new one."""
    try:
        close_session()
    except Exception as error:
        log.warning("session_not_closed", error=f"{type(error).__name__}: {error}")


def mend_jobs() -> int:
    """Jobs that died with their worker or were forgotten by the queue."""
    return sweep_jobs(queue=resources().queue, now=utc_now())


def mend_imports() -> int:
    """Files that were being fetched by a worker that died."""
    return take_back_expired_imports(now=utc_now())


def remove_stale_imports() -> int:
    """What has come of imports that failed, were cancelled, or are over."""
    return expire_imports(storage=resources().storage, now=utc_now())


def publish_scheduled() -> int:
    """Videos whose time has come."""
    return publish_due(now=utc_now())


def remind_waiters() -> int:
    """Those who wanted to be reminded of videos, as soon as these are published."""
    return remind_of_published(now=utc_now())


def tell_followers() -> int:
    """Followers with a bell, of videos that are new."""
    return announce_new_videos(now=utc_now())


def remove_old_notifications() -> int:
    """What people were told long ago."""
    return remove_old(now=utc_now())


def make_episodes() -> int:
    """Of podcasts; in a thread of its own, as they are copied from the storage and back.

    Mostly of what is new; of all videos, which are many, once in a while: an old one may have become public, got
    another file, or be of a channel that begins with a podcast.
    """
    place, storage = this_workplace(), resources().storage
    since = utc_now() - NEW_FOR if next(_looks) % ROUNDS_TO_ALL else None
    return make_missing_episodes(storage=storage, tools=place.tools, folder=place.scratch / "episode", since=since)


def make_downloads() -> int:
    """Files that people want to keep; in a thread of its own, likewise, and often, as somebody waits."""
    place = this_workplace()
    return make_wanted_downloads(storage=resources().storage, tools=place.tools, folder=place.scratch / "download")


def remove_stale_downloads() -> int:
    """The same, when nobody has asked for them lately."""
    return remove_old_downloads(storage=resources().storage, now=utc_now())


def send_mails() -> int:
    """Of what people want to be told by mail; in a thread of its own, as mail servers may be slow."""
    held = resources()
    return send_due_mails(mailer=held.mailer, settings=held.settings, now=utc_now())


def remove_stale_uploads() -> int:
    """Uploads that nobody goes on with."""
    return expire_uploads(storage=resources().storage, now=utc_now())


def empty_bin() -> int:
    """Videos that were deleted long enough ago."""
    return purge_deleted(storage=resources().storage, now=utc_now())


def remove_deleted_comments() -> int:
    """Comments that were deleted long enough ago."""
    return purge_comments(now=utc_now())


def remove_taken_out_captions() -> int:
    """Caption tracks that were taken out long enough ago."""
    return purge_captions(storage=resources().storage, now=utc_now())


def index_new_captions() -> int:
    """What caption tracks say that the search does not know yet."""
    return index_missing_captions(storage=resources().storage)


def remove_superseded() -> int:
    """Files of encodes that nobody watches any more."""
    return remove_old_files(storage=resources().storage, now=utc_now())


def remove_replaced() -> int:
    """Files of renditions that better ones replaced."""
    return remove_dropped(storage=resources().storage, now=utc_now())


def remove_old_versions() -> int:
    """Earlier files of videos whose time is over, and what was given up."""
    kept_for = versions.kept_for(resources().settings)
    return sweep_versions(storage=resources().storage, kept_for=kept_for, now=utc_now())


def remove_old_thumbnails() -> int:
    """Pictures that another one replaced, or that nobody saw."""
    return remove_dropped_thumbnails(storage=resources().storage, now=utc_now())


def remove_old_channel_pictures() -> int:
    """The same of channels."""
    return remove_dropped_pictures(storage=resources().storage, now=utc_now())


def remove_silent_workers() -> int:
    """Rows of workers that are gone."""
    return forget_workers(now=utc_now())


def forget_ended_sign_ins() -> None:
    """Rows of browsers that nobody uses any more."""
    purge_sign_ins(now=utc_now())


def forget_removed_history() -> int:
    """What people took out of their histories."""
    return purge_history(now=utc_now())


def remove_deleted_playlists() -> None:
    """Playlists whose days are over, and changes of them that are not undone any more."""
    purge_playlists(now=utc_now())


def count_views() -> int:
    """What players have reported."""
    return count_buffered(resources().plays, now=utc_now())


def rank_videos() -> bool:
    """Which videos are popular."""
    return rank_if_due(resources().plays, now=utc_now())


def remove_leftovers() -> int:
    """Half-written files of processes that were killed."""
    return resources().storage.remove_leftovers(older_than_s=LEFTOVER_ROUNDS * this_workplace().rhythm.sweep_s)


SWEEP = (
    mend_jobs,
    mend_imports,
    publish_scheduled,
    remind_waiters,
    tell_followers,
    remove_stale_uploads,
    remove_stale_imports,
    empty_bin,
    remove_taken_out_captions,
    remove_deleted_comments,
    index_new_captions,
    remove_superseded,
    remove_replaced,
    remove_old_thumbnails,
    remove_old_channel_pictures,
    remove_old_versions,
    remove_stale_downloads,
    remove_silent_workers,
    forget_ended_sign_ins,
    forget_removed_history,
    remove_old_notifications,
    remove_deleted_playlists,
    rank_videos,
    remove_leftovers,
)
COUNTING = (count_views,)
"""Done more often than the sweep: numbers on pages follow within seconds."""
COUNT_S = 5.0
DOWNLOAD_S = 2.0
"""How soon a worker sees that somebody wants a file."""
