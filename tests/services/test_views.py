"""What counts as a view and as time watched, and how it comes into the tables, each of it once."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine, delete, select

from tests.databases import on_sqlite
from tests.factories import bearer, make_unready_video, make_user, make_video, sign_in
from vod_web.core.clock import utc_now
from vod_web.core.errors import Gone, InvalidInput, NotFound, Unavailable
from vod_web.core.security import new_secret
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import User, Video, VideoDay, VideoRetention, VideoStatus, Visibility
from vod_web.resources import resources
from vod_web.schemas.base import parse_input
from vod_web.schemas.viewing import PlayReport
from vod_web.services.play_buffer import PARTS, SITTING, PlayBuffer
from vod_web.services.sign_ins import Browser
from vod_web.services.throttle import Throttle
from vod_web.services.view_counting import count_buffered
from vod_web.services.views import MOST_SITTINGS, is_program, note_playing, parts_of

NOW = datetime.fromisoformat("2026-05-04T12:00:00+00:00")
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
FIREFOX = Browser(user_agent=AGENT, address="192.0.2.1")
CHROME = Browser(user_agent="Mozilla/5.0 Chrome/140.0", address="192.0.2.1")


class Audience:
    """People in front of their players."""

    def __init__(self, buffer: PlayBuffer, throttle: Throttle) -> None:
        self.buffer = buffer
        self.throttle = throttle

    def report(
        self,
        video: Video,
        actor: User | None = None,
        *,
        at_s: float = 0,
        played_s: float = 0,
        ranges: tuple[tuple[float, float], ...] = (),
        browser: Browser = FIREFOX,
    ) -> bool:
        """One report, so many seconds after noon."""
        told = PlayReport(played_s=played_s, ranges=list(ranges))
        now = NOW + timedelta(seconds=at_s)
        return note_playing(
            actor, video.public_id, told, browser=browser, buffer=self.buffer, throttle=self.throttle, now=now
        )

    def watch(self, video: Video, actor: User | None = None, *, at_s: float = 0, browser: Browser = FIREFOX) -> bool:
        """Begin, and report fifteen seconds."""
        self.report(video, actor, at_s=at_s, browser=browser)
        return self.report(video, actor, at_s=at_s + 15, played_s=15, ranges=((0, 15),), browser=browser)

    def count(self) -> int:
        """A round of counting."""
        return count_buffered(self.buffer, now=NOW)


@pytest.fixture
def audience(database: Engine, redis_url: str, throttle: Throttle) -> Audience:
    """The audience of a new site."""
    return Audience(PlayBuffer(Redis.from_url(redis_url), site_key=new_secret()), throttle)


def figures_of(video: Video) -> tuple[int, float]:
    """Views and seconds."""
    close_session()
    kept = current_session().get_one(Video, video.id)
    return kept.view_count, kept.watched_s


def test_each_person_and_each_browser_counts_once_in_a_while(audience: Audience) -> None:
    video, viewer = make_video(make_user()), make_user()
    counted = [
        audience.watch(video),
        audience.watch(video, at_s=60),
        audience.watch(video, browser=CHROME),
        audience.watch(video, viewer),
        audience.watch(video, viewer, at_s=60, browser=CHROME),
        audience.watch(video, viewer, at_s=SITTING.total_seconds() + 1),
    ]
    assert counted == [True, False, True, True, False, True]
    assert audience.count() == 1
    assert figures_of(video)[0] == 4


def test_the_owner_and_programs_do_not_count(audience: Audience) -> None:
    owner = make_user()
    video = make_video(owner)
    crawler = Browser(user_agent="Mozilla/5.0 (compatible; Somebot/2.1)", address="192.0.2.9")
    assert not audience.watch(video, owner)
    assert not audience.watch(video, browser=crawler)
    assert not audience.watch(video, browser=Browser(address="192.0.2.9"))
    assert audience.count() == 0
    assert audience.watch(video, make_user(), browser=crawler), "people with a program of their own are people"


@pytest.mark.parametrize(
    ("agent", "is_one"),
    [
        (AGENT, False),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Safari/604.1",
            False,
        ),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("Mozilla/5.0 HeadlessChrome/140.0 Safari/537.36", True),
        ("curl/8.5.0", True),
        ("python-requests/2.32", True),
        ("", True),
    ],
)
def test_programs_are_known_by_what_they_call_themselves(agent: str, is_one: bool) -> None:
    assert is_program(agent) is is_one


def test_a_view_takes_ten_seconds_or_a_third_of_a_short_video(audience: Audience) -> None:
    long, short = make_video(make_user(), duration_s=600.0), make_video(make_user(), duration_s=6.0)
    for video in (long, short):
        audience.report(video)
    assert not audience.report(short, at_s=1.9, played_s=1.9)
    assert audience.report(short, at_s=2.1, played_s=0.2)
    assert not audience.report(long, at_s=9, played_s=9)
    assert audience.report(long, at_s=10, played_s=1)
    audience.count()
    assert figures_of(long) == (1, 10.0)
    assert figures_of(short) == (1, pytest.approx(2.1))


def test_what_is_too_short_for_a_view_leaves_no_time_either(audience: Audience) -> None:
    video = make_video(make_user())
    audience.report(video)
    audience.report(video, at_s=5, played_s=5, ranges=((0, 5),))
    assert audience.count() == 0
    assert figures_of(video) == (0, 0.0)


def test_nobody_watches_longer_than_time_goes_by(audience: Audience) -> None:
    video = make_video(make_user(), duration_s=1000.0)
    assert not audience.report(video, played_s=3600, ranges=((0, 1000),)), "the first report has no time before it"
    assert audience.report(video, at_s=12, played_s=3600, ranges=((0, 1000),))
    audience.report(video, at_s=12, played_s=3600)
    audience.report(video, at_s=3, played_s=3600)
    audience.report(video, at_s=13, played_s=3600, browser=CHROME)
    audience.count()
    assert figures_of(video) == (1, 12.0)
    seen = current_session().get_one(VideoRetention, video.id).seen
    assert sum(seen) == 5, "in twelve seconds, at double speed, three parts, and the ends of two"


@pytest.mark.parametrize(
    "wrong",
    [
        {"played_s": -1},
        {"played_s": "NaN"},
        {"played_s": 1e9},
        {"played_s": 1, "ranges": [[0, float("inf")]]},
        {"played_s": 1, "ranges": [[-5, 1]]},
        {"played_s": 1, "ranges": [[0, 1]] * 201},
        {"played_s": 1, "ranges": [[0, 1, 2]]},
        {"played_s": 1, "ranges": "0-1"},
        {"played_s": 1, "video": "other"},
        {},
    ],
)
def test_reports_that_no_player_makes_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        parse_input(PlayReport, wrong)


def test_the_parts_are_those_of_which_something_was_shown() -> None:
    assert parts_of([(0, 1), (0.5, 2.5), (99, 200)], 100.0) == [0, 1, 2, 99]
    assert parts_of([(5, 5), (7, 3), (300, 400)], 100.0) == []
    assert parts_of([(0, 10)], 10.0) == list(range(PARTS))


def test_each_part_is_counted_once_for_each_viewer(audience: Audience) -> None:
    video = make_video(make_user(), duration_s=100.0)
    for browser in (FIREFOX, CHROME):
        audience.report(video, browser=browser)
        audience.report(video, at_s=15, played_s=15, ranges=((0, 15),), browser=browser)
        audience.report(video, at_s=30, played_s=15, ranges=((5, 20),), browser=browser)
    audience.count()
    audience.report(video, at_s=45, played_s=15, ranges=((80, 95),))
    audience.count()
    kept = current_session().get_one(VideoRetention, video.id, populate_existing=True)
    assert kept.viewers == 2
    assert kept.seen == [2] * 20 + [0] * 60 + [1] * 15 + [0] * 5


def test_days_are_kept_apart(audience: Audience) -> None:
    video, viewer = make_video(make_user()), make_user()
    for days in range(3):
        audience.watch(video, viewer, at_s=days * 86400)
        audience.count()
    days = current_session().execute(select(VideoDay.day, VideoDay.views, VideoDay.watched_s).order_by(VideoDay.day))
    assert [(day.isoformat(), views, seconds) for day, views, seconds in days] == [
        ("2026-05-04", 1, 15.0),
        ("2026-05-05", 1, 15.0),
        ("2026-05-06", 1, 15.0),
    ]


def test_midnight_makes_no_second_view(audience: Audience) -> None:
    video, late_s = make_video(make_user()), 12 * 3600 - 20.0
    assert audience.watch(video, at_s=late_s)
    assert not audience.report(video, at_s=late_s + 30, played_s=15)
    assert not audience.report(video, at_s=late_s + 45, played_s=15)
    audience.count()
    assert figures_of(video) == (1, 45.0)


def test_a_view_does_not_change_when_the_video_was_changed(audience: Audience) -> None:
    video = make_video(make_user())
    audience.watch(video)
    audience.count()
    close_session()
    assert current_session().get_one(Video, video.id).updated_at == video.updated_at


def test_one_address_cannot_pretend_to_be_a_crowd(audience: Audience) -> None:
    video = make_video(make_user())
    for _ in range(MOST_SITTINGS.amount - 2):
        audience.throttle.hit(MOST_SITTINGS, "192.0.2.7")
    crowd = [Browser(user_agent=f"{AGENT} {number}", address="192.0.2.7") for number in range(5)]
    assert sum(audience.watch(video, browser=browser) for browser in crowd) == 2


def test_what_one_may_not_see_or_cannot_play_is_not_counted(audience: Audience) -> None:
    with pytest.raises(NotFound):
        audience.watch(make_video(make_user(), visibility=Visibility.PRIVATE))
    with pytest.raises(NotFound):
        audience.watch(make_video(make_user(), visibility=Visibility.INTERNAL))
    with pytest.raises(Gone):
        audience.watch(make_video(make_user(), status=VideoStatus.DELETED))
    assert not audience.watch(make_unready_video(make_user(), VideoStatus.PROCESSING, visibility=Visibility.PUBLIC))


def test_many_at_the_same_moment_are_all_counted(audience: Audience) -> None:
    videos = [make_video(make_user()) for _ in range(3)]
    viewers = [make_user() for _ in range(8)]

    def work(viewer: User) -> None:
        for video in videos:
            audience.watch(video, viewer)
            audience.count()
        close_session()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, viewers))
    audience.count()
    assert [figures_of(video) for video in videos] == [(8, 120.0)] * 3


def test_videos_that_are_gone_do_not_hold_up_the_others(audience: Audience) -> None:
    gone, kept = make_video(make_user()), make_video(make_user())
    audience.watch(gone)
    audience.watch(kept)
    with transaction() as session:
        session.execute(delete(Video).where(Video.id == gone.id))
    audience.count()
    assert figures_of(kept) == (1, 15.0)


DIE = """
import os, signal, sys
from redis import Redis
from vod_web.core.clock import utc_now
from vod_web.db.engine import make_engine
from vod_web.db.session import bind_sessions
from vod_web.services.play_buffer import PlayBuffer
from vod_web.services.view_counting import count_buffered

