"""Writing, editing, deleting and liking comments, and who is told of them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from tests.factories import make_user, make_video
from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, Gone, InvalidInput, NotAllowed, NotFound, NotSignedIn, RateLimited
from vod_web.db.session import close_session, current_session
from vod_web.models import AuditEvent, Comment, CommentRule, Notification, Role, User, Video, Visibility
from vod_web.schemas.base import parse_input
from vod_web.schemas.comments import CommentCreate, CommentMarks, CommentQuery, CommentUpdate, RepliesQuery
from vod_web.services import comment_care, comment_lists, comments, site
from vod_web.services.comment_removal import purge_comments
from vod_web.services.throttle import Throttle

pytestmark = pytest.mark.usefixtures("database")


class Talk:
    """People who talk under one video of Ada's."""

    def __init__(self, throttle: Throttle, **values: object) -> None:
        self.throttle = throttle
        self.ada, self.bob, self.eve = make_user("ada"), make_user("bob"), make_user("eve")
        self.video = make_video(self.ada, "Harbour", **values)

    def say(self, who: User | None, text: str, **more: str) -> Comment:
        """One comment."""
        new = CommentCreate(text=text, **more)
        return comments.add_comment(who, self.video.public_id, new, throttle=self.throttle, now=utc_now())

    def edit(self, who: User, comment: Comment, text: str) -> Comment:
        """The same comment, with other words."""
        changes = CommentUpdate(text=text)
        return comments.edit_comment(who, comment.public_id, changes, throttle=self.throttle, now=utc_now())

    def like(self, who: User, comment: Comment, is_liked: bool = True) -> int:
        """How many like it then."""
        liked = comments.like_comment(who, comment.public_id, is_liked=is_liked, throttle=self.throttle)
        return liked.like_count

    def shown(self, who: User | None, sort: str = "newest") -> list[str]:
        """What this person reads under the video, without the replies; a tombstone is a dash."""
        wanted = CommentQuery(sort=sort)
        video, found = comment_lists.list_threads(who, self.video.public_id, wanted)
        return [told.text or "-" for told in comment_lists.read_comments(who, video, found.items)]

    def replies(self, who: User | None, thread: Comment) -> list[str]:
        """What this person reads in the thread."""
        _, _, found = comment_lists.list_replies(who, self.video.public_id, thread.public_id, RepliesQuery())
        return [reply.text for reply in found.items]

    def counted(self) -> int:
        """What the row of the video says; checked against the comments themselves."""
        close_session()
        said = current_session().get_one(Video, self.video.id).comment_count
        seen = select(func.count()).where(Comment.deleted_at.is_(None), Comment.is_held.is_(False))
        assert said == current_session().scalar(seen)
        return said


@pytest.fixture
def talk(throttle: Throttle) -> Talk:
    """A public video on which everybody may comment."""
    return Talk(throttle)


def told(person: User) -> list[str]:
    """Of what this person is told."""
    mine = select(Notification.kind).where(Notification.user_id == person.id).order_by(Notification.id)
    return [kind.value for kind in current_session().scalars(mine)]


def test_comments_come_in_threads(talk: Talk) -> None:
    first = talk.say(talk.bob, "First")
    second = talk.say(talk.eve, "Second")
    reply = talk.say(talk.eve, "A reply", reply_to=first.public_id)
    talk.say(talk.bob, "A reply to the reply", reply_to=reply.public_id)
    assert talk.shown(None) == ["Second", "First"]
    assert talk.replies(None, first) == ["A reply", "A reply to the reply"]
    assert talk.replies(None, second) == []
    assert talk.counted() == 4
    assert current_session().get_one(Comment, first.id).reply_count == 2
    with pytest.raises(NotFound):
        talk.replies(None, reply)


