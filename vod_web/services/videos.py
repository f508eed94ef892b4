"""What may be said about a video, and changed about it, and by whom?"""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from vod_web.core.clock import utc_now
from vod_web.core.errors import EditedMeanwhile, Gone, InvalidInput, NotAllowed, NotFound
from vod_web.core.ids import PUBLIC_ID_PATTERN
from vod_web.db.lists import Ids, is_one_of
from vod_web.db.session import current_session, transaction
from vod_web.models import DownloadRule, EmbedRule, Encode, PublishRule, Role, Source, User, Video, VideoStatus
from vod_web.models.videos import video_viewers
from vod_web.schemas.videos import VideoCreate, VideoUpdate
from vod_web.services import audit, playlists, publication, sensitivity
from vod_web.services.permissions import can_edit, can_see, could_see, require_role, require_signed_in
from vod_web.services.search.index import index_video
from vod_web.services.site import get_site
from vod_web.services.tags import ensure_tags

DELETED_BY_YOU = "This video was deleted. For seven days it is in the bin of its owner, who can bring it back."

_ENCODE = (defer(Encode.plan),)
"""A plan is long, and for workers alone."""
AS_CARD: tuple[ORMOption, ...] = (
    joinedload(Video.owner),
    joinedload(Video.thumbnail),
    joinedload(Video.active_encode).options(*_ENCODE),
)
"""What `read_card` needs: one statement for any number of videos."""
AS_HIT: tuple[ORMOption, ...] = (*AS_CARD, selectinload(Video.tags))
"""The same with what is marked in what a search found."""
AS_READ: tuple[ORMOption, ...] = (
    *AS_HIT,
    selectinload(Video.captions),
    selectinload(Video.chapters),
    joinedload(Video.incoming_source).options(defer(Source.probe)),
    joinedload(Video.active_encode).options(*_ENCODE).selectinload(Encode.renditions),
    joinedload(Video.open_encode).options(*_ENCODE).selectinload(Encode.renditions),
)
"""What `read_video` needs: five statements for any number of videos, six where some are being processed."""


def loading(statement: Select[Video], options: Sequence[ORMOption]) -> Select[Video]:
    """The statement, loading videos `AS_CARD` or `AS_READ`; where all is told of them, what is known is read anew."""
    return statement.options(*options).execution_options(populate_existing=options == AS_READ)


def load_videos(
    ids: Sequence[int], options: Sequence[ORMOption], *, audience: ColumnElement[bool] | None = None
) -> list[Video]:
    """The videos with these row ids in this order, without those that are gone or not for this audience."""
    wanted = _by_ids(tuple(options))
    if audience is not None:
        wanted = wanted.where(audience)
    found = {video.id: video for video in current_session().scalars(wanted, {"ids": ids}).unique()}
    return [found[video_id] for video_id in ids if video_id in found]


@lru_cache(maxsize=50)
def _by_ids(options: tuple[ORMOption, ...]) -> Select[Video]:
    return loading(select(Video).where(is_one_of(Video.id, bindparam("ids", type_=Ids()))), options)


def create_video(actor: User | None, new: VideoCreate, *, status: VideoStatus = VideoStatus.UPLOADING) -> Video:
    """A video whose file is still to come."""
    person = require_role(actor, Role.UPLOADER)
    with transaction() as session:
        video = Video(
            owner=session.merge(person, load=False),
            title=new.title,
            description=new.description,
            visibility=new.visibility,
            category=new.category,
            language=new.language,
            licence=new.licence,
            recorded_on=new.recorded_on,
            is_sensitive=bool(new.is_sensitive),
            download_rule=new.downloads or DownloadRule.OFF,
            publish_rule=PublishRule.NOW,
            comment_rule=new.comments or get_site().comment_rule,
            status=status,
            tags=ensure_tags(session, new.tags),
            viewers=[],
            captions=[],
            chapters=[],
            active_encode=None,
            open_encode=None,
            incoming_source=None,
            thumbnail=None,
        )
        publication.change_publication(video, new, utc_now())
        session.add(video)
        session.flush()
        index_video(session, video)
    return video


def get_video(actor: User | None, public_id: str, *, options: Sequence[ORMOption] = AS_READ) -> Video:
    """The video, with what `read_video` needs, or with what the options say.

    Raises:
        NotFound: there is no such video, or this person may not know of it.
        Gone: it was deleted, and this person could have seen it before.
    """
    found = _find(actor, public_id, options) if is_public_id(public_id) else None
    if found is None:
        raise NotFound("There is no such video, or you may not see it.")
    video, is_named_viewer = found
    if video.status is VideoStatus.DELETED and could_see(actor, video, is_named_viewer=is_named_viewer):
        raise Gone(DELETED_BY_YOU if can_edit(actor, video) else "This video was deleted.")
    if not can_see(actor, video, is_named_viewer=is_named_viewer):
        raise NotFound("There is no such video, or you may not see it.")
    return video


def get_own_video(actor: User | None, public_id: str) -> Video:
    """The video, with its named viewers, for somebody who may change it.

    Raises:
        NotFound, Gone: as `get_video`.
        NotSignedIn, NotAllowed: whoever asks may only watch it.
    """
    video = get_video(actor, public_id)
    if not can_edit(require_signed_in(actor), video):
        raise NotAllowed("Only its owner may change this video.")
    current_session().refresh(video, ["viewers"])
    return video


