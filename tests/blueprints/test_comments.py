"""Comments under a video: as pages, as parts of the watch page, and by the API."""

import re

import pytest
from flask.testing import FlaskClient

from tests.factories import make_user, make_video, sign_in, sign_out
from tests.queries import counted_queries
from vod_web.models import CommentRule, Role, User, Video
from vod_web.services import site

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def ada(client: FlaskClient) -> User:
    """Whose video it is; forms need no token."""
    client.application.config["WTF_CSRF_ENABLED"] = False
    return make_user("ada")


@pytest.fixture
def video(ada: User) -> Video:
    """A video of a minute, on which everybody may comment."""
    return make_video(ada, "Harbour")


@pytest.fixture
def bob(client: FlaskClient, ada: User) -> User:
    """Somebody who is signed in in this browser."""
    bob = make_user("bob", Role.VIEWER)
    sign_in(client, bob)
    return bob


def address_of(video: Video) -> str:
    """Of the comments on the video."""
    return f"/watch/{video.public_id}/comments"


def say(client: FlaskClient, video: Video, text: str, **more: str) -> str:
    """Write a comment by the plain form; gives its id."""
    answer = client.post(address_of(video), data={"text": text} | more)
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(rf"{address_of(video)}\?comment=(\S{{11}})#comment-\1", answer.location)
    assert found, answer.location
    return found[1]


@pytest.mark.usefixtures("bob")
def test_a_comment_is_written_without_a_script(client: FlaskClient, video: Video) -> None:
    assert "No comments yet" in client.get(address_of(video)).text
    said = say(client, video, "At 0:10 a <ship>. https://example.org @ada @nobody\nx")
    page = client.get(f"{address_of(video)}?comment={said}").text
    assert 'data-seek="10">0:10</a> a &lt;ship&gt;. <a href="https://example.org" rel="nofollow' in page
    assert f'href="/watch/{video.public_id}?t=10"' in page
    assert '<a href="/@ada">@ada</a> @nobody\nx' in page
    assert "comment-linked" in page
    assert "Your comment is there." in page
    assert f'hx-get="{address_of(video)}" hx-trigger="revealed"' in client.get(f"/watch/{video.public_id}").text
    linked = client.get(f"/watch/{video.public_id}?comment={said}").text
    assert f'hx-get="{address_of(video)}?comment={said}" hx-trigger="load"' in linked


@pytest.mark.usefixtures("bob")
def test_a_comment_is_written_as_a_part_of_the_page(client: FlaskClient, video: Video) -> None:
    answer = client.post(address_of(video), data={"text": "Hello", "send_id": "a"}, headers=FRAGMENT)
    assert "Your comment is there." in answer.headers["HX-Trigger"]
    assert 'hx-swap-oob="afterbegin:#comment-list"' in answer.text
    assert 'id="comment-count" hx-swap-oob="true">1<' in answer.text
    assert "<html" not in answer.text
    said = re.search(r'id="comment-(\S{11})"', answer.text)
    assert said
    form = client.get(f"{address_of(video)}/{said[1]}/reply", headers=FRAGMENT).text
    assert f'name="reply_to" value="{said[1]}"' in form
    reply = {"text": "Hi", "reply_to": said[1]}
    answered = client.post(address_of(video), data=reply, headers=FRAGMENT).text
    assert f'hx-swap-oob="beforeend:#new-replies-{said[1]}"' in answered
    assert "<form class=" not in answered.split("<article")[0]
    assert "1 reply" in client.get(address_of(video), headers=FRAGMENT).text
    assert "Hi" in client.get(f"{address_of(video)}/{said[1]}", headers=FRAGMENT).text