def test_the_best_or_the_newest_come_first_page_by_page(talk: Talk) -> None:
    said = [talk.say(talk.bob, f"Number {number}") for number in range(5)]
    for number, likers in ((1, 2), (3, 1)):
        for person in (talk.ada, talk.eve)[:likers]:
            talk.like(person, said[number])
    assert talk.shown(None, "top")[:2] == ["Number 1", "Number 3"]
    for sort in ("top", "newest"):
        read, cursor = [], None
        while True:
            query = CommentQuery(sort=sort, limit=2, cursor=cursor)
            _, page = comment_lists.list_threads(None, talk.video.public_id, query)
            read += [comment.text for comment in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert read == talk.shown(None, sort)


def test_two_presses_make_one_comment(talk: Talk, database: Engine) -> None:
    def press(_turn: int) -> str:
        said = talk.say(talk.bob, "Once", send_id="abc").public_id
        close_session()
        return said

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(press, range(3)))) == 1
    assert talk.counted() == 1
    talk.say(talk.eve, "Another person's", send_id="abc")
    assert talk.counted() == 2


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b\u200b", "x" * 5001])
def test_a_comment_has_words_and_an_end(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_input(CommentCreate, {"text": text})
    assert set(error.value.fields) == {"text"}


def test_gaps_are_closed() -> None:
    assert CommentCreate(text=" a\r\n\r\n\r\n\r\nb ").text == "a\n\nb"


def test_who_may_not_see_the_video_has_no_comments(throttle: Throttle) -> None:
    talk = Talk(throttle, visibility=Visibility.PRIVATE)
    said = talk.say(talk.ada, "To myself")
    with pytest.raises(NotFound):
        talk.say(talk.bob, "Hello")
    with pytest.raises(NotFound):
        talk.shown(talk.bob)
    with pytest.raises(NotFound):
        talk.like(talk.bob, said)
    with pytest.raises(NotSignedIn):
        talk.say(None, "Hello")


def test_switched_off_comments_are_kept_and_not_shown(talk: Talk) -> None:
    said = talk.say(talk.bob, "Here")
    site.change_site(site.Site(has_comments=False))
    with pytest.raises(Conflict):
        talk.say(talk.bob, "More")
    assert talk.shown(talk.ada) == []
    with pytest.raises(NotFound):
        talk.like(talk.eve, said)
    site.change_site(site.Site())
    assert talk.shown(None) == ["Here"]


def test_nobody_answers_what_is_gone(talk: Talk) -> None:
    said, elsewhere = talk.say(talk.bob, "Here"), make_video(talk.ada)
    comments.delete_comment(talk.bob, said.public_id, now=utc_now())
    for reply_to in (said.public_id, "nonsense", "AAAAAAAAAAA"):
        with pytest.raises(InvalidInput):
            talk.say(talk.eve, "You are right", reply_to=reply_to)
    there = talk.say(talk.bob, "There")
    new = CommentCreate(text="Across", reply_to=there.public_id)
    with pytest.raises(InvalidInput):
        comments.add_comment(talk.eve, elsewhere.public_id, new, throttle=talk.throttle, now=utc_now())


def test_people_edit_their_own_and_the_mark_stays(talk: Talk) -> None:
    said = talk.say(talk.bob, "Helo")
    assert talk.edit(talk.bob, said, "Helo").edited_at is None
    assert talk.edit(talk.bob, said, "Hello").edited_at is not None
    for person in (talk.eve, talk.ada, make_user(role=Role.ADMIN)):
        with pytest.raises(NotAllowed):
            talk.edit(person, said, "Goodbye")
    assert talk.shown(None) == ["Hello"]


def test_a_deleted_comment_comes_back_for_who_deleted_it(talk: Talk) -> None:
    said, now = talk.say(talk.bob, "Here"), utc_now()
    with pytest.raises(NotAllowed):
        comments.delete_comment(talk.eve, said.public_id, now=now)
    comments.delete_comment(talk.bob, said.public_id, now=now)
    assert (talk.shown(talk.bob), talk.counted()) == ([], 0)
    with pytest.raises(Gone):
        comments.delete_comment(talk.bob, said.public_id, now=now)
    with pytest.raises(NotFound):
        comments.restore_comment(talk.ada, said.public_id, now=now)
    with pytest.raises(Gone):
        comments.restore_comment(talk.bob, said.public_id, now=now + comments.KEPT)
    comments.restore_comment(talk.bob, said.public_id, now=now)
    comments.restore_comment(talk.bob, said.public_id, now=now)
    assert (talk.shown(None), talk.counted()) == (["Here"], 1)


def test_a_deleted_comment_with_replies_keeps_its_place(talk: Talk) -> None:
    said, now = talk.say(talk.bob, "Here"), utc_now()
    reply = talk.say(talk.eve, "Reply", reply_to=said.public_id)
    comments.delete_comment(talk.bob, said.public_id, now=now)
    assert talk.shown(None) == ["-"]
    assert talk.replies(None, said) == ["Reply"]
    assert purge_comments(now=now) == 0
    assert purge_comments(now=now + comments.KEPT) == 1
    assert purge_comments(now=now + comments.KEPT) == 0
    assert (talk.shown(None), talk.counted()) == (["-"], 1)
    comments.delete_comment(talk.eve, reply.public_id, now=now)
    assert (talk.shown(None), talk.counted()) == ([], 0)
    assert purge_comments(now=now + comments.KEPT) == 1
    assert current_session().scalars(select(Comment.text)).all() == [""]


def test_owner_and_moderators_remove_and_the_deed_is_kept(talk: Talk) -> None:
    moderator = make_user("mod", Role.MODERATOR)
    first, second, third = (talk.say(talk.bob, f"Rude {number}") for number in range(3))
    comments.delete_comment(talk.ada, first.public_id, now=utc_now())
    comments.delete_comment(moderator, second.public_id, now=utc_now())
    comments.delete_comment(talk.bob, third.public_id, now=utc_now())
    kept = current_session().scalars(select(AuditEvent)).all()
    assert [(event.actor_id, event.action, event.target) for event in kept] == [
        (moderator.id, "comment.remove", "Rude 1")
    ]


def test_likes_are_one_each_and_counted(talk: Talk, database: Engine) -> None:
    said = talk.say(talk.bob, "Here")
    assert talk.like(talk.eve, said) == 1
    assert talk.like(talk.eve, said) == 1
    assert talk.like(talk.bob, said) == 2
    assert talk.like(talk.eve, said, is_liked=False) == 1
    people = [make_user() for _ in range(6)]

    def press(person: User) -> None:
        talk.like(person, said)
        close_session()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(press, [*people, *people]))
    close_session()
    assert current_session().get_one(Comment, said.id).like_count == 7


