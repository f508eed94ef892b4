"""Downloading a video: the page, the dialog, and the answers with files."""

import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import bearer, make_admin, make_encode, make_user, make_video, sign_in
from tests.queries import counted_queries
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import (
    AuditEvent,
    Download,
    DownloadRule,
    DownloadState,
    Encode,
    Source,
    TokenScope,
    User,
    Video,
    Visibility,
)
from vod_web.resources import resources
from vod_web.schemas.captions import CaptionCreate
from vod_web.services.captions import add_caption
from vod_web.storage.keys import download_key

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
TITLE = 'Fjörd: "the/sea" 🚢'


@pytest.fixture
def owner(client: FlaskClient) -> User:
    """Whose video it is; forms need no token here."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    return make_user("ada")


def film(owner: User, **values: object) -> tuple[Video, Encode]:
    """A video that plays, with its original."""
    video = make_video(owner, TITLE, **values)
    encode = make_encode(video, resources().storage)
    with transaction() as session:
        source = session.scalars(select(Source).where(Source.video_id == video.id)).one()
    resources().storage.put_bytes(source.key, b"as it was uploaded", content_type="video/mp4")
    return video, encode


def finish(video: Video, encode: Encode, name: str, content: bytes = b"0123456789") -> None:
    """What a worker does."""
    stored = "audio.m4a" if name == "audio" else f"{name}.mp4"
    key = download_key(video.public_id, encode.public_id, stored)
    resources().storage.put_bytes(key, content, content_type="video/mp4")
    with transaction() as session:
        row = session.scalars(select(Download).where(Download.name == name)).one()
        row.state, row.size_bytes = DownloadState.READY, len(content)
    close_session()


def test_a_file_is_asked_for_made_and_fetched_without_script(client: FlaskClient, owner: User) -> None:
    video, encode = film(owner)
    sign_in(client, owner)
    page = f"/watch/{video.public_id}/download"
    assert f'href="{page}"' in client.get(f"/watch/{video.public_id}").text
    assert "Prepare" in client.get(page).text
    early = client.get(f"{page}/720p")
    assert (early.status_code, early.headers["Location"]) == (303, page)
    asked = client.post(f"{page}/720p")
    assert (asked.status_code, asked.headers["Location"]) == (303, page)
    assert "Being made" in client.get(page).text
    finish(video, encode, "720p")
    shown = client.get(page).text
    assert "Being made" not in shown
    assert "every 2s" not in shown
    whole = client.get(f"{page}/720p")
    assert (whole.status_code, whole.data) == (200, b"0123456789")
    assert whole.mimetype == "application/octet-stream"
    assert whole.headers["Cache-Control"] == "private, no-store"
    name = "Fjörd the sea 🚢 (720p).mp4"
    assert f"filename*=UTF-8''{quote(name, safe='')}" in whole.headers["Content-Disposition"]
    assert re.search(r'attachment; filename="[ -!#-~]+"', whole.headers["Content-Disposition"])
    whole.close()
    with client.get(f"{page}/720p", headers={"Range": "bytes=4-"}) as rest:
        assert (rest.status_code, rest.data) == (206, b"456789")


def test_the_dialog_asks_again_until_nothing_is_made_any_more(client: FlaskClient, owner: User) -> None:
    video, encode = film(owner, download_rule=DownloadRule.MADE)
    page = f"/watch/{video.public_id}/download"
    dialog = client.get(page, headers=FRAGMENT).text
    assert "<dialog" in dialog
    assert "<html" not in dialog
    assert "every 2s" not in dialog
    asked = client.post(f"{page}/audio", headers=FRAGMENT).text
    assert f'hx-get="{page}/files" hx-trigger="every 2s"' in asked
    assert "every 2s" in client.get(f"{page}/files", headers=FRAGMENT).text
    finish(video, encode, "audio")
    done = client.get(f"{page}/files", headers=FRAGMENT).text
    assert "every 2s" not in done
    assert f'href="{page}/audio"' in done
    assert client.get(f"{page}/files").headers["Location"] == page


def test_others_see_nothing_of_it_unless_the_owner_wants_it(client: FlaskClient, owner: User) -> None:
    video, _ = film(owner)
    page = f"/watch/{video.public_id}/download"
    assert page not in client.get(f"/watch/{video.public_id}").text
    for address in (page, f"{page}/files", f"{page}/720p", f"{page}/original"):
        assert client.get(address).status_code == 404, address
    assert client.post(f"{page}/720p").status_code == 404
    edit = client.application.test_client()
    sign_in(edit, owner)
    form = {"title": "Sea", "description": "", "tags": "", "visibility": "public", "viewers": ""}
    edit.post(f"/studio/videos/{video.public_id}", data=form | {"downloads": "made"})
    assert page in client.get(f"/watch/{video.public_id}").text
    assert client.get(page).status_code == 200
    assert client.get(f"{page}/original").status_code == 404
    edit.post(f"/studio/videos/{video.public_id}", data=form | {"downloads": "original"})
    with client.get(f"{page}/original") as original:
        assert original.data == b"as it was uploaded"
        assert 'filename="Sea.mp4"' in original.headers["Content-Disposition"]
    edit.post(f"/studio/videos/{video.public_id}", data=form | {"downloads": "original", "visibility": "private"})
    for address in (page, f"{page}/original"):
        assert client.get(address).status_code == 404, "it holds at once"


def test_no_media_address_leads_to_what_was_made(client: FlaskClient, owner: User) -> None:
    video, encode = film(owner)
    sign_in(client, owner)
    client.post(f"/watch/{video.public_id}/download/720p")
    finish(video, encode, "720p")
    client.delete_cookie("vod_sign_in")
    for path in ("720p.mp4", "../../../downloads/720p.mp4", "download-720p.mp4"):
        assert client.get(f"/media/public/{video.public_id}/{encode.public_id}/{path}").status_code == 404
    assert client.get(f"/media/public/downloads/{video.public_id}/{encode.public_id}/720p.mp4").status_code == 404


def test_captions_come_in_both_forms(client: FlaskClient, owner: User) -> None:
    video, _ = film(owner, download_rule=DownloadRule.MADE)
    text = b"1\n00:00:01,000 --> 00:00:02,500\nLand ahoy\n"
    storage = resources().storage
    caption = add_caption(owner, video.public_id, CaptionCreate(language="en"), text, storage=storage)
    close_session()
    page = f"/watch/{video.public_id}/download"
    webvtt = client.get(f"{page}/captions-{caption.public_id}.vtt")
    assert webvtt.mimetype == "text/vtt"
    assert "00:00:01.000 --> 00:00:02.500" in webvtt.text
    subrip = client.get(f"{page}/captions-{caption.public_id}.srt")
    assert subrip.mimetype == "application/x-subrip"
    assert subrip.text == text.decode()
    assert "attachment" in subrip.headers["Content-Disposition"]
    assert client.get(f"{page}/captions-AAAAAAAAAAA.srt").status_code == 404


def test_an_admin_who_takes_an_original_is_noted(client: FlaskClient, owner: User) -> None:
    video, _ = film(owner, visibility=Visibility.PRIVATE)
    sign_in(client, make_admin())
    client.get(f"/watch/{video.public_id}/download/original").close()
    client.get(f"/watch/{video.public_id}/download/original", headers={"Range": "bytes=3-"}).close()
    events = current_session().scalars(select(AuditEvent).where(AuditEvent.action == "video.download_original")).all()
    assert len(events) == 1


def test_the_page_costs_the_same_however_much_there_is(client: FlaskClient, owner: User) -> None:
    video, _ = film(owner, download_rule=DownloadRule.ORIGINAL)
    page = f"/watch/{video.public_id}/download"
    client.get(page)
    with counted_queries() as few:
        client.get(page)
    storage = resources().storage
    for language in ("en", "de", "fr"):
        text = b"1\n00:00:01,000 --> 00:00:02,500\nLand ahoy\n"
        add_caption(owner, video.public_id, CaptionCreate(language=language), text, storage=storage)
    client.post(f"{page}/audio")
    close_session()
    with counted_queries() as more:
        client.get(page)
    assert len(more) == len(few)


def test_uploads_begin_with_what_their_owner_chose(client: FlaskClient, owner: User) -> None:
    sign_in(client, owner)
    client.post("/account/uploads", data={"visibility": "public", "downloads": "made"})
    assert '<option value="made" selected>' in client.get("/upload").text
    headers = bearer(owner, TokenScope.UPLOAD, TokenScope.READ)
    upload = client.post("/api/v1/uploads", json={"filename": "a.mp4", "size_bytes": 9}, headers=headers).json
    assert client.get(f"/api/v1/videos/{upload['video_id']}", headers=headers).json["downloads"] == "made"


def test_a_program_asks_waits_and_fetches(client: FlaskClient, owner: User) -> None:
    video, encode = film(owner, download_rule=DownloadRule.MADE)
    headers = bearer(make_user(), TokenScope.READ)
    address = f"/api/v1/videos/{video.public_id}/downloads"
    told = client.get(address, headers=headers).json
    assert [(one["name"], one["kind"], one["state"]) for one in told] == [
        ("720p", "video", "absent"),
        ("audio", "audio", "absent"),
    ]
    early = client.get(f"{address}/720p", headers=headers)
    assert early.status_code == 409
    asked = client.post(f"{address}/720p", headers=headers)
    assert (asked.status_code, asked.json["state"]) == (202, "waiting")
    finish(video, encode, "720p")
    [ready, _] = client.get(address, headers=headers).json
    assert (ready["state"], ready["size_bytes"]) == ("ready", 10)
    with client.get(ready["url"], headers=headers) as found:
        assert found.data == b"0123456789"
    assert client.get(f"{address}/original", headers=headers).status_code == 404
    assert client.get(f"{address}/odd", headers=headers).status_code == 404