@pytest.mark.usefixtures("bob")
@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_what_was_typed_is_kept_when_it_is_refused(client: FlaskClient, video: Video, headers: dict[str, str]) -> None:
    answer = client.post(address_of(video), data={"text": "", "send_id": "mine"}, headers=headers)
    assert answer.status_code == 422
    assert "Write something first." in answer.text
    assert 'name="send_id" value="mine"' in answer.text
    answer = client.post(address_of(video), data={"text": "word " * 1001}, headers=headers)
    assert answer.status_code == 422
    assert "at most 5000 characters. Yours has 5004." in answer.text
    assert "word word" in answer.text
    reply = {"text": "Too late", "reply_to": "AAAAAAAAAAA"}
    answer = client.post(address_of(video), data=reply, headers=headers)
    assert answer.status_code == 422
    assert "Too late" in answer.text
    assert 'name="reply_to" value="AAAAAAAAAAA"' in answer.text
    assert ("<html" in answer.text) == (not headers)


@pytest.mark.usefixtures("bob")
def test_too_much_at_once_keeps_what_was_typed(client: FlaskClient, video: Video) -> None:
    for number in range(8):
        say(client, video, f"Number {number}")
    answer = client.post(address_of(video), data={"text": "Number 8"}, headers=FRAGMENT)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "You write very fast." in answer.text
    assert "Number 8" in answer.text


def test_visitors_are_led_to_sign_in(client: FlaskClient, video: Video, bob: User) -> None:
    said = say(client, video, "Hello")
    sign_out(client)
    page = client.get(address_of(video)).text
    assert "Sign in to comment" in page
    assert "<textarea" not in page
    answer = client.post(address_of(video), data={"text": "Lost?"}, headers={"Origin": "http://localhost"})
    assert answer.status_code == 401
    assert "Lost?" in answer.text
    liked = client.post(f"{address_of(video)}/{said}/like", data={"is_liked": "true"}, headers=FRAGMENT)
    assert "/login" in liked.headers["HX-Redirect"]
    assert client.get(f"{address_of(video)}/mentions?typed=a").location.startswith("/login")


@pytest.mark.usefixtures("bob")
def test_a_comment_is_edited_deleted_and_brought_back(client: FlaskClient, video: Video) -> None:
    said = say(client, video, "Helo")
    one = f"{address_of(video)}/{said}"
    assert ">\nHelo</textarea>" in client.get(f"{one}/edit").text
    assert "<html" not in client.get(f"{one}/edit", headers=FRAGMENT).text
    empty = client.post(f"{one}/edit", data={"text": " "}, headers=FRAGMENT)
    assert empty.status_code == 422
    assert "Write something first." in empty.text
    saved = client.post(f"{one}/edit", data={"text": "Hello"}, headers=FRAGMENT).text
    assert "edited" in saved
    assert client.post(f"{one}/edit", data={"text": "Hello!"}).status_code == 303
    deleted = client.post(f"{one}/delete", headers=FRAGMENT).text
    assert f'action="{one}/restore"' in deleted
    assert "Hello!" not in client.get(address_of(video)).text
    assert "Hello!" in client.post(f"{one}/restore", headers=FRAGMENT).text
    answer = client.post(f"{one}/delete")
    assert answer.location == f"{address_of(video)}?deleted={said}"
    assert f'action="{one}/restore"' in client.get(answer.location).text
    assert client.post(f"{one}/restore").status_code == 303
    assert "Hello!" in client.get(address_of(video)).text


@pytest.mark.usefixtures("bob")
def test_the_count_follows_what_is_deleted_and_brought_back(client: FlaskClient, video: Video) -> None:
    said, *_ = (say(client, video, text) for text in ("One", "Two", "Three"))

    def count_after(deed: str, **data: str) -> str:
        answer = client.post(f"{address_of(video)}/{said}/{deed}", headers=FRAGMENT, data=data).text
        return re.search(r'id="comment-count" hx-swap-oob="true">(\d+)<', answer)[1]  # type: ignore[index] # or the test fails

    assert [count_after("delete"), count_after("restore")] == ["2", "3"]


