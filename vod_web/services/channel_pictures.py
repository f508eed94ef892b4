"""How does a channel get its avatar and its banner, and who may have their files?

A picture whose place another one took is kept for a day: its owner can bring it back, and pages that are open go on
showing it. A row is there before its files and goes after them, so whatever breaks off is found by the sweep.
"""

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from vod_web.core.errors import NotAllowed, NotFound, VodError
from vod_web.core.logging import get_logger
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.poster import PictureFile
from vod_web.media.uploaded_pictures import make_sizes
from vod_web.models import ChannelPicture, ChannelPictureKind, User
from vod_web.services import audit
from vod_web.services.accounts import get_user
from vod_web.services.permissions import require_signed_in
from vod_web.services.picture_turns import turn_to_read
from vod_web.services.throttle import Limit, Throttle
from vod_web.services.videos import is_public_id
from vod_web.storage import keys
from vod_web.storage.base import Storage

KEPT = timedelta(days=1)
MOST_AT_ONCE = 100
CHANGES = Limit("channel_picture", 30, 60 * 60, "That were many pictures in one hour.")
NO_PICTURE = "There is no such picture."

log = get_logger(__name__)


@dataclass(frozen=True)
class Form:
    """How the pictures of one kind are cut and stored."""

    shape: tuple[int, int]
    widths_px: tuple[int, ...]
    least_width_px: int


FORMS = {
    ChannelPictureKind.AVATAR: Form((1, 1), (512, 176, 80), 100),
    ChannelPictureKind.BANNER: Form((5, 1), (2560, 1280, 640), 1000),
}
REMOVAL: dict[ChannelPictureKind, audit.Deed] = {
    ChannelPictureKind.AVATAR: "channel.remove_avatar",
    ChannelPictureKind.BANNER: "channel.remove_banner",
}


def upload_picture(
    actor: User | None,
    kind: ChannelPictureKind,
    content: bytes,
    *,
    position: float,
    storage: Storage,
    throttle: Throttle,
    now: datetime,
) -> User:
    """Let a picture be the person's avatar or banner, cut to its shape; shown at once.

    Raises:
        NotSignedIn: nobody is signed in.
        InvalidInput, TooLarge: as `uploaded_pictures.make_sizes`.
        RateLimited: too many in an hour.
        Unavailable: too many pictures are being read at this moment.
    """
    person, form = require_signed_in(actor), FORMS[kind]
    throttle.hit(CHANGES, person.username_key)
    close_session()
    with tempfile.TemporaryDirectory(prefix="picture-") as folder:
        with turn_to_read():
            made = make_sizes(
                content,
                Path(folder),
                shape=form.shape,
                position=position,
                widths=form.widths_px,
                name="{}.jpg",
                least_width_px=form.least_width_px,
            )
        picture = _reserve(person, kind, now)
        close_session()
        _store(storage, picture.name, made)
    with transaction() as session:
        owner = _lock(session, person.id)
        picture = session.get_one(ChannelPicture, picture.id, populate_existing=True)
        picture.widths_px = " ".join(str(file.width_px) for file in made)
        _show(session, owner, picture, now)
    return owner


def remove_picture(actor: User | None, username: str, kind: ChannelPictureKind, *, now: datetime) -> User:
    """Show none any more: one's own, or, by a moderator, that of somebody else.

    Raises:
        NotSignedIn: nobody is signed in.
        NotAllowed: it is somebody else's.
        NotFound: there is nobody of this name.
    """
    person, owner = require_signed_in(actor), get_user(username)
    if owner.id != person.id and not person.is_moderator:
        raise NotAllowed("Only its owner may change this channel.")
    with transaction() as session:
        owner = _lock(session, owner.id)
        if name := shown_name(owner, kind):
            _drop(session, name, now)
            _set_shown(owner, kind, None)
            if owner.id != person.id:
                audit.note(person, REMOVAL[kind], owner.username)
    return owner


def restore_picture(actor: User | None, name: str, *, now: datetime) -> User:
    """Show a picture again whose place another one took, or that was removed.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound: the person has no such picture (any more).
    """
    person = require_signed_in(actor)
    with transaction() as session:
        owner = _lock(session, person.id)
        wanted = _kept_of(owner, now).where(ChannelPicture.name == name).execution_options(populate_existing=True)
        picture = session.scalar(wanted) if is_public_id(name) else None
        if picture is None:
            raise NotFound(NO_PICTURE)
        _show(session, owner, picture, now)
    return owner


