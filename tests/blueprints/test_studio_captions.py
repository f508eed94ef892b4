"""Caption tracks in the editor of a video."""

import json
import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from tests.factories import make_encode, make_unready_video, make_user, make_video, sign_in
from vod_web.models import User, Video, VideoStatus, Visibility
from vod_web.resources import resources
from vod_web.services.captions import list_taken_out

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
SRT = "1\n00:00:01,000 --> 00:00:02,000\n<i>Hello</i> & <img src=x onerror=alert(1)>\n"


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
    video = make_video(ada, duration_s=60.0)
    make_encode(video, resources().storage)
    return video


def address(video: Video, rest: str = "") -> str:
    return f"/studio/videos/{video.public_id}/captions{rest}"


def send(client: FlaskClient, video: Video, *files: tuple[str, str], as_fragment: bool = True, **fields: str):  # type: ignore[no-untyped-def]
    sent = [(BytesIO(text.encode()), name) for name, text in files]
    headers = FRAGMENT if as_fragment else {}
    return client.post(address(video), data={"files": sent, **fields}, headers=headers)


def tracks(text: str) -> list[str]:
    """The names of the tracks on a page."""
    return re.findall(r'<div class="track-text">\s*<strong>([^<]*)</strong>', text)


def ids(text: str) -> list[str]:
    return re.findall(r'id="preview-([\w-]+)"', text)


def test_several_files_are_added_by_what_their_names_say(client: FlaskClient, video: Video) -> None:
    answer = send(client, video, ("film.de.srt", SRT), ("film.pt-BR.forced.srt", SRT), ("film.en.sdh.srt", SRT))

    assert answer.status_code == 200
    assert tracks(answer.text) == ["German", "Portuguese (Brazil) (forced)", "English (CC)"]
    assert "film.de.srt" in answer.text
    page = client.get(address(video)).text
    assert tracks(page) == tracks(answer.text)
    assert 'aria-current="page"' in page


def test_what_cannot_be_added_is_named_and_the_rest_is_added(client: FlaskClient, video: Video) -> None:
    broken = "1\n00:00:01,000 --> 00:00:02,000\nfine\n\n2\n00:00:0x,000 --> 00:00:04,000\n<script>\n"
    files = [("film.de.srt", SRT), ("film.fr.srt", broken), ("film.srt", SRT), ("x.en.srt", "\x89PNG\0")]

    answer = send(client, video, *files)

    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == f"#captions-messages-{video.public_id}"
    assert answer.headers["HX-Trigger"] == "captions-changed"
    assert "film.fr.srt: Line 6: “00:00:0x,000 --&gt; 00:00:04,000” is no time." in answer.text
    assert "film.srt: Its name does not say in which language" in answer.text
    assert "x.en.srt: This is no text." in answer.text
    assert "Added: German." in answer.text
    assert "<form" not in answer.text, "what was chosen in the form stays"
    assert tracks(client.get(address(video, "?part=tracks"), headers=FRAGMENT).text) == ["German"]
    page = send(client, video, *files, as_fragment=False)
    assert page.status_code == 422
    assert "Line 6" in page.text
    assert tracks(page.text) == ["German"]


@pytest.mark.parametrize("as_fragment", [True, False])
def test_a_language_can_be_chosen_for_names_that_say_none(client: FlaskClient, video: Video, as_fragment: bool) -> None:
    answer = send(client, video, ("film.srt", SRT), language="uk", kind="captions", as_fragment=as_fragment)

    assert answer.status_code == (200 if as_fragment else 303)
    assert tracks(client.get(address(video)).text) == ["Ukrainian (CC)"]


def test_a_form_without_a_file_says_so(client: FlaskClient, video: Video) -> None:
    assert "Choose a file first." in send(client, video).text
    assert send(client, video, language="<x>").status_code == 422
    assert "at most 20 files" in send(client, video, *[("film.de.srt", SRT)] * 21).text


def test_files_larger_than_other_forms_are_taken(client: FlaskClient, video: Video) -> None:
    long = SRT + "\n".join(f"\n{n}\n00:00:03,000 --> 00:00:04,000\n{'x' * 900}{n}\n" for n in range(3000))

    assert len(long) > 2_600_000
    assert send(client, video, ("film.de.srt", long)).status_code == 200
    assert "at most 4 MB" in send(client, video, ("film.de.srt", " " * (4 * 1024**2 + 1))).text


