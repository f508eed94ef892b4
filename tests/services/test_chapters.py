"""Chapters: the file's own, and those that people write."""

from fractions import Fraction

import pytest
from sqlalchemy import Engine, select

from tests.factories import make_admin, make_encode, make_unready_video, make_user, make_video
from tests.media.probes import even_video, make_probe
from vod_web.core.errors import Conflict, EditedMeanwhile, InvalidInput, NotAllowed, NotFound
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, transaction
from vod_web.media.plan import plan_encode
from vod_web.media.probed import Chapter as SourceChapter
from vod_web.media.probed import Probe
from vod_web.models import AuditEvent, Chapter, ChapterSet, Encode, User, Video, VideoStatus, Visibility
from vod_web.schemas.base import parse_input
from vod_web.schemas.chapters import ChaptersWrite
from vod_web.services.chapters import (
    LONGEST_TEXT,
    check_text,
    choose_chapters,
    get_editing,
    set_chapters,
    take_over_chapters,
    write_chapters,
)
from vod_web.services.video_telling import read_video
from vod_web.services.videos import get_video
from vod_web.storage.local import LocalStorage

THREE = "0:00 Intro\n0:10 Middle\n0:20.5 <b>End</b>"


@pytest.fixture
def owner(database: Engine) -> User:
    """Whose video it is."""
    return make_user()


@pytest.fixture
def video(owner: User) -> Video:
    """A video of a minute that plays."""
    return make_video(owner, duration_s=60.0)


@pytest.fixture
def encode(video: Video, storage: LocalStorage) -> Encode:
    """The encode that plays."""
    return make_encode(video, storage)


def told(video: Video, settings: Settings, actor: User | None = None) -> list[tuple[float, str]]:
    """What this person is told, or a visitor."""
    public_id = video.public_id
    close_session()
    read = read_video(get_video(actor, public_id), actor, settings=settings)
    return [(chapter.start_s, chapter.title) for chapter in read.chapters]


def take_over(video: Video, encode: Encode, *titles: str) -> None:
    """Do what the reading of a file with these chapters does, ten seconds each."""
    probe = make_probe(even_video())
    chapters = [SourceChapter(Fraction(10 * n), Fraction(10 * n + 10), title) for n, title in enumerate(titles)]
    named = Probe.from_json(probe.to_json() | {"chapters": [one.to_json() for one in chapters]})
    with transaction() as session:
        take_over_chapters(session, video.id, encode.source_id, named, plan_encode(probe))


def test_what_a_person_writes_is_told(owner: User, video: Video, settings: Settings) -> None:
    assert write_chapters(owner, video.public_id, THREE) is ChapterSet.SOURCE

    assert told(video, settings) == [(0.0, "Intro"), (10.0, "Middle"), (20.5, "<b>End</b>")]
    assert get_editing(owner, video.public_id).text == THREE


def test_a_text_with_mistakes_changes_nothing(owner: User, video: Video, settings: Settings) -> None:
    write_chapters(owner, video.public_id, THREE)

    with pytest.raises(InvalidInput) as error:
        write_chapters(owner, video.public_id, "0:00 a\nb\n2:00 c")

    assert error.value.fields["chapters"].splitlines() == [
        "Line 2: “b” Begin the line with a time, such as 1:05, and then write the title.",
        "Line 3: The video ends at 1:00, so nothing begins at 2:00.",
    ]
    assert len(told(video, settings)) == 3
    assert len(check_text(owner, video.public_id, "b").mistakes) == 1
    with pytest.raises(InvalidInput, match="at most"):
        write_chapters(owner, video.public_id, "\n" * (LONGEST_TEXT + 1))


def test_chapters_of_the_file_are_told_until_somebody_writes_others(
    owner: User, video: Video, encode: Encode, settings: Settings
) -> None:
    take_over(video, encode, "One", "Two", "Three")
    assert told(video, settings) == [(0.0, "One"), (10.0, "Two"), (20.0, "Three")]
    write_chapters(owner, video.public_id, "0:00 Mine")

    take_over(video, encode, "Uno", "Due")

    assert told(video, settings) == [(0.0, "Mine")]
    choose_chapters(owner, video.public_id, ChapterSet.SOURCE)
    assert told(video, settings) == [(0.0, "Uno"), (10.0, "Due")]
    choose_chapters(owner, video.public_id, ChapterSet.OWN)
    assert told(video, settings) == [(0.0, "Mine")]


def test_each_change_can_be_undone_and_done_again(
    owner: User, video: Video, encode: Encode, settings: Settings
) -> None:
    take_over(video, encode, "One", "Two")
    back = [write_chapters(owner, video.public_id, text) for text in ("0:00 first", "0:00 second", "")]
    assert back == [ChapterSet.SOURCE, ChapterSet.FORMER, ChapterSet.FORMER]
    assert told(video, settings) == []

    for expected in ([(0.0, "second")], [], [(0.0, "second")]):
        choose_chapters(owner, video.public_id, ChapterSet.FORMER)
        assert told(video, settings) == expected
    choose_chapters(owner, video.public_id, ChapterSet.SOURCE)
    with pytest.raises(Conflict):
        choose_chapters(owner, video.public_id, ChapterSet.FORMER)


