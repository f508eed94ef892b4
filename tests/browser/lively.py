"""A site on which something of everything has happened, for tests that look at all of its pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import RunningSite
from tests.databases import let_go
from tests.factories import make_unready_video, make_video
from tests.rights.people import People, Things
from tests.rights.table import Row
from tests.workers import Site
from vod_web.app import create_app
from vod_web.core.clock import utc_now
from vod_web.core.settings import load_settings
from vod_web.db.session import close_session, transaction
from vod_web.media.runner import Tools
from vod_web.media.test_clip import make_clip
from vod_web.media.tools import find_ffmpeg
from vod_web.models import (
    NotificationKind,
    PublishRule,
    User,
    Video,
    VideoDay,
    VideoRetention,
    VideoStatus,
    ViewingPosition,
    Visibility,
)
from vod_web.resources import resources
from vod_web.services.audit import note
from vod_web.services.bin import delete_video
from vod_web.services.notifications import notify
from vod_web.web.sign_in import COOKIE

CHAPTERS = [{"start_s": 0, "title": "The harbour"}, {"start_s": 2, "title": "The sea"}]
WORDS = "We left at 0:02, see https://example.org/log and say what you think. #boats\n" * 9


LOOKERS = ("owner", "admin", "visitor")
"""Who is asked to look at a page, until somebody sees it; the visitor sees those of signing in."""


class LivelyThings(Things):
    """The owner's things, of which the video is one that plays."""

    def __init__(self, people: People, film: Video) -> None:
        super().__init__(people, Visibility.PUBLIC)
        self._film = film

    def __getitem__(self, name: str) -> str:
        return self._film.public_id if name == "video_id" else super().__getitem__(name)

    def schedule_video(self) -> None:
        """It stays as it is, for all other pages; `LivelySite.scheduled` is one that is still to come."""


