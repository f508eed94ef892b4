"""What is said in a video, for reading."""

import pytest
from sqlalchemy import Engine

from tests.factories import make_user, make_video
from vod_web.core.errors import NotFound
from vod_web.models import User, Video, Visibility
from vod_web.schemas.captions import CaptionCreate
from vod_web.services import transcripts
from vod_web.services.captions import add_caption
from vod_web.services.transcripts import find_beginning, format_transcript, read_transcript
from vod_web.services.videos import get_video
from vod_web.storage.local import LocalStorage

WORDS = b"1\n00:00:01,000 --> 00:00:02,000\n<i>The</i> sea &\nthe sky\n\n2\n01:02:03,500 --> 01:02:04,000\nThe end\n"


@pytest.fixture
def ada(database: Engine) -> User:
    """Somebody who publishes."""
    return make_user("ada")


def _add(ada: User, video: Video, storage: LocalStorage, content: bytes = WORDS, **values: object) -> str:
    values = {"language": "en"} | values
    return add_caption(ada, video.public_id, CaptionCreate(**values), content, storage=storage).public_id


def test_lines_have_times_and_no_markup(ada: User, storage: LocalStorage) -> None:
    video = make_video(ada, duration_s=4000.0)
    _add(ada, video, storage)
    transcript = read_transcript(None, video.public_id, storage=storage)
    assert [(line.start_s, line.text) for line in transcript.lines] == [(1.0, "The sea & the sky"), (3723.5, "The end")]
    assert format_transcript(transcript, has_times=True) == "0:01  The sea & the sky\n1:02:03  The end\n"
    assert format_transcript(transcript, has_times=False) == "The sea & the sky\nThe end\n"


def test_signs_alone_come_last_and_the_default_first(ada: User, storage: LocalStorage) -> None:
    video = make_video(ada)
    signs = _add(ada, video, storage, is_forced=True)
    german = _add(ada, video, storage, language="de")
    assert read_transcript(None, video.public_id, storage=storage).track.public_id == german
    norwegian = _add(ada, video, storage, language="no", is_default=True)
    assert read_transcript(None, video.public_id, storage=storage).track.public_id == norwegian
    chosen = read_transcript(None, video.public_id, signs, storage=storage)
    assert (chosen.track.public_id, len(chosen.tracks)) == (signs, 3)


def test_search_engines_are_told_its_beginning_without_the_storage(ada: User, storage: LocalStorage) -> None:
    video = make_video(ada)
    assert find_beginning(get_video(None, video.public_id)) is None
    _add(ada, video, storage)
    assert find_beginning(get_video(None, video.public_id)) == "The sea & the sky The end"
    long = make_video(ada)
    cues = b"".join(b"%d\n00:00:%02d,000 --> 00:00:%02d,900\n%s\n\n" % (s, s, s, b"words " * 60) for s in range(1, 59))
    _add(ada, long, storage, cues)
    told = find_beginning(get_video(None, long.public_id)) or ""
    assert told.endswith("words …")
    assert 7900 < len(told) <= transcripts.LONGEST_TOLD + 2


def test_nobody_reads_what_they_may_not_watch(ada: User, storage: LocalStorage) -> None:
    private, other = make_video(ada, visibility=Visibility.PRIVATE), make_video(ada)
    track = _add(ada, private, storage)
    for video in (private, other):
        with pytest.raises(NotFound):
            read_transcript(None, video.public_id, track, storage=storage)
    assert read_transcript(ada, private.public_id, track, storage=storage).lines