def test_chapters_of_another_file_are_told_when_that_one_plays(
    owner: User, video: Video, encode: Encode, storage: LocalStorage, settings: Settings
) -> None:
    take_over(video, encode, "One", "Two")
    with transaction() as session:
        session.get_one(Encode, encode.id).is_active = False
    other = make_encode(video, storage)
    take_over(video, other, "Uno", "Due")

    assert [title for _, title in told(video, settings)] == ["Uno", "Due"]
    assert {row.source_id for row in read_rows(video)} == {encode.source_id, other.source_id}


def read_rows(video: Video) -> list[Chapter]:
    with transaction() as session:
        return list(session.scalars(select(Chapter).where(Chapter.video_id == video.id)))


def test_chapters_may_come_before_the_file_and_those_beyond_its_end_wait(owner: User, settings: Settings) -> None:
    draft = make_unready_video(owner, VideoStatus.UPLOADING)
    write_chapters(owner, draft.public_id, "0:00 Intro\n0:30 Middle\n2:00 End")
    assert len(told(draft, settings, owner)) == 3

    with transaction() as session:
        session.get_one(Video, draft.id).duration_s = 60.0

    assert told(draft, settings, owner) == [(0.0, "Intro"), (30.0, "Middle")]


def test_two_who_edit_at_once_do_not_overwrite_each_other(owner: User, video: Video, settings: Settings) -> None:
    seen = get_editing(owner, video.public_id).version
    write_chapters(owner, video.public_id, "0:00 first", seen=seen)

    with pytest.raises(EditedMeanwhile) as error:
        write_chapters(owner, video.public_id, "0:00 second", seen=seen)

    assert "0:00 first" in error.value.fields["chapters"]
    write_chapters(owner, video.public_id, "0:00 first", seen=seen)
    write_chapters(owner, video.public_id, "0:00 second", seen=error.value.version)
    assert told(video, settings) == [(0.0, "second")]


def test_programs_send_lists(owner: User, video: Video, encode: Encode, settings: Settings) -> None:
    take_over(video, encode, "One", "Two")
    new = {"chapters": [{"start_s": 0, "title": "a"}, {"start_s": 1.23456, "title": " b  c "}]}

    made = set_chapters(owner, video.public_id, parse_input(ChaptersWrite, new))

    assert [(one.start_s, one.title) for one in made] == [(0.0, "a"), (1.235, "b c")]
    wrong = {"chapters": [{"start_s": 0, "title": "a"}, {"start_s": 70, "title": "b"}]}
    with pytest.raises(InvalidInput) as error:
        set_chapters(owner, video.public_id, parse_input(ChaptersWrite, wrong))
    assert list(error.value.fields) == ["chapters.1"]
    back = set_chapters(owner, video.public_id, parse_input(ChaptersWrite, {"chapters": None}))
    assert [one.title for one in back] == ["One", "Two"]


def test_a_description_offers_its_times(owner: User, video: Video) -> None:
    with transaction() as session:
        session.get_one(Video, video.id).description = "Hello\n0:00 a\n0:05 b\n0:10 c"

    assert [mark.title for mark in get_editing(owner, video.public_id).found] == ["a", "b", "c"]
    write_chapters(owner, video.public_id, THREE)
    assert get_editing(owner, video.public_id).found == ()


def test_the_times_of_a_description_are_told_until_somebody_says_otherwise(
    owner: User, video: Video, encode: Encode, settings: Settings
) -> None:
    with transaction() as session:
        session.merge(video).description = "Notes\n0:00 One\n0:10 Two\n0:20 Three\n"
    assert told(video, settings) == [(0.0, "One"), (10.0, "Two"), (20.0, "Three")]
    take_over(video, encode, "A", "B")
    assert told(video, settings) == [(0.0, "A"), (10.0, "B")]
    write_chapters(owner, video.public_id, "")
    assert told(video, settings) == []


def test_only_the_owner_and_admins_change_chapters(owner: User, video: Video) -> None:
    eve = make_user("eve")
    with pytest.raises(NotAllowed):
        write_chapters(eve, video.public_id, THREE)
    with transaction() as session:
        session.get_one(Video, video.id).visibility = Visibility.PRIVATE
    for attempt in (
        lambda: write_chapters(eve, video.public_id, THREE),
        lambda: choose_chapters(eve, video.public_id, ChapterSet.SOURCE),
        lambda: get_editing(eve, video.public_id),
        lambda: check_text(eve, video.public_id, ""),
    ):
        with pytest.raises(NotFound):
            attempt()

    write_chapters(make_admin(), video.public_id, THREE)

    with transaction() as session:
        assert session.scalars(select(AuditEvent.action)).all() == ["video.edit_chapters"]