class Dying(PlayBuffer):
    def take(self):
        batch = super().take()
        if sys.argv[4] == "take":
            os.kill(os.getpid(), signal.SIGKILL)
        return batch
    def drop(self, batch):
        os.kill(os.getpid(), signal.SIGKILL)

bind_sessions(make_engine(sys.argv[1]))
count_buffered(Dying(Redis.from_url(sys.argv[2]), site_key=sys.argv[3]), now=utc_now())
"""


@pytest.mark.parametrize("place", ["take", "drop"])
def test_nothing_is_lost_or_counted_twice_when_a_process_is_killed(
    settings: Settings, database: Engine, redis_url: str, throttle: Throttle, place: str
) -> None:
    site_key = new_secret()
    audience = Audience(PlayBuffer(Redis.from_url(redis_url), site_key=site_key), throttle)
    video = make_video(make_user())
    audience.watch(video)
    close_session()
    killed = subprocess.run(
        [sys.executable, "-c", DIE, settings.database_url, redis_url, site_key, place],
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert figures_of(video)[0] == (1 if place == "drop" else 0)
    audience.watch(video, browser=CHROME)
    while audience.count():
        pass
    assert figures_of(video) == (2, 30.0)


@on_sqlite
def test_without_the_queue_server_players_are_asked_to_tell_again(database: Engine, throttle: Throttle) -> None:
    away = Audience(PlayBuffer(Redis.from_url("redis://127.0.0.1:1"), site_key="x"), throttle)
    with pytest.raises(Unavailable):
        away.watch(make_video(make_user()))


@on_sqlite
def test_nothing_on_the_queue_server_says_who_watched(audience: Audience, redis_url: str) -> None:
    viewer = make_user("vera")
    audience.watch(make_video(make_user()), viewer)
    audience.watch(make_video(make_user()))
    with Redis.from_url(redis_url) as connection:
        names = b" ".join(connection.scan_iter("*:plays:*")).decode()
        assert "192.0.2.1" not in names
        assert "user" not in names
        sittings = list(connection.scan_iter("*:plays:sitting:*"))
        assert all(0 < connection.ttl(name) <= SITTING.total_seconds() for name in sittings)
        assert all(connection.ttl(name) > 0 for name in connection.scan_iter("*:plays:salt:*"))


@on_sqlite
def test_the_page_names_the_address_that_takes_reports(client: FlaskClient) -> None:
    video = make_video(make_user())
    sign_in(client, make_user())
    address = f"/watch/{video.public_id}/plays"
    for page in (f"/watch/{video.public_id}", f"/embed/{video.public_id}"):
        assert f'data-plays="{address}"' in client.get(page).text
    assert client.post(address, json={"played_s": 0}).status_code == 204
    assert client.post(address, json={"played_s": -1}).status_code == 422
    assert client.post(address, data="played_s=0").status_code == 422
    assert client.post("/watch/AAAAAAAAAAA/plays", json={"played_s": 0}).status_code == 404


@on_sqlite
def test_programs_of_people_report_by_the_api(client: FlaskClient) -> None:
    video, viewer = make_video(make_user()), make_user()
    address, headers = f"/api/v1/videos/{video.public_id}/plays", bearer(viewer)
    assert client.post(address, json={"played_s": 0}, headers=headers).status_code == 204
    assert resources().plays.has_sitting(video.id, f"user {viewer.id}", now=utc_now())
    assert client.post(address, json={"played_s": 0}).status_code == 401
