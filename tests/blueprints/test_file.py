"""The file of a video in the studio and in the API: what is told of it, having it again, earlier versions."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.conftest import with_settings
from tests.factories import (
    bearer,
    make_admin,
    make_encode,
    make_unready_video,
    make_user,
    make_video,
    sign_in,
    sign_out,
)
from vod_web.core.clock import utc_now
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import (
    AuditEvent,
    Encode,
    Role,
    Source,
    SourceState,
    TokenScope,
    User,
    Video,
    VideoStatus,
    Visibility,
)
from vod_web.resources import open_resources, resources

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
CONTENT = bytes(range(250)) * 4
"""As many bytes as the sources of `make_encode` claim to have."""


@pytest.fixture
def ada(client: FlaskClient) -> User:
    """Somebody who is signed in in this browser; forms need no token."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    user = make_user("ada")
    sign_in(client, user)
    return user


@pytest.fixture
def video(ada: User) -> Video:
    """Ada's private video, whose file was replaced a day ago."""
    video = make_video(ada, "Harbour", visibility=Visibility.PRIVATE, source_bytes=2000)
    for number, is_current in enumerate((False, True)):
        encode = make_encode(video, resources().storage, is_active=is_current, size_bytes=500)
        with transaction() as session:
            source = session.get_one(Source, encode.source_id)
            source.filename, source.duration_s, source.width_px, source.height_px = f"see {number}.mp4", 64.0, 640, 360
            if not is_current:
                source.state, source.retired_at = SourceState.FORMER, utc_now() - timedelta(days=1)
        resources().storage.put_bytes(source.key, CONTENT, content_type="video/mp4")
    return video


def source_of(video: Video, state: SourceState) -> Source:
    """One of its files."""
    close_session()
    return next(one for one in current_session().query(Source).filter_by(video_id=video.id) if one.state is state)


def make_incoming(video: Video, status: VideoStatus, reason: str | None = None) -> Source:
    """A file that is to take the place of the one in use."""
    key = f"sources/{video.public_id}/incoming/source"
    told = {"filename": "new.mov", "size_bytes": 3000, "status": status, "status_reason": reason, "progress": 0.42}
    with transaction() as session:
        source = Source(video_id=video.id, key=key, state=SourceState.INCOMING, **told)
        session.add(source)
    return source


def test_the_page_tells_of_the_file_and_of_earlier_ones(client: FlaskClient, video: Video) -> None:
    page = client.get(f"/studio/videos/{video.public_id}/file").text
    assert "see 1.mp4" in page
    assert "640 × 360" in page
    assert page.index("In use") < page.index("see 1.mp4") < page.index("Earlier versions") < page.index("see 0.mp4")
    assert "They are kept for 30 days" in page
    assert 'hx-trigger="file-changed from:body"' in page
    assert "Replace the file" in page


def test_restoring_and_deleting_by_the_buttons(client: FlaskClient, video: Video) -> None:
    former, current = source_of(video, SourceState.FORMER), source_of(video, SourceState.CURRENT)
    base = f"/studio/videos/{video.public_id}/file"

    answer = client.post(f"{base}/{former.public_id}/restore")
    assert (answer.status_code, answer.location) == (303, base)
    assert source_of(video, SourceState.CURRENT).id == former.id

    client.post(f"{base}/{current.public_id}/delete")
    assert "see 1.mp4" not in client.get(base).text
    assert client.post(f"{base}/{former.public_id}/delete").status_code == 409


def test_a_new_file_on_its_way_is_told_and_asked_for(client: FlaskClient, ada: User, video: Video) -> None:
    incoming = make_incoming(video, VideoStatus.PROCESSING)
    fragment = client.get(f"/studio/videos/{video.public_id}/file", headers=FRAGMENT).text
    assert 'hx-trigger="every 2s, file-changed from:body"' in fragment
    assert "42 %" in fragment
    assert "plays until this one is ready" in fragment
    assert "/restore" not in fragment
    table = client.get("/studio").text
    assert "Ready" in table
    assert "New file 42 %" in table
    assert re.search(rf'id="live" hx-get="[^"]*{video.public_id}', table)
    assert "A new file is being processed" in client.get(f"/watch/{video.public_id}").text

    client.post(f"/studio/videos/{video.public_id}/file/{incoming.public_id}/delete")
    assert "New file" not in client.get("/studio").text