def update_video(
    actor: User | None, public_id: str, changes: VideoUpdate, *, seen: str = "", now: datetime | None = None
) -> Video:
    """Change what is given. A change of who may watch ends the playback tokens that are out.

    Raises:
        NotFound, Gone, NotSignedIn, NotAllowed: as `get_own_video`.
        InvalidInput: somebody named as a viewer does not exist, or a time is missing.
        EditedMeanwhile: it is not the version that the person has `seen`, and not what they want either.
    """
    with transaction() as session:
        lock_video(session, public_id)
        video = get_own_video(actor, public_id)
        before = editable(video)
        _change_texts(session, video, changes)
        _change_access(session, video, changes)
        _change_embedding(video, changes)
        sensitivity.mark(actor, video, changes.is_sensitive)
        video.comment_rule = changes.comments or video.comment_rule
        video.download_rule = changes.downloads or video.download_rule
        publication.change_publication(video, changes, now or utc_now())
        changed = [name for name, value in editable(video).items() if value != before[name]]
        if changed and seen not in ("", _digest(before)):
            raise EditedMeanwhile({name: _say_saved(before[name]) for name in changed}, _digest(before))
        if changed:
            audit.note_power(actor, video, "video.edit", former_title=before["title"], changed=changed)
        if changes.playlists is not None:
            playlists.set_playlists(session, require_signed_in(actor), video, changes.playlists)
    return video


def editable(video: Video) -> dict[str, Any]:
    """What people decide about a video, by the names of the fields; its viewers must be loaded."""
    return {
        "title": video.title,
        "description": video.description,
        "tags": [tag.name for tag in video.tags],
        "visibility": video.visibility.value,
        "viewers": [person.username for person in video.viewers],
        "category": video.category.value if video.category else None,
        "language": video.language,
        "licence": video.licence.value if video.licence else None,
        "recorded_on": video.recorded_on.isoformat() if video.recorded_on else None,
        "is_sensitive": video.is_sensitive,
        "publish": video.publish_rule.value,
        "publish_at": video.publish_at.isoformat() if video.publish_at else None,
        "embed": video.embed_rule.value,
        "embed_sites": video.embed_sites,
        "comments": video.comment_rule.value,
        "downloads": video.download_rule.value,
    }


def version_of(video: Video) -> str:
    """Changes whenever somebody edits the video."""
    return _digest(editable(video))


def _digest(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def _say_saved(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, list) else str(value or "")
    return f"Saved meanwhile: {text}" if text else "Meanwhile this was emptied."


def lock_video(session: Session, public_id: str) -> None:
    """Let nobody else change this video until the transaction ends (SQLite has one writer anyhow)."""
    if is_public_id(public_id):
        session.execute(select(Video.id).where(Video.public_id == public_id).with_for_update())


def is_public_id(text: str) -> bool:
    """Whether it has the form of an id; what has not need not be looked for."""
    return re.fullmatch(PUBLIC_ID_PATTERN, text) is not None


def _find(actor: User | None, public_id: str, options: Sequence[ORMOption]) -> Row[Video, bool] | None:
    """The video, and whether its owner named this person as a viewer."""
    wanted = {"public_id": public_id, "person_id": actor.id if actor else 0}
    return current_session().execute(_by_public_id(tuple(options)), wanted).one_or_none()


@lru_cache(maxsize=50)
def _by_public_id(options: tuple[ORMOption, ...]) -> Select[Video, bool]:
    """The video with `public_id`, and whether `person_id` is one of its named viewers."""
    named = select(video_viewers.c.user_id).where(
        video_viewers.c.video_id == Video.id, video_viewers.c.user_id == bindparam("person_id")
    )
    wanted = select(Video, named.exists()).where(Video.public_id == bindparam("public_id")).options(*options)
    return wanted.execution_options(populate_existing=options == AS_READ)


def _change_texts(session: Session, video: Video, changes: VideoUpdate) -> None:
    if changes.title is not None:
        video.title = changes.title
    if changes.description is not None:
        video.description = changes.description
    if changes.tags is not None:
        video.tags = ensure_tags(session, changes.tags)
    for name in ("category", "language", "licence", "recorded_on"):
        if changes.changes(name):
            setattr(video, name, getattr(changes, name))
    session.flush()
    index_video(session, video)


def _change_access(session: Session, video: Video, changes: VideoUpdate) -> None:
    visibility = video.visibility if changes.visibility is None else changes.visibility
    viewers = video.viewers if changes.viewers is None else _people(session, changes.viewers)
    is_same = visibility is video.visibility and {person.id for person in viewers} == {
        person.id for person in video.viewers
    }
    if not is_same:
        video.visibility, video.viewers = visibility, viewers
        video.access_epoch += 1


def _change_embedding(video: Video, changes: VideoUpdate) -> None:
    if changes.embed is not None:
        video.embed_rule = changes.embed
    if changes.embed_sites is not None:
        video.embed_sites = changes.embed_sites
    if video.embed_rule is EmbedRule.LISTED and not video.embed_sites:
        sentence = "Name at least one site, or choose another answer."
        raise InvalidInput(sentence, {"embed_sites": sentence})


def _people(session: Session, usernames: list[str]) -> list[User]:
    """The people of these names; InvalidInput names those who do not exist."""
    keys = {name.lower(): name for name in usernames}
    people = list(session.scalars(select(User).where(User.username_key.in_(keys)).order_by(User.username)))
    unknown = sorted(name for key, name in keys.items() if key not in {person.username_key for person in people})
    if unknown:
        sentence = f"There is nobody called {', '.join(unknown)} here."
        raise InvalidInput(sentence, {"viewers": sentence})
    return people
