"""One's own videos: table, form, bin."""

import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.databases import on_both
from tests.factories import make_encode, make_unready_video, make_user, make_video, sign_in
from vod_web.core.clock import utc_now
from vod_web.db.session import transaction
from vod_web.models import EncodeStatus, Rendition, RenditionKind, Role, User, Video, VideoStatus, Visibility
from vod_web.resources import resources
from vod_web.schemas.playlists import PlaylistCreate
from vod_web.services.playlists import create_playlist
from vod_web.services.videos import get_own_video

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def ada(client: FlaskClient) -> User:
    """Somebody who is signed in in this browser; forms need no token."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    user = make_user("ada")
    sign_in(client, user)
    return user


def rows(text: str) -> list[str]:
    """The titles in the table, in order."""
    return re.findall(r'class="card-title link-quiet clamp-2"[^>]*>([^<]*)<', text)


def test_visitors_are_asked_to_sign_in(client: FlaskClient) -> None:
    make_user()
    for address in ("/studio", "/studio/bin", "/studio/status?id=x"):
        assert client.get(address).status_code in (302, 303, 401)


def test_the_table_shows_all_states(client: FlaskClient, ada: User) -> None:
    make_video(ada, "ready one", visibility=Visibility.PRIVATE)
    make_unready_video(ada, VideoStatus.PROCESSING, "busy one", progress=0.5)
    make_video(make_user("bob"), "of bob")
    make_video(ada, "deleted one", status=VideoStatus.DELETED)
    page = client.get("/studio").text
    assert rows(page) == ["busy one", "ready one"]
    assert "Processing 50 %" in page
    assert "Private" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("query=harbour", ["Harbour"]),
        ("status=failed", ["Broken"]),
        ("visibility=private", ["Alps"]),
        ("status=&visibility=&query=", ["Broken", "Alps", "Harbour"]),
        ("sort=title", ["Alps", "Broken", "Harbour"]),
        ("sort=-views", ["Harbour", "Broken", "Alps"]),
        ("query=nothing", []),
    ],
)
def test_the_state_of_the_table_is_in_the_address(
    client: FlaskClient, ada: User, query: str, expected: list[str]
) -> None:
    make_video(ada, "Harbour", view_count=5)
    make_video(ada, "Alps", visibility=Visibility.PRIVATE)
    make_unready_video(ada, VideoStatus.FAILED, "Broken")
    page, fragment = client.get(f"/studio?{query}").text, client.get(f"/studio?{query}", headers=FRAGMENT).text
    assert rows(page) == rows(fragment) == expected
    assert fragment.lstrip().startswith('<div id="my-videos">')
    assert ("No video fits" in page) == (not expected)


def test_paging(client: FlaskClient, ada: User) -> None:
    for number in range(27):
        make_video(ada, f"film {number:02}")
    first = client.get("/studio?sort=title").text
    link = re.search(r'href="(/studio\?[^"]*cursor=[^"]+)" rel="next"', first)
    assert link is not None
    assert rows(client.get(link[1].replace("&amp;", "&")).text) == ["film 25", "film 26"]


@on_both
def test_rows_that_change_are_asked_for_until_none_does(client: FlaskClient, ada: User) -> None:
    busy = make_unready_video(ada, VideoStatus.PROCESSING, progress=0.25)
    ready = make_video(ada)
    page = client.get("/studio").text
    asks = re.search(r'<div id="live" hx-get="([^"]+)" hx-trigger="every 2s" hx-swap="outerHTML">', page)
    assert asks is not None
    assert busy.public_id in asks[1]
    assert ready.public_id not in asks[1]
    answer = client.get(asks[1], headers=FRAGMENT).text
    assert f'<span id="state-{busy.public_id}" hx-swap-oob="true">' in answer
    assert "Processing 25 %" in answer
    last = client.get(f"/studio/status?id={ready.public_id}", headers=FRAGMENT).text
    assert '<div id="live">' in last
    assert "Ready" in last


def test_a_row_says_why_its_video_failed_while_one_looks_at_it(client: FlaskClient, ada: User) -> None:
    video = make_unready_video(ada, VideoStatus.FAILED, status_reason="The file ends early.")

    for answer in (client.get("/studio"), client.get(f"/studio/status?id={video.public_id}", headers=FRAGMENT)):
        trouble = answer.text.partition(f'<div id="trouble-{video.public_id}"')[2].partition("</div>")[0]
        assert "<p>The file ends early.</p>" in trouble
        assert f'action="/studio/videos/{video.public_id}/retry"' in trouble


def test_the_page_of_a_video_tells_how_far_each_quality_is(client: FlaskClient, ada: User) -> None:
    video = make_video(ada, status=VideoStatus.PROCESSING, progress=0.4, eta_s=125.0)
    encode = make_encode(video, resources().storage, status=EncodeStatus.PROCESSING)
    with transaction() as session:
        made = {"progress": 0.3, "eta_s": 125.0, "width_px": 1920, "height_px": 1080}
        session.add(Rendition(encode_id=encode.id, kind=RenditionKind.VIDEO, name="1080p", **made))

    page = client.get(f"/studio/videos/{video.public_id}").text
    asks = re.search(r'id="edit-progress" hx-get="([^"]+)" hx-trigger="every 2s, file-changed from:body"', page)
    assert asks is not None
    answer = " ".join(client.get(asks[1], headers=FRAGMENT).text.split())
    assert "about 2 minutes left" in answer
    assert "<dt>720p</dt> <dd>ready</dd> <dt>1080p</dt> <dd>30 %, about 2 minutes</dd>" in answer
    assert "<dt>Sound</dt> <dd>ready</dd>" in answer
    assert f'href="/watch/{video.public_id}"' in answer
    page = client.get(f"/studio/videos/{video.public_id}/thumbnail").text
    asks_without = re.search(r'id="edit-progress" hx-get="([^"]+)"', page)
    assert asks_without is not None
    assert "/watch/" not in client.get(asks_without[1], headers=FRAGMENT).text

    with transaction() as session:
        session.get_one(Video, video.id).status = VideoStatus.READY
    answer = client.get(asks[1], headers=FRAGMENT).text
    assert "every 2s" not in answer
    assert "1080p" not in answer


def test_states_are_told_of_ones_own_videos_alone(client: FlaskClient, ada: User) -> None:
    of_bob = make_video(make_user("bob"))
    assert of_bob.public_id not in client.get(f"/studio/status?id={of_bob.public_id}&id=%00", headers=FRAGMENT).text


def test_empty_tables_say_the_next_step(client: FlaskClient, ada: User) -> None:
    assert "Upload a video" in client.get("/studio").text
    sign_in(client, make_user("vera", Role.VIEWER))
    assert "Ask an admin" in client.get("/studio").text


def form(**changes: object) -> dict[str, object]:
    """What the form sends."""
    return {"title": "Harbour", "description": "", "tags": "", "visibility": "public", "viewers": ""} | changes


def test_editing(client: FlaskClient, ada: User) -> None:
    make_user("bob")
    video = make_video(ada, "Before", tags=["old"])
    address = f"/studio/videos/{video.public_id}"
    page = client.get(address).text
    assert 'value="Before"' in page
    assert 'value="old"' in page
    sent = form(title="After", tags="Sea, #Boats, sea", visibility="private", viewers="@Bob", description="Two\nlines")
    response = client.post(address, data=sent)
    assert (response.status_code, response.location) == (303, address)
    changed = get_own_video(ada, video.public_id)
    assert (changed.title, changed.visibility) == ("After", Visibility.PRIVATE)
    assert [tag.name for tag in changed.tags] == ["boats", "sea"]
    assert [viewer.username for viewer in changed.viewers] == ["bob"]
    page = client.get(address).text
    assert 'value="boats, sea"' in page
    assert 'value="bob"' in page
    assert "Saved." in page


def test_mistakes_come_back_with_what_was_typed(client: FlaskClient, ada: User) -> None:
    video = make_video(ada, "Before")
    address = f"/studio/videos/{video.public_id}"
    response = client.post(address, data=form(title="", tags="x" * 41, viewers="nobody", description="Typed"))
    assert response.status_code == 422
    assert "This is needed." in response.text
    assert "A tag has at most 40 characters." in response.text
    assert "Typed" in response.text
    response = client.post(address, data=form(viewers="nobody"))
    assert response.status_code == 422
    assert "There is nobody called nobody here." in response.text
    assert get_own_video(ada, video.public_id).title == "Before"


def test_what_was_saved_in_another_tab_meanwhile_is_not_overwritten_unseen(client: FlaskClient, ada: User) -> None:
    address = f"/studio/videos/{make_video(ada, 'Before', description='Old').public_id}"
    first, second = (version_in(client.get(address).text) for _ in range(2))
    form = {"title": "Mine", "description": "Old", "tags": "", "visibility": "public", "viewers": ""}
    assert client.post(address, data=form | {"title": "Theirs", "tags": "sea", "version": first}).status_code == 303

    refused = client.post(address, data=form | {"version": second})
    assert refused.status_code == 422
    assert 'value="Mine"' in refused.text
    assert "Saved meanwhile: Theirs" in refused.text
    assert "Saved meanwhile: sea" in refused.text
    assert "Saved meanwhile: Old" not in refused.text

    assert client.post(address, data=form | {"version": version_in(refused.text)}).status_code == 303
    assert 'value="Mine"' in client.get(address).text


def test_a_mistake_does_not_hide_what_was_saved_meanwhile(client: FlaskClient, ada: User) -> None:
    address = f"/studio/videos/{make_video(ada, 'Before').public_id}"
    seen = version_in(client.get(address).text)
    form = {"title": "Theirs", "description": "", "tags": "", "visibility": "public", "viewers": ""}
    client.post(address, data=form)

    mistaken = client.post(address, data=form | {"title": "", "version": seen})
    assert version_in(mistaken.text) == seen
    assert client.post(address, data=form | {"title": "Mine", "version": seen}).status_code == 422
    assert client.post(address, data=form | {"version": seen}).status_code == 303, "the same is no conflict"


def version_in(page: str) -> str:
    """What the form says that its person has seen."""
    found = re.search(r'name="version" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def test_when_about_what_and_in_which_playlists(client: FlaskClient, ada: User) -> None:
    video = make_video(ada)
    trips, talks = (create_playlist(ada, PlaylistCreate(title=title)) for title in ("Trips", "Talks"))
    address = f"/studio/videos/{video.public_id}"
    told = {"publish": "at_time", "publish_at": "2030-07-01T10:00", "time_zone": "Europe/Berlin"}
    told |= {"licence": "cc-by-4.0", "recorded_on": "2019-05-03"}
    sent = form(category="music", language="de", playlists=[trips.public_id], **told)
    assert client.post(address, data=sent).status_code == 303
    page = client.get(address).text
    assert f'value="{trips.public_id}" checked' in page
    assert f'value="{talks.public_id}" checked' not in page
    assert 'value="2030-07-01T08:00"' in page
    assert 'value="2019-05-03"' in page
    assert '<option value="cc-by-4.0" selected>' in page
    assert "Scheduled" in client.get("/studio").text
    changed = get_own_video(ada, video.public_id)
    assert (changed.category, changed.language, changed.published_at) == ("music", "de", None)
    wrong = client.post(address, data=sent | {"publish_at": "", "title": "Typed", "playlists": [talks.public_id]})
    assert wrong.status_code == 303  # the time that is known stays
    wrong = client.post(address, data=sent | {"time_zone": "Nowhere", "playlists": [talks.public_id]})
    assert wrong.status_code == 422
    assert f'value="{talks.public_id}" checked' in wrong.text


def test_others_videos_are_not_to_be_edited(client: FlaskClient, ada: User) -> None:
    of_bob = make_video(make_user("bob"), "Of bob")
    hidden = make_video(make_user("eve"), visibility=Visibility.PRIVATE)
    for video, status in ((of_bob, 403), (hidden, 404)):
        address = f"/studio/videos/{video.public_id}"
        assert client.get(address).status_code == status
        assert client.post(address, data=form()).status_code == status
        assert client.post(f"{address}/delete").status_code == status
        assert client.post(f"{address}/restore").status_code == 404
        assert client.post(f"{address}/retry").status_code == status


@on_both
def test_deleting_and_undoing_by_form(client: FlaskClient, ada: User) -> None:
    video = make_video(ada, "Harbour")
    response = client.post(f"/studio/videos/{video.public_id}/delete")
    assert response.status_code == 303
    page = client.get(response.location).text
    assert "“Harbour” is in the bin" in page
    assert f'action="/studio/videos/{video.public_id}/restore"' in page
    assert rows(page) == []
    assert "Harbour" in client.get("/studio/bin").text
    assert client.post(f"/studio/videos/{video.public_id}/restore").status_code == 303
    assert rows(client.get("/studio").text) == ["Harbour"]
    assert "The bin is empty" in client.get("/studio/bin").text
    assert client.get(f"/watch/{video.public_id}").status_code == 200


def test_deleting_and_undoing_by_htmx(client: FlaskClient, ada: User) -> None:
    video = make_video(ada, "Harbour")
    make_encode(video, resources().storage)
    response = client.post(f"/studio/videos/{video.public_id}/delete", headers=FRAGMENT)
    toast = json.loads(response.headers["HX-Trigger"])["toast"]
    assert (response.status_code, response.text) == (200, "")
    assert toast["action"] == {"label": "Undo", "url": f"/studio/videos/{video.public_id}/restore"}
    by_toast = {"HX-Request": "true", "HX-Request-Type": "full"}
    undone = client.post(toast["action"]["url"], headers=by_toast)
    assert (undone.status_code, undone.headers["HX-Refresh"]) == (204, "true")
    assert rows(client.get("/studio").text) == ["Harbour"]


def test_what_lay_in_the_bin_too_long_does_not_come_back(client: FlaskClient, ada: User) -> None:
    old = utc_now() - timedelta(days=7, seconds=1)
    video: Video = make_video(ada, status=VideoStatus.DELETED, deleted_at=old)
    assert client.post(f"/studio/videos/{video.public_id}/restore").status_code == 410


def test_retrying(client: FlaskClient, ada: User) -> None:
    video = make_unready_video(ada, VideoStatus.FAILED)
    make_encode(video, resources().storage, status="failed", is_active=False)
    assert "Try again" in client.get("/studio").text
    assert client.post(f"/studio/videos/{video.public_id}/retry").status_code == 303
    assert "Queued" in client.get("/studio").text