def test_only_who_may_do_something_is_offered_it(client: FlaskClient, ada: User, video: Video, bob: User) -> None:
    said = say(client, video, "Hello")
    deeds = {"edit": "/edit", "delete": "/delete", "pin": 'name="is_pinned"', "heart": 'name="is_hearted"'}

    def offered(person: User) -> set[str]:
        sign_in(client, person)
        page = client.get(address_of(video)).text
        return {deed for deed, mark in deeds.items() if mark in page}

    assert offered(bob) == {"edit", "delete"}
    assert offered(ada) == {"delete", "pin", "heart"}
    assert offered(make_user("eve")) == set()
    assert offered(make_user("mod", Role.MODERATOR)) == {"delete"}
    assert client.post(f"{address_of(video)}/{said}/marks", data={"is_pinned": "true"}).status_code == 403
    sign_in(client, ada)
    marked = client.post(f"{address_of(video)}/{said}/marks", data={"is_hearted": "true"}, headers=FRAGMENT).text
    assert "Liked by the owner of the video" in marked
    liked = client.post(f"{address_of(video)}/{said}/like", data={"is_liked": "true"}, headers=FRAGMENT).text
    assert 'aria-pressed="true" aria-label="Like this comment: 1"' in liked


@pytest.mark.usefixtures("bob")
def test_held_comments_are_marked_and_switched_off_ones_not_shown(client: FlaskClient, ada: User) -> None:
    held, off = (make_video(ada, comment_rule=rule) for rule in (CommentRule.HELD, CommentRule.OFF))
    answer = client.post(address_of(held), data={"text": "Hello"}, headers=FRAGMENT)
    assert "when the owner of the video has seen it" in answer.headers["HX-Trigger"]
    assert "Waiting for approval" in client.get(address_of(held)).text
    said = re.search(r'id="comment-(\S{11})"', answer.text)
    assert said
    sign_in(client, ada)
    approved = client.post(f"{address_of(held)}/{said[1]}/approve", headers=FRAGMENT).text
    assert "Hello" in approved
    assert "Waiting" not in approved
    assert "Comments are switched off. <a" in client.get(address_of(off)).text
    assert client.post(address_of(off), data={"text": "x"}, headers=FRAGMENT).status_code == 409
    site.change_site(site.Site(has_comments=False))
    assert 'id="comments"' not in client.get(f"/watch/{held.public_id}").text
    assert "Hello" not in client.get(address_of(held)).text


@pytest.mark.usefixtures("bob")
def test_a_link_to_a_reply_shows_it_in_its_thread(client: FlaskClient, video: Video) -> None:
    said = say(client, video, "The thread")
    reply = say(client, video, "The reply", reply_to=said)
    say(client, video, "Another")
    page = client.get(f"{address_of(video)}?comment={reply}").text
    assert page.index("The thread") < page.index("The reply") < page.index("Another")
    assert page.count("The thread") == 1
    for nonsense in ("AAAAAAAAAAA", "x", ""):
        assert "Another" in client.get(f"{address_of(video)}?comment={nonsense}").text


@pytest.mark.usefixtures("bob")
def test_names_are_suggested_who_has_to_do_with_it_first(client: FlaskClient, video: Video, ada: User) -> None:
    make_user("adrian")
    carl = make_user("carl", display_name="Adam <b>")
    sign_in(client, carl)
    say(client, video, "Hello")
    sign_in(client, make_user("zoe"))
    names = re.findall(r'data-name="(\w+)"', client.get(f"{address_of(video)}/mentions?typed=ad").text)
    assert names == ["ada", "carl", "adrian"]
    assert "Adam &lt;b&gt;" in client.get(f"{address_of(video)}/mentions?typed=ada").text
    assert "data-name" not in client.get(f"{address_of(video)}/mentions?typed=zoe").text


@pytest.mark.usefixtures("ada")
def test_the_list_makes_the_same_queries_for_one_and_for_many(client: FlaskClient, video: Video) -> None:
    counts = []
    for number in range(4):
        person = make_user(f"writer{number}")
        sign_in(client, person)
        said = say(client, video, f"Hello @writer{number} and @ada")
        say(client, video, "A reply", reply_to=said)
        client.get(address_of(video), headers=FRAGMENT)
        with counted_queries() as statements:
            assert client.get(address_of(video), headers=FRAGMENT).text.count("<article") == number + 1
        counts.append(len(statements))
    assert len(set(counts)) == 1
    assert counts[0] <= 15
