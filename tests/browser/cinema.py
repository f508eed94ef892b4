"""A site with a film that plays and people with accounts, made through the database: for tests of what viewers do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import update
from sqlalchemy.orm import selectinload

from tests.browser.conftest import RunningSite
from tests.databases import let_go
from tests.factories import make_admin, make_user
from tests.workers import Site
from vod_web.app import create_app
from vod_web.core.clock import utc_now
from vod_web.core.settings import load_settings
from vod_web.db.session import close_session, transaction
from vod_web.media.runner import Tools, run_ffmpeg
from vod_web.media.test_clip import clip_command
from vod_web.media.tools import find_ffmpeg
from vod_web.models import PublishRule, User, Video, Visibility
from vod_web.resources import resources
from vod_web.services.search.index import index_video
from vod_web.services.sign_ins import Browser, begin_sign_in
from vod_web.web.sign_in import COOKIE

LADDER = "240"
READY_LIMIT_S = 240.0


class Cinema:
    """What is asked here goes by the database; browsers ask the site."""

    def __init__(self, running: RunningSite) -> None:
        self.url = running.url
        settings = load_settings({"VOD_DATA_DIR": str(running.data_dir), "VOD_LOG_LEVEL": "ERROR"})
        self.app: Flask = create_app(settings)
        make_admin("ada")
        log = running.data_dir / "logs" / "worker-1.log"
        self._workshop = Site(settings, resources(), {}, log, _owner=[make_user("grace")])

    @property
    def owner(self) -> User:
        """Whose the films are."""
        return self._workshop.owner

    def show(self, clip: Path, title: str) -> Video:
        """A new public film, as soon as all of it is made."""
        video = self._workshop.add_video(clip)
        with transaction() as session:
            row = session.get_one(Video, video.id, options=[selectinload(Video.tags)], populate_existing=True)
            row.title, row.visibility = title, Visibility.PUBLIC
            row.announced_at = utc_now()  # who follows later is not told of it
            index_video(session, row)
        return self._workshop.wait_for(video, limit_s=READY_LIMIT_S)

    def see(self, video: Video) -> Video:
        """The film as it stands in the database."""
        return self._workshop.see(video)

    @contextmanager
    def keeping_back(self, video: Video) -> Iterator[None]:
        """Inside of the block the film is still to come; then it is published as it was before."""
        before = {name: getattr(video, name) for name in ("publish_rule", "publish_at", "published_at")}
        self._plan(video, publish_rule=PublishRule.AT_TIME, publish_at=utc_now() + timedelta(days=1), published_at=None)
        yield
        self._plan(video, **before)

    def _plan(self, video: Video, **plan: object) -> None:
        with transaction() as session:
            session.execute(update(Video).where(Video.id == video.id).values(plan))

    def enter(self, page: Page) -> User:
        """From now on the page is in the browser of a new person."""
        person = make_user()
        _, secret = begin_sign_in(person, Browser(user_agent="test", address="127.0.0.1"))
        page.context.add_cookies([{"name": COOKIE, "value": secret, "url": self.url}])
        return person


def make_film(folder: Path, duration_s: float) -> Path:
    """A small one with sound, of this length."""
    command = clip_command("film.mp4", duration_s=duration_s, width_px=426, height_px=240)
    run_ffmpeg(command, tools=Tools(str(find_ffmpeg())), work_dir=folder)
    return folder / "film.mp4"


@contextmanager
def opening(running: RunningSite) -> Iterator[Cinema]:
    """The cinema of this site; this process's database is the site's until the end."""
    cinema = Cinema(running)
    try:
        yield cinema
    finally:
        close_session()
        let_go(cinema.app)
