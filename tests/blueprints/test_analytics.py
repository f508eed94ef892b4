"""What owners see of how their videos are watched: pages, files for other programs, and the API."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from flask.testing import FlaskClient

from tests.databases import on_both
from tests.factories import bearer, make_admin, make_user, make_video, sign_in
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.db.session import transaction
from vod_web.models import Role, User, Video, VideoDay, VideoRetention, VideoStatus

pytestmark = on_both


def make_watched(owner: User, days: dict[int, int], title: str = "film", **values: object) -> Video:
    """A video with so many views, of ten seconds each, so many days ago."""
    video = make_video(owner, title, **values)
    with transaction() as session:
        for ago, views in days.items():
            day = utc_now().date() - timedelta(days=ago)
            session.add(VideoDay(video_id=video.id, day=day, views=views, watched_s=views * 10.0))
    return video


def test_a_span_holds_its_days_without_gaps(client: FlaskClient) -> None:
    ada = make_user("ada")
    video = make_watched(ada, {0: 1, 6: 2, 7: 4, 27: 8, 28: 16, 89: 32, 400: 64})
    address, headers = f"/api/v1/videos/{video.public_id}/analytics", bearer(ada)
    for span, views, count in (("7", 3, 7), ("28", 15, 28), ("90", 63, 90)):
        told = client.get(f"{address}?span={span}", headers=headers).json
        assert (told["views"], told["watched_s"], told["average_s"], len(told["days"])) == (
            views,
            views * 10,
            10,
            count,
        )
        assert told["days"][-1]["day"] == utc_now().date().isoformat()
    told = client.get(f"{address}?span=all", headers=headers).json
    assert (told["views"], sum(month["views"] for month in told["days"])) == (127, 127)
    months = [date.fromisoformat(month["day"]) for month in told["days"]]
    assert all(month.day == 1 for month in months)
    assert all((later - sooner).days <= 31 for sooner, later in pairwise(months))
    assert client.get(f"{address}?span=2", headers=headers).status_code == 422


def test_who_stays_is_told_as_shares(client: FlaskClient) -> None:
    ada = make_user("ada")
    video = make_watched(ada, {0: 4})
    with transaction() as session:
        session.add(VideoRetention(video_id=video.id, viewers=4, seen=[4] * 50 + [1] * 50))
    told = client.get(f"/api/v1/videos/{video.public_id}/analytics", headers=bearer(ada)).json
    assert (told["viewers"], told["retention"]) == (4, [1.0] * 50 + [0.25] * 50)
    sign_in(client, ada)
    page = client.get(f"/studio/videos/{video.public_id}/analytics").text
    assert "How long people stay" in page
    assert "25%" in page or "25 %" in page
    assert 'aria-current="page">Analytics</a>' in page


def test_nobody_watched_is_said_in_words(client: FlaskClient) -> None:
    ada = make_user("ada")
    video = make_video(ada)
    sign_in(client, ada)
    for span in ("7", "28", "90", "all", "odd"):
        page = client.get(f"/studio/videos/{video.public_id}/analytics?span={span}")
        assert page.status_code == 200
        assert "Nobody has watched it yet" in page.text
        assert client.get(f"/studio/analytics?span={span}").status_code == 200


@pytest.mark.parametrize("part", ["", ".csv"])
def test_others_do_not_see_the_figures(client: FlaskClient, part: str) -> None:
    video = make_watched(make_user("ada"), {0: 3})
    address = f"/studio/videos/{video.public_id}/analytics{part}"
    assert client.get(address).status_code == 303
    for person, status in ((make_user(), 403), (make_user(role=Role.MODERATOR), 403), (make_admin(), 200)):
        sign_in(client, person)
        assert client.get(address).status_code == status
    api = f"/api/v1/videos/{video.public_id}/analytics"
    assert client.get(api, headers=bearer(make_user())).status_code == 403
    told = client.get(f"/api/v1/videos/{video.public_id}", headers=bearer(make_user())).json
    assert told["watched_s"] is None


def test_a_channel_holds_all_its_videos_but_those_in_the_bin(client: FlaskClient) -> None:
    ada = make_user("ada")
    make_watched(ada, {0: 3, 1: 1}, "first")
    make_watched(ada, {0: 5}, "second")
    make_watched(ada, {0: 100}, "gone", status=VideoStatus.DELETED)
    make_watched(make_user(), {0: 100}, "of another person")
    told = client.get("/api/v1/analytics", headers=bearer(ada)).json
    assert (told["views"], told["watched_s"]) == (9, 90)
    assert [(video["title"], video["views"]) for video in told["top"]] == [("second", 5), ("first", 4)]
    sign_in(client, ada)
    page = client.get("/studio/analytics").text
    assert page.index("second") < page.index("first")
    assert "gone" not in page


def test_figures_are_given_as_a_file(client: FlaskClient) -> None:
    ada = make_user("ada")
    video = make_watched(ada, {0: 3})
    sign_in(client, ada)
    today = utc_now().date().isoformat()
    for address in (f"/studio/videos/{video.public_id}/analytics.csv?span=7", "/studio/analytics.csv?span=7"):
        answer = client.get(address)
        assert answer.mimetype == "text/csv"
        assert "attachment" in answer.headers["Content-Disposition"]
        lines = answer.text.splitlines()
        assert (lines[0], len(lines), lines[-1]) == ("from,views,watched_s", 8, f"{today},3,30.0")


def test_a_channel_of_many_costs_as_many_queries_as_one_of_few(client: FlaskClient) -> None:
    ada = make_user("ada")
    sign_in(client, ada)
    counts = []
    for _ in range(2):
        for number in range(4):
            make_watched(ada, {number: 1})
        client.get("/studio/analytics")
        with counted_queries() as statements:
            client.get("/studio/analytics")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8
