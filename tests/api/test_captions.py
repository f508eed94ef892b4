"""Captions and chapters by the API."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.factories import bearer, make_encode, make_user, make_video
from vod_web.db.session import transaction
from vod_web.models import TokenScope, User, Video, Visibility
from vod_web.resources import resources

VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi <script>\n"
Ask = Callable[..., tuple[int, object]]


@pytest.fixture
def ada(client: FlaskClient) -> User:
    """Whose video it is."""
    return make_user("ada")


@pytest.fixture
def video(ada: User) -> Video:
    """A video of a minute that plays."""
    video = make_video(ada, duration_s=60.0)
    make_encode(video, resources().storage)
    return video


@pytest.fixture
def ask(client: FlaskClient, ada: User, video: Video) -> Ask:
    """`ask(method, rest, ...)`: the status and the answer, for Ada or for who is named by `headers`."""
    headers = bearer(ada)

    def send(method: str, rest: str, **more: object) -> tuple[int, object]:
        more.setdefault("headers", headers)
        answer = client.open(f"/api/v1/videos/{video.public_id}/{rest}", method=method, **more)  # type: ignore[arg-type]
        return answer.status_code, answer.json if answer.data else None

    return send


def test_captions_are_put_listed_and_deleted(client: FlaskClient, ask: Ask, video: Video, ada: User) -> None:
    status, made = ask("PUT", "captions/pt-br?label=Ada&is_default=true", data=VTT, content_type="text/vtt")
    assert (status, made["language"], made["label"]) == (200, "pt-BR", "Ada")  # type: ignore[index]
    assert "Hi &lt;script&gt;" in client.get(made["url"].removeprefix("http://localhost")).text  # type: ignore[index]
    assert ask("PUT", "captions/en?kind=captions", data=VTT)[0] == 200
    assert ask("PUT", "captions/en?kind=captions", data=VTT.replace(b"Hi", b"Ho"))[0] == 200

    _, told = ask("GET", "captions")
    assert [(one["language"], one["kind"], one["is_default"]) for one in told] == [  # type: ignore[attr-defined]
        ("pt-BR", "subtitles", True),
        ("en", "captions", False),
    ]
    assert client.get(f"/api/v1/videos/{video.public_id}", headers=bearer(ada)).json["captions"] == told  # type: ignore[index]

    assert ask("DELETE", "captions/en")[0] == 404
    assert ask("DELETE", "captions/en?kind=captions") == (204, None)
    assert ask("DELETE", "captions/pt-BR") == (204, None)
    assert ask("GET", "captions") == (200, [])


@pytest.mark.parametrize(
    ("rest", "body", "status", "said"),
    [
        ("captions/en", b"1\n00:00:05,000 --> 00:00:01,000\nx\n", 422, "Line 2: this caption ends"),
        ("captions/en", b"\x89PNG\0\0", 422, "This is no text"),
        ("captions/en", b"", 422, "no captions"),
        ("captions/english!", VTT, 422, ""),
        ("captions/en?kind=songs", VTT, 422, ""),
        ("captions/en?colour=red", VTT, 422, "There is no such field."),
        ("captions/en", b"x" * (4 * 1024**2 + 9), 413, ""),
    ],
)
def test_what_cannot_be_added_is_explained(ask: Ask, rest: str, body: bytes, status: int, said: str) -> None:
    found, problem = ask("PUT", rest, data=body)

    assert found == status
    assert said in str(problem)


def test_chapters_are_put_and_told(client: FlaskClient, ask: Ask, video: Video) -> None:
    two = [{"start_s": 0.0, "title": "One"}, {"start_s": 30.5, "title": "Two"}]

    assert ask("PUT", "chapters", json={"chapters": two}) == (200, two)
    told = client.get(f"/api/v1/videos/{video.public_id}", headers=bearer(make_user("eve"))).json
    assert told is not None
    assert told["chapters"] == two
    status, problem = ask("PUT", "chapters", json={"chapters": [*two, {"start_s": 90, "title": "Late"}]})
    assert (status, list(problem["errors"])) == (422, ["chapters.2"])  # type: ignore[index]
    for wrong in ({}, {"chapters": [{"start_s": "NaN", "title": "x"}]}, {"chapters": [{"start_s": 0, "title": ""}]}):
        assert ask("PUT", "chapters", json=wrong)[0] == 422
    assert ask("PUT", "chapters", json={"chapters": None}) == (200, [])


def test_others_may_look_where_they_may_watch_and_change_nothing(ask: Ask, video: Video, ada: User) -> None:
    eve, reader = bearer(make_user("eve")), bearer(ada, TokenScope.READ)
    changes = (("PUT", "captions/en", {"data": VTT}), ("DELETE", "captions/en", {}))
    changes = (*changes, ("PUT", "chapters", {"json": {"chapters": []}}))
    for method, rest, body in changes:
        assert ask(method, rest, headers=eve, **body)[0] == 403
        assert ask(method, rest, headers=reader, **body)[0] == 403
        assert ask(method, rest, headers={}, **body)[0] == 401
    assert ask("GET", "captions", headers=eve)[0] == 200
    hide(video)
    for method, rest, body in (*changes, ("GET", "captions", {})):
        assert ask(method, rest, headers=eve, **body)[0] == 404


def hide(video: Video) -> None:
    with transaction() as session:
        session.get_one(Video, video.id).visibility = Visibility.PRIVATE