class LivelySite:
    """People of every kind, and what they have done. What is asked here goes by the database; browsers ask the site."""

    def __init__(self, running: RunningSite, folder: Path) -> None:
        self.url = running.url
        self.settings = load_settings({"VOD_DATA_DIR": str(running.data_dir), "VOD_LOG_LEVEL": "ERROR"})
        self.app = create_app(self.settings)
        self.people = People(self.app)
        log = running.data_dir / "logs" / "worker-1.log"
        workshop = Site(self.settings, resources(), {}, log, _owner=[self.owner])
        clip = make_clip(folder / "clip.mp4", tools=Tools(str(find_ffmpeg())), duration_s=6)
        film = workshop.add_video(clip)
        self.unready: list[str] = []
        self.scheduled = ""
        self.deleted = self.sensitive = ""
        self.things = LivelyThings(self.people, film)
        workshop.wait_for(film, limit_s=240)
        self.film = workshop.see(film)

    @property
    def owner(self) -> User:
        """Whose the film is."""
        return self.people.of["owner"]

    def become(self, page: Page, who: str) -> None:
        """From now on the page is in this person's browser."""
        page.context.clear_cookies()
        cookie = self.people.browsers[who].get_cookie(COOKIE)
        if cookie is not None:
            page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": self.url}])

    def find_page(self, address: str, row: Row) -> tuple[str, str] | None:
        """Who sees a whole page at an address of the table, and where it is; None where there is something else."""
        path = self.things.address(address.removeprefix("GET "), row.known) + row.query
        sent = {name: value for name, value in row.sends(self.things).items() if name != "headers"}
        got = []
        for who in LOOKERS:
            answer = self.people.browsers[who].get(path, buffered=True, **sent)
            if answer.status_code == 200 and answer.text.lstrip().startswith("<!doctype html"):
                return who, answer.request.full_path.removesuffix("?")
            got.append(answer.status_code < 400 and not answer.headers.get("Location", "").startswith("/login"))
            answer.close()
        assert any(got), f"nobody gets anything at {address}"
        return None

    def fill(self) -> None:
        """Let something of everything happen."""
        self._tell_of_the_film()
        self._make_more_videos()
        self._watch_and_follow()
        self._talk()
        names = ("playlist_id", "item_id", "report_id", "version_id", "upload_id", "import_id", "token_id", "job_id")
        self.things.make_all(*names)
        note(self.people.of["admin"], "user.suspend", "somebody", reason="Spam")
        close_session()

    def _tell_of_the_film(self) -> None:
        path = f"/videos/{self.film.public_id}"
        told = {"title": "Out at sea", "description": WORDS, "tags": ["boats", "sea"], "category": "travel"}
        self.things.call("PATCH", path, json=told)
        self.things.call("PUT", f"{path}/chapters", json={"chapters": CHAPTERS})
        self.things.make_all("language")

    def _make_more_videos(self) -> None:
        owner, now = self.owner, utc_now()
        for number in range(14):
            make_video(owner, f"Boats and harbours, part {number}", tags=["boats"], view_count=7 * number)
        make_video(owner, "For few", visibility=Visibility.PRIVATE, viewers=[self.people.of["named"]])
        failed = make_unready_video(owner, VideoStatus.FAILED, "No video at all", status_reason="It is not a video.")
        coming = make_unready_video(owner, VideoStatus.PROCESSING, "On its way", progress=0.4)
        self.unready = [failed.public_id, coming.public_id]
        later = {"publish_rule": PublishRule.AT_TIME, "publish_at": now + timedelta(days=3), "published_at": None}
        self.scheduled = make_video(owner, "On Friday", **later).public_id
        self.deleted = make_video(owner, "Thrown away").public_id
        self.sensitive = make_video(owner, "Not for everybody", is_sensitive=True, tags=["boats"]).public_id
        delete_video(owner, self.deleted, now=now)
        with transaction() as session:
            for ago in range(20):
                day = VideoDay(video_id=self.film.id, day=now.date() - timedelta(days=ago), views=ago, watched_s=90.0)
                session.add(day)
            session.add(VideoRetention(video_id=self.film.id, viewers=9, seen=[9] * 60 + [3] * 40))

    def _watch_and_follow(self) -> None:
        owner, other = self.owner, self.people.of["stranger"]
        elsewhere = [make_video(other, f"Mountain {number}", tags=["mountains"]) for number in range(6)]
        now = utc_now()
        with transaction() as session:
            for ago, video in enumerate(elsewhere):
                seen = {"position_s": 30.0, "goes_on": True, "watched_at": now - timedelta(hours=9 * ago)}
                session.add(ViewingPosition(user_id=owner.id, video_id=video.id, **seen))
            for video in elsewhere:
                about = {"subject": video.public_id, "video": video, "by": other}
                notify(session, NotificationKind.NEW_VIDEO, to=[owner.id], now=now, **about)
        self.things.call("PUT", "/subscriptions/stranger", json={"has_bell": True})
        self.things.call("PUT", "/subscriptions/moderator", json={})
        for video in elsewhere:
            self.things.call("PUT", f"/videos/{video.public_id}/reaction", json={"kind": "like"})

    def _talk(self) -> None:
        comments = f"/videos/{self.film.public_id}/comments"
        for number in range(4):
            said = self.things.call("POST", comments, json={"text": f"Look at 0:0{number}, @stranger"})
        self.things.call("POST", comments, json={"text": "So it is", "reply_to": said["id"]})
        self.things.call("PUT", f"/comments/{said['id']}/marks", json={"is_pinned": True, "is_hearted": True})
        self.things.make_all("comment_id")
        self.things.call("PUT", "/me/muted/viewer")


@contextmanager
def filling(running: RunningSite, folder: Path) -> Iterator[LivelySite]:
    """The site, filled; this process's database is the site's until the end."""
    lively = LivelySite(running, folder)
    try:
        lively.fill()
        yield lively
    finally:
        close_session()
        let_go(lively.app)
