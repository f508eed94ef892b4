"""A channel's avatar and banner: taken, shown, replaced, brought back, removed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from redis import Redis
from sqlalchemy import Engine, select

from tests.api.test_thumbnails import picture
from tests.factories import make_user
from vod_web.core.clock import utc_now
from vod_web.core.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn, RateLimited, StorageFailed
from vod_web.core.settings import Settings
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import AuditEvent, ChannelPicture, ChannelPictureKind, Role, User
from vod_web.services import channel_pictures
from vod_web.services.accounts import get_user
from vod_web.services.channel_pictures import CHANGES, KEPT
from vod_web.services.throttle import Throttle
from vod_web.storage import open_storage
from vod_web.storage.base import Storage

AVATAR, BANNER = ChannelPictureKind.AVATAR, ChannelPictureKind.BANNER
NOW = utc_now()


@pytest.fixture
def ada(database: Engine) -> User:
    """Somebody with a channel."""
    return make_user("ada")


@pytest.fixture
def storage(settings: Settings) -> Storage:
    """An empty storage."""
    return open_storage(settings)


@pytest.fixture
def throttle(settings: Settings, redis_url: str) -> Iterator[Throttle]:
    """The counters of this test alone."""
    with Redis.from_url(redis_url) as connection:
        yield Throttle(connection, site_key=str(settings.data_dir))


def upload(
    person: User | None, kind: ChannelPictureKind, content: bytes, storage: Storage, throttle: Throttle,
    *, position: float = 0.5, now: datetime = NOW,
) -> User:  # fmt: skip
    return channel_pictures.upload_picture(
        person, kind, content, position=position, storage=storage, throttle=throttle, now=now
    )


def stored(person: User, now: datetime = NOW) -> str:
    """A picture without files, as if it had been shown until this moment."""
    with transaction() as session:
        made = ChannelPicture(owner_id=person.id, kind=AVATAR, widths_px="80", dropped_at=now)
        session.add(made)
    return made.name


def names(storage: Storage) -> list[str]:
    return sorted(found.key for found in storage.list("channels/"))


def size_at(storage: Storage, url: str | None, width_px: int | None) -> tuple[int, int]:
    assert url is not None
    key = channel_pictures.find_file(url.rsplit("/", 1)[1], width_px)
    with Image.open(BytesIO(storage.read_bytes(key))) as shown:
        assert "exif" not in shown.info
        return shown.size


def test_pictures_are_cut_to_their_shape_and_stored_in_several_sizes(
    ada: User, storage: Storage, throttle: Throttle
) -> None:
    shown = upload(ada, AVATAR, picture(size=(900, 600)), storage, throttle)
    assert [size_at(storage, shown.avatar_url, width) for width in (None, 32, 80, 81, 400, 9999)] == [
        (512, 512), (80, 80), (80, 80), (176, 176), (512, 512), (512, 512)
    ]  # fmt: skip
    shown = upload(ada, BANNER, picture("JPEG", (1500, 1500)), storage, throttle)
    assert [size_at(storage, shown.banner_url, width) for width in (None, 640, 1280)] == [
        (1500, 300), (640, 128), (1280, 256)
    ]  # fmt: skip


def test_what_is_no_good_picture_is_refused_and_nothing_is_stored(
    ada: User, storage: Storage, throttle: Throttle
) -> None:
    for kind, content, said in (
        (AVATAR, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture of a kind"),
        (AVATAR, picture(size=(99, 400)), "too small"),
        (BANNER, picture(size=(999, 999)), "is 999 pixels wide: too small"),
    ):
        with pytest.raises(InvalidInput, match=said) as refused:
            upload(ada, kind, content, storage, throttle)
        assert "picture" in refused.value.fields
    assert (get_user("ada").avatar_url, get_user("ada").banner_url, names(storage)) == (None, None, [])
    with pytest.raises(NotSignedIn):
        upload(None, AVATAR, b"", storage, throttle)


def test_a_former_picture_comes_back_within_a_day_and_is_removed_after_it(
    ada: User, storage: Storage, throttle: Throttle
) -> None:
    first = upload(ada, AVATAR, picture(), storage, throttle).avatar_name
    second = upload(ada, AVATAR, picture(), storage, throttle).avatar_name
    assert first
    assert channel_pictures.find_kept(ada, now=NOW)[AVATAR].name == first
    assert channel_pictures.restore_picture(ada, first, now=NOW).avatar_name == first
    assert channel_pictures.remove_picture(ada, "ADA", AVATAR, now=NOW + timedelta(minutes=1)).avatar_name is None
    kept = channel_pictures.find_kept(ada, now=NOW + timedelta(minutes=2))
    assert kept[AVATAR].name == first
    assert len(names(storage)) == 6

    later = NOW + KEPT + timedelta(seconds=30)
    assert channel_pictures.remove_dropped_pictures(storage=storage, now=later) == 1
    assert {name.split("/")[1] for name in names(storage)} == {first}
    with pytest.raises(NotFound):
        channel_pictures.restore_picture(ada, str(second), now=later)
    assert channel_pictures.restore_picture(ada, first, now=later).avatar_name == first
    assert channel_pictures.remove_dropped_pictures(storage=storage, now=later + KEPT) == 0
    assert len(names(storage)) == 3


def test_nobody_brings_back_the_picture_of_another(ada: User) -> None:
    name, eve = stored(ada), make_user("eve")
    with pytest.raises(NotFound):
        channel_pictures.restore_picture(eve, name, now=NOW)
    with pytest.raises(NotSignedIn):
        channel_pictures.restore_picture(None, name, now=NOW)
    assert channel_pictures.find_kept(eve, now=NOW) == {}


def test_moderators_may_remove_what_others_may_not_and_that_is_written_down(ada: User) -> None:
    channel_pictures.restore_picture(ada, stored(ada), now=NOW)
    for person, error in ((make_user("eve"), NotAllowed), (None, NotSignedIn)):
        with pytest.raises(error):
            channel_pictures.remove_picture(person, "ada", AVATAR, now=NOW)
    moderator = make_user("mo", Role.MODERATOR)
    with pytest.raises(NotFound):
        channel_pictures.remove_picture(moderator, "nobody", AVATAR, now=NOW)
    assert channel_pictures.remove_picture(moderator, "ada", AVATAR, now=NOW).avatar_name is None
    channel_pictures.remove_picture(moderator, "ada", AVATAR, now=NOW)
    events = current_session().scalars(select(AuditEvent)).all()
    assert [(event.action, event.target) for event in events] == [("channel.remove_avatar", "ada")]


def test_the_files_of_who_is_shut_out_are_not_found(ada: User) -> None:
    name = stored(ada)
    assert channel_pictures.find_file(name, None) == f"channels/{name}/80.jpg"
    with transaction() as session:
        session.get_one(User, ada.id).is_suspended = True
    for wanted in (name, "nothing", "\0"):
        with pytest.raises(NotFound):
            channel_pictures.find_file(wanted, None)


def test_what_the_storage_does_not_remove_is_tried_again(
    ada: User, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = stored(ada, NOW - 2 * KEPT)
    storage.put_bytes(f"channels/{name}/80.jpg", b"x", content_type="image/jpeg")

    def fail(_prefix: str) -> None:
        raise StorageFailed("away")

    with monkeypatch.context() as broken:
        broken.setattr(storage, "delete_prefix", fail)
        assert channel_pictures.remove_dropped_pictures(storage=storage, now=NOW) == 0
    assert channel_pictures.remove_dropped_pictures(storage=storage, now=NOW) == 1
    close_session()
    assert (names(storage), current_session().scalars(select(ChannelPicture)).all()) == ([], [])


def test_too_many_pictures_in_an_hour_are_refused(ada: User, storage: Storage, throttle: Throttle) -> None:
    for _ in range(CHANGES.amount):
        throttle.hit(CHANGES, "ada")
    with pytest.raises(RateLimited):
        upload(ada, AVATAR, picture(), storage, throttle)
