"""A file that somebody has uploaded before is noticed, and only theirs."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from tests.factories import make_user
from tests.uploading import Sender, make_bytes
from vod_web.core.clock import utc_now
from vod_web.core.errors import Duplicate
from vod_web.core.settings import Settings
from vod_web.models import Upload, User, Video
from vod_web.queue import JobQueue
from vod_web.schemas.uploads import UploadComplete, UploadCreate
from vod_web.services import bin as video_bin
from vod_web.services import upload_completion, uploads
from vod_web.storage import open_storage

SIZE = 1000


@pytest.fixture
def owner(database: Engine) -> User:
    """Somebody who may upload."""
    return make_user("ada")


@pytest.fixture
def begin(settings: Settings) -> Callable[..., Upload]:
    """Begins an upload of a file with the fingerprint `same`, that must not be there already."""

    def begin(person: User, **values: object) -> Upload:
        known = {"filename": "clip.mp4", "size_bytes": SIZE, "fingerprint": "same", "allow_duplicate": False}
        wanted = UploadCreate.model_validate(known | values)
        return uploads.create_upload(person, wanted, storage=open_storage(settings), settings=settings)

    return begin


@pytest.fixture
def uploaded(owner: User, begin: Callable[..., Upload], settings: Settings) -> Video:
    """A video of the owner's that was made of that file."""
    storage = open_storage(settings)
    upload = begin(owner)
    Sender(owner, storage=storage, settings=settings).send_all(upload, make_bytes(SIZE))
    return upload_completion.complete_upload(
        owner,
        upload.public_id,
        UploadComplete(),
        storage=storage,
        queue=JobQueue(settings.redis_url),
        settings=settings,
    )


def test_the_same_file_names_the_video_that_is_there(
    owner: User, begin: Callable[..., Upload], uploaded: Video
) -> None:
    with pytest.raises(Duplicate, match='it is the video "clip"') as refused:
        begin(owner, filename="renamed.mp4")
    assert refused.value.about == {"id": uploaded.public_id, "title": "clip"}


@pytest.mark.parametrize(
    "values",
    [{"fingerprint": "other"}, {"size_bytes": SIZE + 1}, {"fingerprint": None}, {"allow_duplicate": True}],
)
def test_other_files_and_wanted_copies_are_taken(
    values: dict[str, object], owner: User, begin: Callable[..., Upload], uploaded: Video
) -> None:
    assert begin(owner, **values).video_id != uploaded.id


def test_what_others_have_and_what_was_deleted_is_not_there(
    owner: User, begin: Callable[..., Upload], uploaded: Video
) -> None:
    assert begin(make_user("grace"))
    video_bin.delete_video(owner, uploaded.public_id, now=utc_now())
    assert begin(owner)


def test_an_upload_that_is_not_complete_is_no_duplicate(owner: User, begin: Callable[..., Upload]) -> None:
    assert begin(owner).video_id != begin(owner).video_id
