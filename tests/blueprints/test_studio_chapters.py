"""Chapters in the editor of a video, and on its page."""

import json
import re

import pytest
from flask.testing import FlaskClient

from tests.factories import make_encode, make_unready_video, make_user, make_video, sign_in
from vod_web.db.session import transaction
from vod_web.models import Chapter, ChapterSet, Encode, User, Video, VideoStatus, Visibility
from vod_web.resources import resources

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
TWO = "0:00 Intro\n0:30 <b>Bold</b>"


@pytest.fixture
def ada(client: FlaskClient) -> User:
    """Somebody who is signed in in this browser; forms need no token."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    user = make_user("ada")
    sign_in(client, user)
    return user


@pytest.fixture
def video(ada: User) -> Video:
    """A video of a minute that plays."""
    return make_video(ada, duration_s=60.0)


@pytest.fixture
def encode(video: Video) -> Encode:
    """Its encode."""
    return make_encode(video, resources().storage)


def address(video: Video, rest: str = "") -> str:
    return f"/studio/videos/{video.public_id}/chapters{rest}"


def save(client: FlaskClient, video: Video, text: str, headers: dict[str, str] = FRAGMENT):  # type: ignore[no-untyped-def]
    return client.post(address(video), data={"chapters": text}, headers=headers)


def typed(text: str) -> str:
    """What stands in the form."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", text, re.DOTALL)
    assert found is not None
    return found[1]


def test_what_is_typed_is_checked_line_by_line(client: FlaskClient, video: Video) -> None:
    def check(text: str) -> str:
        answer = client.post(address(video, "/check"), data={"chapters": text}, headers=FRAGMENT)
        assert answer.status_code == 200
        assert answer.text.lstrip().startswith(f'<div id="chapters-check-{video.public_id}"')
        return answer.text

    assert "Line 2: “&lt;b&gt;no time” Begin the line" in check("0:00 Intro\n<b>no time")
    assert "2 chapters, not saved yet" in check(TWO)
    assert "&lt;b&gt;Bold&lt;/b&gt;" in check(TWO)
    assert "And 2 more." in check("x\n" * 10)
    assert "No chapters." in check("")
    assert typed(client.get(address(video)).text) == ""


def test_a_list_is_saved_and_undone(client: FlaskClient, video: Video, encode: Encode) -> None:
    answer = save(client, video, TWO)

    assert typed(answer.text) == "0:00 Intro\n0:30 &lt;b&gt;Bold&lt;/b&gt;"
    undo = json.loads(answer.headers["HX-Trigger"])["toast"]["action"]["url"]
    assert undo == address(video, "/choose/source")
    save(client, video, "0:00 Other")
    undone = client.post(address(video, "/choose/former"), headers={"HX-Request": "true"})
    assert (undone.status_code, undone.headers["HX-Trigger"]) == (204, "chapters-changed")
    assert typed(client.get(address(video), headers=FRAGMENT).text).startswith("0:00 Intro")


def test_the_same_works_without_a_script(client: FlaskClient, video: Video, encode: Encode) -> None:
    saved = save(client, video, TWO, {})
    assert saved.status_code == 303
    page = client.get(saved.location).text
    assert typed(page).startswith("0:00 Intro")
    assert f'action="{address(video, "/choose/source")}"' in page
    assert client.post(address(video, "/choose/source")).status_code == 303
    assert typed(client.get(address(video)).text) == ""
    wrong = save(client, video, "0:10 late", {})
    assert wrong.status_code == 422
    assert typed(wrong.text) == "0:10 late"
    assert "Line 1: The first chapter begins at 0:00." in wrong.text


def test_an_older_page_does_not_overwrite_what_was_saved_since(client: FlaskClient, video: Video) -> None:
    page = client.get(address(video)).text
    version = re.search(r'name="version" value="(\w+)"', page)
    assert version is not None
    save(client, video, TWO)

    answer = client.post(address(video), data={"chapters": "0:00 x", "version": version[1]}, headers=FRAGMENT)

    assert answer.status_code == 422
    assert "0:30 &lt;b&gt;Bold&lt;/b&gt;" in answer.text
    assert typed(answer.text) == "0:00 x"
    again = re.search(r'name="version" value="(\w+)"', answer.text)
    assert again is not None
    answer = client.post(address(video), data={"chapters": "0:00 x", "version": again[1]}, headers=FRAGMENT)
    assert answer.status_code == 200


def test_chapters_of_the_file_can_be_brought_back(client: FlaskClient, video: Video, encode: Encode) -> None:
    values = {"video_id": video.id, "source_id": encode.source_id, "of_set": ChapterSet.SOURCE}
    with transaction() as session:
        session.add(Chapter(start_s=0.0, title="Of the file", **values))
    page = client.get(address(video)).text
    assert typed(page) == "0:00 Of the file"
    assert "Bring back" not in page

    assert "Bring back those of the file" in save(client, video, TWO).text
    back = client.post(address(video, "/choose/source"), headers=FRAGMENT)
    assert typed(back.text) == "0:00 Of the file"
    assert "Use the list that was written here" in back.text


def test_times_of_the_description_are_offered(client: FlaskClient, ada: User) -> None:
    video = make_video(ada, description="Hi\n0:00 a\n0:10 b\n0:20 c", duration_s=60.0)

    assert "Take the 3 times of the description" in client.get(address(video)).text


def test_a_draft_has_chapters_before_its_file(client: FlaskClient, ada: User) -> None:
    draft = make_unready_video(ada, VideoStatus.UPLOADING)

    assert "5 hours" in save(client, draft, "0:00 a\n5:00:00 5 hours").text


def test_the_page_of_the_video_lists_them_as_links(client: FlaskClient, video: Video, encode: Encode) -> None:
    save(client, video, "0:00 Intro\n0:30.5 <b>Bold</b>")

    page = client.get(f"/watch/{video.public_id}").text

    rows = re.findall(r'<a href="\?t=([\d.]+)" data-seek="[\d.]+">.*?<span class="chapter-title">(.*?)</span>', page)
    assert rows == [("0", "Intro"), ("30.5", "&lt;b&gt;Bold&lt;/b&gt;")]
    told = re.search(r"data-chapters='(\[.*?\])'", page)
    assert told is not None
    assert [one["title"] for one in json.loads(told[1])] == ["Intro", "<b>Bold</b>"]
    status = client.get(f"/watch/{video.public_id}/status?shown=player", headers=FRAGMENT).text
    assert 'id="watch-chapters"' in status
    assert 'hx-swap-oob="true"' in status


def test_strangers_find_nothing(client: FlaskClient, ada: User, video: Video) -> None:
    hidden = make_video(ada, visibility=Visibility.PRIVATE)
    sign_in(client, make_user("eve"))

    for method, rest in (("GET", ""), ("POST", ""), ("POST", "/check"), ("POST", "/choose/source")):
        assert client.open(address(video, rest), method=method).status_code == 403, rest
        assert client.open(address(hidden, rest), method=method).status_code == 404, rest