def test_held_comments_are_their_authors_and_the_owners(throttle: Throttle) -> None:
    talk, moderator = Talk(throttle, comment_rule=CommentRule.HELD), make_user(role=Role.MODERATOR)
    own = talk.say(talk.ada, "Welcome")
    held = talk.say(talk.bob, "First!")
    assert (talk.counted(), told(talk.ada)) == (1, ["comment"])
    for person, expected in ((None, 1), (talk.eve, 1), (talk.bob, 2), (talk.ada, 2), (moderator, 2)):
        assert len(talk.shown(person)) == expected
    for deed in (lambda: talk.like(talk.eve, held), lambda: talk.edit(talk.eve, held, "x")):
        with pytest.raises(NotFound):
            deed()
    with pytest.raises(NotAllowed):
        comment_care.approve_comment(talk.bob, held.public_id, now=utc_now())
    comment_care.approve_comment(talk.ada, held.public_id, now=utc_now())
    comment_care.approve_comment(talk.ada, held.public_id, now=utc_now())
    assert (talk.counted(), talk.shown(None)) == (2, ["First!", "Welcome"])
    reply = talk.say(talk.bob, "Thanks", reply_to=own.public_id)
    assert (talk.replies(None, own), talk.replies(talk.bob, own)) == ([], ["Thanks"])
    video, found = comment_lists.list_threads(talk.bob, talk.video.public_id, CommentQuery())
    assert [one.replies for one in comment_lists.read_comments(talk.bob, video, found.items)] == [0, 1]
    assert reply.is_held
    talk.edit(talk.bob, held, "Something else")
    assert (talk.counted(), talk.shown(None)) == (1, ["Welcome"])


def test_one_comment_is_pinned_by_the_owner(talk: Talk) -> None:
    first, second = talk.say(talk.bob, "First"), talk.say(talk.eve, "Second")
    reply = talk.say(talk.ada, "Reply", reply_to=first.public_id)
    pin, unpin = CommentMarks(is_pinned=True), CommentMarks(is_pinned=False)
    comment_care.mark_comment(talk.ada, first.public_id, pin)
    comment_care.mark_comment(talk.ada, second.public_id, pin)
    comment_care.mark_comment(talk.ada, first.public_id, unpin)
    pinned = comment_lists.find_pinned(None, talk.video)
    assert pinned is not None
    assert pinned.id == second.id
    assert talk.shown(None) == ["First"]
    for person, comment in ((talk.bob, first), (talk.ada, reply), (make_user(role=Role.MODERATOR), first)):
        with pytest.raises(NotAllowed):
            comment_care.mark_comment(person, comment.public_id, pin)
    with pytest.raises(NotAllowed):
        comment_care.mark_comment(talk.bob, first.public_id, CommentMarks(is_hearted=True))
    assert comment_care.mark_comment(talk.ada, reply.public_id, CommentMarks(is_hearted=True)).is_hearted
    comments.delete_comment(talk.ada, second.public_id, now=utc_now())
    assert comment_lists.find_pinned(None, talk.video) is None


def test_everybody_whom_it_concerns_is_told_once(talk: Talk) -> None:
    dan = make_user("dan")
    first = talk.say(talk.bob, "Hello @dan and @dan, and @nobody, dan@example.org")
    assert [told(person) for person in (talk.ada, talk.bob, dan)] == [["comment"], [], ["mention"]]
    reply = talk.say(talk.eve, "@bob @ada right", reply_to=first.public_id)
    assert [told(person) for person in (talk.ada, talk.bob)] == [["comment", "mention"], ["reply"]]
    talk.edit(talk.eve, reply, "@bob @ada @dan right")
    assert told(dan) == ["mention", "mention"]
    comments.delete_comment(talk.eve, reply.public_id, now=utc_now())
    assert [told(person) for person in (talk.ada, talk.bob, dan)] == [["comment"], [], ["mention"]]


def test_writing_has_a_limit(talk: Talk) -> None:
    for _ in range(comments.MOST_AT_ONCE.amount):
        talk.say(talk.bob, "Spam")
    with pytest.raises(RateLimited):
        talk.say(talk.bob, "Spam")
    talk.say(talk.eve, "Not spam")
    assert talk.counted() == comments.MOST_AT_ONCE.amount + 1
    later = utc_now() + timedelta(days=400)
    assert purge_comments(now=later) == 0