def find_kept(actor: User | None, *, now: datetime) -> dict[ChannelPictureKind, ChannelPicture]:
    """Of each kind the last picture of the person's that is not shown any more and can be brought back."""
    kept = current_session().scalars(_kept_of(require_signed_in(actor), now).order_by(ChannelPicture.dropped_at))
    return {picture.kind: picture for picture in kept}


def find_file(name: str, width_px: int | None) -> str:
    """The key of a picture, in the smallest width that is at least this one, or in the largest.

    Raises:
        NotFound: there is no such picture, or its owner is shut out.
    """
    if not is_public_id(name):
        raise NotFound(NO_PICTURE)
    wanted = select(ChannelPicture.widths_px).join(User, User.id == ChannelPicture.owner_id)
    wanted = wanted.where(ChannelPicture.name == name, User.is_suspended.is_(False))
    stored = [int(width) for width in (current_session().scalar(wanted) or "").split()]
    if not stored:
        raise NotFound(NO_PICTURE)
    fitting = [width for width in stored if width_px is not None and width >= width_px]
    return keys.channel_picture_key(name, min(fitting, default=max(stored)))


def remove_dropped_pictures(*, storage: Storage, now: datetime) -> int:
    """Remove the pictures that have not been shown for a while; returns how many.

    One whose storage fails stays for the next time.
    """
    with transaction() as session:
        old = select(ChannelPicture.id, ChannelPicture.name).where(ChannelPicture.dropped_at < now - KEPT)
        found = session.execute(old.limit(MOST_AT_ONCE)).all()
    close_session()
    return sum(_remove(picture_id, name, storage, now) for picture_id, name in found)


def shown_name(owner: User, kind: ChannelPictureKind) -> str | None:
    """The name of the picture that is shown."""
    return owner.avatar_name if kind is ChannelPictureKind.AVATAR else owner.banner_name


def _remove(picture_id: int, name: str, storage: Storage, now: datetime) -> bool:
    """Forget the row last, and only if nobody brought the picture back meanwhile."""
    with transaction() as session:
        wanted = select(ChannelPicture).where(ChannelPicture.id == picture_id, ChannelPicture.dropped_at < now - KEPT)
        picture = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
        if picture is None:
            return False
        picture.widths_px = ""  # from now on it cannot be brought back
    close_session()
    try:
        storage.delete_prefix(keys.channel_picture_prefix(name))
    except VodError as error:
        log.warning("files_not_removed", channel_picture=name, error=error.message)
        return False
    with transaction() as session:
        session.delete(session.get_one(ChannelPicture, picture_id))
    return True


def _reserve(person: User, kind: ChannelPictureKind, now: datetime) -> ChannelPicture:
    with transaction() as session:
        picture = ChannelPicture(owner_id=person.id, kind=kind, created_at=now, dropped_at=now)
        session.add(picture)
    return picture


def _store(storage: Storage, name: str, made: list[PictureFile]) -> None:
    for file in made:
        key = keys.channel_picture_key(name, file.width_px)
        headers = {"content_type": keys.content_type_of(key), "cache_control": keys.cache_control_of(key)}
        storage.put_file(key, file.path, **headers)


def _lock(session: Session, user_id: int) -> User:
    return session.get_one(User, user_id, with_for_update=True, populate_existing=True)


def _kept_of(owner: User, now: datetime) -> Select[ChannelPicture]:
    return select(ChannelPicture).where(
        ChannelPicture.owner_id == owner.id, ChannelPicture.dropped_at > now - KEPT, ChannelPicture.widths_px != ""
    )


def _show(session: Session, owner: User, picture: ChannelPicture, now: datetime) -> None:
    if former := shown_name(owner, picture.kind):
        _drop(session, former, now)
    picture.dropped_at = None
    _set_shown(owner, picture.kind, picture.name)


def _drop(session: Session, name: str, now: datetime) -> None:
    session.scalars(select(ChannelPicture).where(ChannelPicture.name == name)).one().dropped_at = now


def _set_shown(owner: User, kind: ChannelPictureKind, name: str | None) -> None:
    if kind is ChannelPictureKind.AVATAR:
        owner.avatar_name = name
    else:
        owner.banner_name = name
