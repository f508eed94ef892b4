"""The API's calls about videos."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.factories import (
    ENCODE_FILES,
    bearer,
    make_admin,
    make_encode,
    make_unready_video,
    make_user,
    make_video,
)
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.db.session import transaction
from vod_web.models import EncodeStatus, Rendition, RenditionKind, TokenScope, VideoStatus, Visibility
from vod_web.resources import resources
from vod_web.schemas.captions import CaptionCreate
from vod_web.services.captions import add_caption

FIELDS = """
    id title description owner visibility status status_reason is_playable progress eta_s queue_position duration_s
    width_px height_px frame_rate size_bytes renditions captions chapters thumbnail tags category language
    licence licence_url recorded_on is_sensitive is_marked_by_moderator is_blurred downloads
    views watched_s likes dislikes comments comment_count created_at published_at replacement publish publish_at embed
    embed_sites urls
"""


def test_a_video_reads_as_promised(client: FlaskClient) -> None:
    ada = make_user("ada")
    video = make_video(ada, "Harbour", tags=["sea"], frame_rate="30000/1001", source_bytes=5, rendition_bytes=7)
    make_encode(video, resources().storage)
    told = client.get(f"/api/v1/videos/{video.public_id}", headers=bearer(ada)).get_json()
    assert set(told) == set(FIELDS.split())
    assert told["owner"] == {"username": "ada", "display_name": "Ada", "avatar_url": None}
    assert told["size_bytes"] == {"source": 5, "renditions": 7, "versions": 0}
    assert told["frame_rate"] == 29.97
    assert told["created_at"].endswith("Z")
    assert told["tags"] == ["sea"]
    assert [rendition["name"] for rendition in told["renditions"]] == ["720p", "audio"]
    assert told["urls"]["watch"] == f"http://localhost/watch/{video.public_id}"
    assert set(told["urls"]) == {"watch", "embed", "hls", "poster", "storyboard"}
    assert told["captions"] == []


def test_the_time_left_is_told_of_the_video_and_of_each_rendition(client: FlaskClient) -> None:
    ada, measured_at = make_user(), utc_now() - timedelta(seconds=20)
    values = {"status": VideoStatus.PROCESSING, "progress": 0.4, "eta_s": 100.0, "measured_at": measured_at}
    video = make_video(ada, **values)
    encode = make_encode(video, resources().storage, status=EncodeStatus.PROCESSING, is_active=False)
    with transaction() as session:
        row = {"progress": 0.25, "eta_s": 50.0}
        session.add(Rendition(encode_id=encode.id, kind=RenditionKind.VIDEO, name="1080p", **row))

    told = client.get(f"/api/v1/videos/{video.public_id}", headers=bearer(ada)).get_json()
    assert (told["progress"], told["eta_s"]) == (0.4, pytest.approx(80, abs=3))
    made = {rendition["name"]: rendition for rendition in told["renditions"]}
    assert (made["1080p"]["progress"], made["1080p"]["eta_s"]) == (0.25, pytest.approx(30, abs=3))
    assert (made["720p"]["status"], made["720p"]["eta_s"]) == ("ready", None)
    assert not made["720p"]["is_playable"]


def test_no_time_left_that_has_passed_is_told(client: FlaskClient) -> None:
    ada, measured_at = make_user(), utc_now() - timedelta(minutes=5)
    video = make_video(ada, status=VideoStatus.PROCESSING, eta_s=10.0, measured_at=measured_at)
    assert client.get(f"/api/v1/videos/{video.public_id}", headers=bearer(ada)).get_json()["eta_s"] == 1.0


def test_captions_are_told_with_their_addresses(client: FlaskClient) -> None:
    ada = make_user()
    video = make_video(ada)
    make_encode(video, resources().storage)
    text = b"00:01.000 --> 00:02.000\nHello\n"
    add_caption(ada, video.public_id, CaptionCreate(language="pt-BR"), text, storage=resources().storage)
    (told,) = client.get(f"/api/v1/videos/{video.public_id}", headers=bearer(ada)).get_json()["captions"]
    assert (told["language"], told["label"], told["kind"]) == ("pt-BR", "Portuguese (Brazil)", "subtitles")
    assert (told["is_default"], told["is_forced"]) == (False, False)
    assert told["url"].startswith("http://localhost/media/public/")
    assert client.get(told["url"], buffered=True).data.startswith(b"WEBVTT\n")


@pytest.mark.parametrize("visibility", list(Visibility))
def test_the_playlist_plays_without_any_header(client: FlaskClient, visibility: Visibility) -> None:
    ada = make_user()
    video = make_video(ada, visibility=visibility)
    make_encode(video, resources().storage)
    address = client.get(f"/api/v1/videos/{video.public_id}", headers=bearer(ada)).get_json()["urls"]["hls"]
    assert client.get(address, buffered=True).data == ENCODE_FILES["multivariant.m3u8"]
    beside = address.replace("multivariant.m3u8", "720p/media.m3u8")
    assert client.get(beside, buffered=True).status_code == 200


def test_a_video_that_does_not_play_has_no_playlist(client: FlaskClient) -> None:
    ada = make_user()
    video = make_unready_video(ada, VideoStatus.QUEUED)
    told = client.get(f"/api/v1/videos/{video.public_id}", headers=bearer(ada)).get_json()
    assert told["urls"]["hls"] is None
    assert told["status"] == "queued"
    assert told["is_playable"] is False


def test_changing_a_video(client: FlaskClient) -> None:
    ada = make_user()
    video = make_video(ada, "Before", description="Stays")
    change = {"title": "  After ", "tags": ["#Sea", "sea", "The  Alps"], "visibility": "unlisted"}
    response = client.patch(f"/api/v1/videos/{video.public_id}", json=change, headers=bearer(ada))
    told = response.get_json()
    assert response.status_code == 200
    assert (told["title"], told["description"], told["visibility"]) == ("After", "Stays", "unlisted")
    assert told["tags"] == ["sea", "the alps"]
    assert client.get(f"/api/v1/videos/{video.public_id}", headers=bearer(ada)).get_json() == told


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"visibility": "secret"}, "visibility"),
        ({"viewers": ["nobody-here"]}, "viewers"),
        ({"tags": ["x" * 41]}, "tags"),
        ({"owner": "eve"}, "owner"),
        ({"status": "ready"}, "status"),
    ],
)
def test_bad_changes_name_the_field(client: FlaskClient, change: dict[str, object], field: str) -> None:
    ada = make_user()
    video = make_video(ada)
    response = client.patch(f"/api/v1/videos/{video.public_id}", json=change, headers=bearer(ada))
    assert response.status_code == 422
    assert field in response.get_json()["errors"]


def test_only_the_owner_and_admins_change_a_video(client: FlaskClient) -> None:
    video = make_video(make_user())
    address = f"/api/v1/videos/{video.public_id}"
    stranger = bearer(make_user())
    assert client.patch(address, json={"title": "Mine"}, headers=stranger).status_code == 403
    assert client.delete(address, headers=stranger).status_code == 403
    assert client.patch(address, json={"title": "Better"}, headers=bearer(make_admin())).status_code == 200
    reader = bearer(make_admin("reader"), TokenScope.READ)
    assert client.delete(address, headers=reader).status_code == 403


def test_an_admin_changes_what_is_others_with_the_scope_admin_alone(client: FlaskClient) -> None:
    admin = make_admin()
    headers = bearer(admin, TokenScope.READ, TokenScope.UPLOAD)
    own, shown, hidden = make_video(admin), make_video(make_user()), make_video(make_user(), visibility="private")
    statuses = {
        video.public_id: client.patch(f"/api/v1/videos/{video.public_id}", json={"title": "New"}, headers=headers)
        for video in (own, shown, hidden)
    }
    assert [answer.status_code for answer in statuses.values()] == [200, 403, 404]


def test_deleting_a_video(client: FlaskClient) -> None:
    ada = make_user()
    address = f"/api/v1/videos/{make_video(ada).public_id}"
    headers = bearer(ada)
    assert client.delete(address, headers=headers).status_code == 204
    assert client.get(address, headers=headers).status_code == 410
    assert client.delete(address, headers=headers).status_code == 410
    assert client.get("/api/v1/videos", headers=headers).get_json()["items"] == []


def test_what_one_may_not_see_is_not_found(client: FlaskClient) -> None:
    private = make_video(make_user(), visibility=Visibility.PRIVATE)
    stranger = bearer(make_user())
    for public_id in (private.public_id, "AAAAAAAAAAA", "x", "%00" * 11):
        address = f"/api/v1/videos/{public_id}"
        assert client.get(address, headers=stranger).status_code == 404
        assert client.patch(address, json={"title": "x"}, headers=stranger).status_code == 404
        assert client.delete(address, headers=stranger).status_code == 404
        assert client.put(address + "/position", json={"position_s": 1}, headers=stranger).status_code == 404


def test_lists_hold_what_one_may_find_and_all_of_ones_own(client: FlaskClient) -> None:
    ada, eve = make_user("ada"), make_user("eve")
    for visibility in Visibility:
        make_video(ada, f"{visibility.value} of ada", visibility=visibility)
    make_unready_video(ada, VideoStatus.FAILED, "failed of ada")
    seen = {video["title"] for video in client.get("/api/v1/videos", headers=bearer(eve)).get_json()["items"]}
    assert seen == {"public of ada", "internal of ada"}
    own = {video["title"] for video in client.get("/api/v1/videos", headers=bearer(ada)).get_json()["items"]}
    assert own == {f"{visibility.value} of ada" for visibility in Visibility} | {"failed of ada"}
    channel = client.get("/api/v1/users/ADA/videos", headers=bearer(eve)).get_json()["items"]
    assert {video["title"] for video in channel} == {"public of ada", "internal of ada"}
    assert client.get("/api/v1/users/nobody/videos", headers=bearer(eve)).status_code == 404


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("query=harbour+DAWN", {"Harbour at dawn"}),
        ("query=zurich", {"Zürich"}),
        ("query=100%25", {"100% cotton"}),
        ("query=_", set()),
        ("tag=sea", {"Harbour at dawn"}),
        ("owner=Ada", {"Harbour at dawn", "Zürich"}),
        ("owner=nobody", set()),
        ("status=failed", {"Broken"}),
        ("visibility=private", {"Zürich"}),
        ("min_duration_s=100", {"100% cotton"}),
        ("max_duration_s=20", {"Zürich"}),
        ("min_duration_s=30&max_duration_s=99", {"Harbour at dawn"}),
        ("published_after=2999-01-01T00:00:00Z", set()),
        ("published_after=2001-01-01T00:00:00%2B02:00&owner=ada", {"Harbour at dawn", "Zürich"}),
    ],
)
def test_filters(client: FlaskClient, query: str, titles: set[str]) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    make_video(ada, "Harbour at dawn", tags=["sea", "boats"], duration_s=64.0)
    make_video(ada, "Zürich", visibility=Visibility.PRIVATE, duration_s=10.0)
    make_video(bob, "100% cotton", description="about cloth", duration_s=700.0)
    make_unready_video(ada, VideoStatus.FAILED, "Broken") if "status" in query else None
    response = client.get(f"/api/v1/videos?{query}", headers=bearer(ada))
    assert {video["title"] for video in response.get_json()["items"]} == titles


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "sort=likes", "status=lost", "published_after=yesterday", "nonsense=1", "cursor=x"],
)
def test_bad_filters_are_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/v1/videos?{query}", headers=bearer(make_user())).status_code == 422


@pytest.mark.parametrize(
    "sort", ["created_at", "-created_at", "-published_at", "title", "-title", "duration_s", "-views", "size_bytes"]
)
def test_paging_shows_each_video_once_in_order(client: FlaskClient, sort: str) -> None:
    ada = make_user()
    for number in range(7):
        place = (number * 3) % 7
        values: dict[str, object] = {"view_count": place // 2, "source_bytes": place}
        make_video(ada, f"video {place}", duration_s=None if place == 3 else float(place), **values)
    headers = bearer(ada)
    whole = client.get(f"/api/v1/videos?sort={sort}&limit=100", headers=headers).get_json()
    assert whole["next"] is None
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/videos?sort={sort}&limit=2&cursor={cursor}", headers=headers).get_json()
        seen += page["items"]
        cursor = page["next"]
    assert [video["id"] for video in seen] == [video["id"] for video in whole["items"]]
    assert len({video["id"] for video in seen}) == 7


def test_lists_cost_the_same_number_of_queries_for_any_length(client: FlaskClient) -> None:
    ada = make_user()
    headers = bearer(ada)
    counts = []
    client.get("/api/v1/me", headers=headers)  # notes the first use of the token
    for many in (1, 9):
        for number in range(many):
            video = make_video(ada, tags=["a", f"tag{number}"], status=VideoStatus.QUEUED)
            make_encode(video, resources().storage)
        with counted_queries() as statements:
            items = client.get("/api/v1/videos?limit=100", headers=headers).get_json()["items"]
        counts.append(len([statement for statement in statements if not statement.startswith("BEGIN")]))
    assert len(items) == 10
    assert counts[0] == counts[1] <= 9


def test_where_watching_stopped(client: FlaskClient) -> None:
    ada = make_user()
    address = f"/api/v1/videos/{make_video(ada, duration_s=64.0).public_id}/position"
    headers = bearer(make_user())
    assert client.put(address, json={"position_s": 12.5}, headers=headers).get_json() == {"position_s": 12.5}
    assert client.put(address, json={"position_s": 500}, headers=headers).get_json() == {"position_s": 64.0}
    assert client.put(address, json={"position_s": -1}, headers=headers).status_code == 422
    assert client.put(address, json={"position_s": "NaN"}, headers=headers).status_code == 422


def test_retrying_what_did_not_fail_is_a_conflict(client: FlaskClient) -> None:
    ada = make_user()
    address = f"/api/v1/videos/{make_video(ada).public_id}/retry"
    assert client.post(address, headers=bearer(ada)).status_code == 409
    assert client.post(address, headers=bearer(make_user())).status_code == 403


def test_retrying_a_failed_video_queues_it(client: FlaskClient) -> None:
    ada = make_user()
    video = make_unready_video(ada, VideoStatus.FAILED, status_reason="The file ends early.")
    make_encode(video, resources().storage, status="failed", is_active=False)
    response = client.post(f"/api/v1/videos/{video.public_id}/retry", headers=bearer(ada))
    told = response.get_json()
    assert response.status_code == 202
    assert (told["status"], told["status_reason"], told["queue_position"]) == ("queued", None, 1)


def test_reasons_are_for_those_who_can_do_something(client: FlaskClient) -> None:
    ada = make_user()
    video = make_unready_video(ada, VideoStatus.FAILED, status_reason="The file ends early.")
    address = f"/api/v1/videos/{video.public_id}"
    assert client.get(address, headers=bearer(ada)).get_json()["status_reason"] == "The file ends early."
    assert client.get(address, headers=bearer(make_user())).get_json()["status_reason"] is None