def test_a_new_file_that_failed_says_why_and_what_can_be_done(client: FlaskClient, ada: User, video: Video) -> None:
    make_incoming(video, VideoStatus.FAILED, "It has no picture.")
    page = client.get(f"/studio/videos/{video.public_id}/file").text
    assert "It has no picture." in page
    assert f"/studio/videos/{video.public_id}/file/retry" in page
    assert "every 2s" not in page
    table = client.get("/studio").text
    assert "New file failed" in table
    assert '<div id="live">' in table

    client.post(f"/studio/videos/{video.public_id}/file/retry")
    assert source_of(video, SourceState.INCOMING).status is VideoStatus.QUEUED


def test_viewers_hear_nothing_of_a_new_file(client: FlaskClient, ada: User, video: Video) -> None:
    make_incoming(video, VideoStatus.PROCESSING)
    with transaction() as session:
        session.get_one(Video, video.id).visibility = Visibility.PUBLIC
    sign_out(client)
    page = client.get(f"/watch/{video.public_id}").text
    assert "new file" not in page.lower()
    told = client.get(f"/api/v1/videos/{video.public_id}", headers=bearer(make_user())).json
    assert told is not None
    assert told["replacement"] is None


def test_the_original_comes_back_under_its_name_and_in_ranges(client: FlaskClient, video: Video) -> None:
    current = source_of(video, SourceState.CURRENT)
    with transaction() as session:
        session.get_one(Source, current.id).filename = "Münster “1”.mp4"
    address = f"/studio/videos/{video.public_id}/file/{current.public_id}/download"

    whole = client.get(address, buffered=True)
    assert whole.data == CONTENT
    assert whole.headers["Content-Type"] == "application/octet-stream"
    assert whole.headers["Cache-Control"] == "private, no-store"
    named = "attachment; filename=\"M_nster _1_.mp4\"; filename*=UTF-8''M%C3%BCnster%20%E2%80%9C1%E2%80%9D.mp4"
    assert whole.headers["Content-Disposition"] == named

    part = client.get(address, headers={"Range": "bytes=990-"}, buffered=True)
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, CONTENT[990:], "bytes 990-999/1000")
    assert client.head(address, buffered=True).headers["Content-Length"] == "1000"


def test_nginx_sends_the_original_where_it_stands_in_front(client: FlaskClient, video: Video) -> None:
    current = source_of(video, SourceState.CURRENT)
    before = resources().settings
    open_resources(with_settings(before, sendfile="nginx"))
    try:
        answer = client.get(f"/studio/videos/{video.public_id}/file/{current.public_id}/download")
    finally:
        open_resources(before)
    assert answer.headers["X-Accel-Redirect"] == f"/stored-media/{current.key}"
    assert "see 1.mp4" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("who", ["visitor", "stranger", "moderator"])
def test_nobody_else_has_anything_of_it(client: FlaskClient, video: Video, who: str) -> None:
    former = source_of(video, SourceState.FORMER).public_id
    base, api = f"/studio/videos/{video.public_id}/file", f"/api/v1/videos/{video.public_id}/versions"
    sign_out(client)
    if who != "visitor":
        sign_in(client, make_user(role=Role.MODERATOR if who == "moderator" else Role.UPLOADER))
    wanted = {"visitor": (303, 401), "stranger": (404, 404), "moderator": (403, 403)}[who]
    calls = [("GET", base), ("GET", f"{base}/{former}/download"), ("POST", f"{base}/{former}/restore")]
    calls += [("POST", f"{base}/{former}/delete"), ("POST", f"{base}/retry")]
    calls += [("GET", api), ("GET", f"{api}/{former}/file"), ("POST", f"{api}/{former}/restore")]
    calls += [("DELETE", f"{api}/{former}")]
    for method, address in calls:
        answer = client.open(address, method=method)
        is_right = answer.status_code == wanted[address.startswith(api)] or (who, answer.status_code) == (
            "visitor",
            404,
        )
        assert is_right, (address, answer.status_code)
    assert source_of(video, SourceState.FORMER).public_id == former