def test_a_track_is_taken_out_and_brought_back(client: FlaskClient, video: Video) -> None:
    (track,) = ids(send(client, video, ("film.de.srt", SRT)).text)

    answer = client.post(address(video, f"/{track}/delete"), headers=FRAGMENT)

    assert tracks(answer.text) == []
    action = json.loads(answer.headers["HX-Trigger"])["toast"]["action"]
    assert action == {"label": "Undo", "url": address(video, f"/{track}/restore")}
    back = client.post(action["url"], headers={"HX-Request": "true"})
    assert (back.status_code, back.headers["HX-Trigger"]) == (204, "captions-changed")
    assert tracks(client.get(address(video, "?part=tracks"), headers=FRAGMENT).text) == ["German"]


def test_the_same_works_without_a_script(client: FlaskClient, video: Video) -> None:
    (track,) = ids(send(client, video, ("film.de.srt", SRT)).text)
    gone = client.post(address(video, f"/{track}/delete"))
    assert gone.status_code == 303
    page = client.get(gone.location).text
    assert tracks(page) == []
    assert f'action="{address(video, f"/{track}/restore")}"' in page
    assert client.post(address(video, f"/{track}/restore")).status_code == 303
    assert client.post(address(video, f"/{track}"), data={"language": "fr", "kind": "subtitles"}).status_code == 303
    assert tracks(client.get(address(video)).text) == ["French"]
    assert "Hello &amp; &lt;img src=x" in client.get(address(video, f"/{track}/preview")).text


def test_a_track_is_changed_looked_into_and_downloaded(client: FlaskClient, video: Video) -> None:
    (track,) = ids(send(client, video, ("film.de.srt", SRT)).text)
    fields = {"language": "de-AT", "kind": "subtitles", "label": "Wienerisch", "is_default": "1"}

    answer = client.post(address(video, f"/{track}"), data=fields, headers=FRAGMENT)

    assert tracks(answer.text) == ["Wienerisch"]
    assert "Default" in answer.text
    preview = client.get(address(video, f"/{track}/preview"), headers=FRAGMENT).text
    assert preview.lstrip().startswith(f'<div id="preview-{track}"')
    assert "Hello &amp; &lt;img src=x onerror=alert(1)&gt;" in preview
    file = client.get(address(video, f"/{track}/file"))
    assert file.headers["Content-Disposition"] == 'attachment; filename="A video.de-AT.vtt"'
    assert file.text.startswith("WEBVTT")
    send(client, video, ("film.en.srt", SRT))
    clash = client.post(address(video, f"/{track}"), data={"language": "en"}, headers=FRAGMENT)
    assert clash.status_code == 422
    assert "another track like this" in clash.text


def test_captions_that_end_after_the_video_are_pointed_out(client: FlaskClient, video: Video) -> None:
    late = "1\n00:05:01,000 --> 00:05:02,000\nlate\n"

    assert "after the end of the video" in send(client, video, ("film.de.srt", late)).text


def test_a_draft_has_captions_before_its_file(client: FlaskClient, ada: User) -> None:
    draft = make_unready_video(ada, VideoStatus.UPLOADING)

    assert tracks(send(client, draft, ("film.de.srt", SRT)).text) == ["German"]
    fragment = client.get(address(draft), headers=FRAGMENT).text
    assert fragment.lstrip().startswith(f'<div class="stack captions" id="captions-{draft.public_id}" data-section=')


def test_strangers_find_nothing(client: FlaskClient, ada: User, video: Video) -> None:
    (track,) = ids(send(client, video, ("film.de.srt", SRT)).text)
    sign_in(client, make_user("eve"))
    hidden = make_video(ada, visibility=Visibility.PRIVATE)

    for method, rest in (
        ("GET", ""),
        ("POST", ""),
        ("POST", f"/{track}"),
        ("POST", f"/{track}/delete"),
        ("POST", f"/{track}/restore"),
        ("GET", f"/{track}/preview"),
        ("GET", f"/{track}/file"),
    ):
        assert client.open(address(video, rest), method=method).status_code == 403, rest
        assert client.open(address(hidden, rest), method=method).status_code == 404, rest
    sign_in(client, ada)
    assert client.get(address(video, "/nothing00000/file")).status_code == 404
    assert list_taken_out(ada, video.public_id) == []
