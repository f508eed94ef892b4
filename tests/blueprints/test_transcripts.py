"""The transcript of a video as a page and as a text."""

from flask.testing import FlaskClient

from tests.factories import make_user, make_video
from vod_web.resources import resources
from vod_web.schemas.captions import CaptionCreate
from vod_web.services.captions import add_caption

WORDS = "00:01.000 --> 00:02.000\nThe {0}\n\n00:12.000 --> 00:13.000\nA <b>harbour</b> & more\n"


def test_lines_stand_under_their_chapters_and_lead_to_the_video(client: FlaskClient) -> None:
    ada = make_user("ada")
    video = make_video(ada, "Skye", description="0:00 Out\n0:10 In port\n0:20 Home\n", duration_s=30.0)
    for language, word in (("en", "sea"), ("de", "See")):
        content = WORDS.format(word).encode()
        add_caption(ada, video.public_id, CaptionCreate(language=language), content, storage=resources().storage)
    address = f"/watch/{video.public_id}/transcript"

    page = client.get(address).text
    german = client.get(address, query_string={"track": _track(page, "German")}).text

    assert page.index("<h2>Out</h2>") < page.index("The sea") < page.index("<h2>In port</h2>") < page.index("A harbour")
    assert f'href="/watch/{video.public_id}?t=12"' in page
    assert "A harbour &amp; more" in page
    assert "<h2>Home</h2>" not in page
    assert "The See" in german
    assert 'lang="de"' in german


def _track(page: str, label: str) -> str:
    return page[: page.index(f">{label}</a>")].rpartition("track=")[2].partition('"')[0]


def test_the_text_is_a_file(client: FlaskClient) -> None:
    ada = make_user("ada")
    video = make_video(ada)
    add_caption(ada, video.public_id, CaptionCreate(language="en"), WORDS.encode(), storage=resources().storage)
    answer = client.get(f"/watch/{video.public_id}/transcript.txt?times=1")
    assert answer.text.splitlines()[1] == "0:12  A harbour & more"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={video.public_id}.en.txt"


def test_there_is_none_where_nothing_is_written_down(client: FlaskClient) -> None:
    video = make_video(make_user("ada"))
    assert client.get(f"/watch/{video.public_id}/transcript").status_code == 404
    assert client.get(f"/watch/{video.public_id}/transcript?track=nope").status_code == 404
    page = client.get(f"/watch/{video.public_id}").text
    assert "data-transcript-open hidden" in page