def test_admins_may_and_what_they_download_is_noted_once(client: FlaskClient, video: Video) -> None:
    current = source_of(video, SourceState.CURRENT).public_id
    sign_in(client, make_admin())
    address = f"/studio/videos/{video.public_id}/file/{current}/download"
    assert client.get(address, buffered=True).status_code == 200
    assert client.get(address, headers={"Range": "bytes=500-"}, buffered=True).status_code == 206
    close_session()
    assert [event.action for event in current_session().query(AuditEvent)] == ["video.download_original"]
    assert "Downloaded the file of a video" in client.get("/admin/audit").text
    with transaction() as session:
        session.get_one(Video, video.id).version_bytes = 3000
    assert "3 kB in" in client.get("/admin/videos").text


def test_the_api_tells_and_does_the_same(client: FlaskClient, ada: User, video: Video) -> None:
    sign_out(client)
    headers, api = bearer(ada), f"/api/v1/videos/{video.public_id}/versions"
    found = client.get(api, headers=headers).json
    assert found is not None
    told = [(one["filename"], one["state"], one["stored_bytes"], one["is_instant"]) for one in found]
    assert told == [("see 1.mp4", "current", 1500, True), ("see 0.mp4", "former", 1500, True)]
    assert client.get(f"{api}/{found[0]['id']}/file", headers=headers, buffered=True).data == CONTENT
    answer = client.post(f"{api}/{found[1]['id']}/restore", headers=headers)
    assert (answer.status_code, answer.json["status"]) == (202, "ready")  # type: ignore[index]
    assert client.delete(f"{api}/{found[0]['id']}", headers=headers).status_code == 204
    assert client.get(api, headers=bearer(ada, TokenScope.READ)).status_code == 403
    assert current_session().query(Encode).filter_by(is_active=True).one().source_id


def test_an_upload_names_the_video_and_nothing_else_of_it(client: FlaskClient, ada: User, video: Video) -> None:
    sign_out(client)
    headers = bearer(ada)
    new = {"filename": "new.mp4", "size_bytes": 5000, "replaces": video.public_id}
    refused = client.post("/api/v1/uploads", json=new | {"title": "Another"}, headers=headers)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["replaces"])  # type: ignore[index]
    others = make_video(make_user(), visibility=Visibility.PRIVATE)
    assert client.post("/api/v1/uploads", json=new | {"replaces": others.public_id}, headers=headers).status_code == 404
    begun = client.post("/api/v1/uploads", json=new, headers=headers).json
    assert begun is not None
    assert (begun["video_id"], begun["is_replacement"]) == (video.public_id, True)
    assert client.get(f"/api/v1/videos/{video.public_id}", headers=headers).json["status"] == "ready"  # type: ignore[index]
    client.delete(f"/api/v1/uploads/{begun['id']}", headers=headers)
    assert client.get(f"/api/v1/videos/{video.public_id}", headers=headers).status_code == 200


def test_what_is_on_its_way_can_be_gone_on_with_on_its_page(client: FlaskClient, ada: User, video: Video) -> None:
    new = {"filename": "new.mp4", "size_bytes": 5000, "replaces": video.public_id}
    begun = client.post("/api/v1/uploads", json=new).json
    assert begun is not None
    assert f'data-unfinished="{begun["id"]}"' in client.get(f"/studio/videos/{video.public_id}/file").text
    page = client.get("/upload").text
    assert "data-unfinished" not in page
    assert f'href="/studio/videos/{video.public_id}/file"' in page


def test_a_video_without_a_file_and_somebody_who_may_not_upload(client: FlaskClient, ada: User, video: Video) -> None:
    draft = make_unready_video(ada, VideoStatus.UPLOADING)
    assert "has not arrived yet" in client.get(f"/studio/videos/{draft.public_id}/file").text
    with transaction() as session:
        session.get_one(User, ada.id).role = Role.VIEWER
    page = client.get(f"/studio/videos/{video.public_id}/file").text
    assert "In use" in page
    assert "Replace the file" not in page
