"""What counts as a view."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_unready_video, make_user, make_video, sign_in
from vod_web.core.errors import NotFound
from vod_web.db.session import close_session, current_session
from vod_web.models import User, Video, VideoStatus, Visibility
from vod_web.resources import resources
from vod_web.services.sign_ins import Browser
from vod_web.services.views import MOST_VIEWS, count_view

FIREFOX = Browser(user_agent="Firefox", address="192.0.2.1")
CHROME = Browser(user_agent="Chrome", address="192.0.2.1")
Watch = Callable[..., bool]


@pytest.fixture
def watch(app: Flask) -> Watch:
    """Somebody watches a video for a while."""

    def watch(video: Video, actor: User | None = None, browser: Browser = FIREFOX) -> bool:
        return count_view(actor, video.public_id, browser=browser, throttle=resources().throttle)

    return watch


def views_of(video: Video) -> int:
    close_session()
    return current_session().get_one(Video, video.id).view_count


def test_each_person_and_each_browser_counts_once_in_a_while(watch: Watch) -> None:
    video, viewer = make_video(make_user()), make_user()
    counted = [
        watch(video),
        watch(video),
        watch(video, browser=CHROME),
        watch(video, viewer),
        watch(video, viewer, CHROME),
    ]
    assert counted == [True, False, True, True, False]
    assert views_of(video) == 3


def test_the_owner_does_not_count(watch: Watch) -> None:
    owner = make_user()
    video = make_video(owner)
    assert not watch(video, owner)
    assert views_of(video) == 0


def test_a_view_does_not_change_when_the_video_was_changed(watch: Watch) -> None:
    video = make_video(make_user())
    assert watch(video)
    close_session()
    assert current_session().get_one(Video, video.id).updated_at == video.updated_at


def test_one_address_cannot_pretend_to_be_a_crowd(watch: Watch) -> None:
    video = make_video(make_user())
    for _ in range(MOST_VIEWS.amount - 2):
        resources().throttle.hit(MOST_VIEWS, "192.0.2.7")
    crowd = [Browser(user_agent=f"browser {number}", address="192.0.2.7") for number in range(5)]
    assert sum(watch(video, browser=browser) for browser in crowd) == 2


def test_what_one_may_not_see_or_cannot_play_is_not_counted(watch: Watch) -> None:
    with pytest.raises(NotFound):
        watch(make_video(make_user(), visibility=Visibility.PRIVATE))
    assert not watch(make_unready_video(make_user(), VideoStatus.PROCESSING, visibility=Visibility.PUBLIC))


def test_the_page_names_the_address_that_counts(client: FlaskClient) -> None:
    video = make_video(make_user())
    sign_in(client, make_user())
    address = f"/watch/{video.public_id}/views"
    page = client.get(f"/watch/{video.public_id}").text
    assert f'data-views="{address}"' in page
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    assert client.post(address, headers={"X-CSRFToken": token}).status_code == 204
    assert views_of(video) == 1
