"""What may be said about a video, and changed about it, and by whom?"""

import re
from datetime import datetime
from fractions import Fraction

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from vod_web.core.clock import utc_now
from vod_web.core.errors import Gone, InvalidInput, NotAllowed, NotFound
from vod_web.core.ids import PUBLIC_ID_PATTERN
from vod_web.core.settings import Settings
from vod_web.db.session import current_session, transaction
from vod_web.models import Encode, EncodeStatus, PublishRule, Rendition, Role, User, Video, VideoStatus
from vod_web.models.videos import video_viewers
from vod_web.schemas.videos import (
    AddressesRead,
    CaptionRead,
    OwnerRead,
    RenditionRead,
    SizeRead,
    VideoCreate,
    VideoRead,
    VideoUpdate,
)
from vod_web.services import playlists, publication
from vod_web.services.caption_files import shown_captions
from vod_web.services.permissions import can_edit, can_see, could_see, require_role, require_signed_in
from vod_web.services.playback import caption_address, media_address
from vod_web.services.search import text_of
from vod_web.services.tags import ensure_tags

DELETED_BY_YOU = "This video was deleted. For seven days it is in the bin of its owner, who can bring it back."

AS_READ: tuple[ORMOption, ...] = (
    joinedload(Video.owner),
    selectinload(Video.tags),
    selectinload(Video.captions),
    joinedload(Video.active_encode).selectinload(Encode.renditions),
    joinedload(Video.open_encode).selectinload(Encode.renditions),
)
"""What `read_video` needs: four statements for any number of videos, five where some are being processed."""
SHORTEST_LEFT_S = 1.0


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
            publish_rule=PublishRule.NOW,
            status=status,
            tags=ensure_tags(session, new.tags),
            search_text=text_of(new.title, new.description, new.tags),
            viewers=[],
            captions=[],
            active_encode=None,
            open_encode=None,
        )
        publication.change_publication(video, new, utc_now())
        session.add(video)
    return video


def get_video(actor: User | None, public_id: str) -> Video:
    """The video, with what `read_video` needs.

    Raises:
        NotFound: there is no such video, or this person may not know of it.
        Gone: it was deleted, and this person could have seen it before.
    """
    found = current_session().execute(_query(actor, public_id)).one_or_none() if is_public_id(public_id) else None
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


def update_video(actor: User | None, public_id: str, changes: VideoUpdate, *, now: datetime | None = None) -> Video:
    """Change what is given. A change of who may watch ends the playback tokens that are out."""
    with transaction() as session:
        lock_video(session, public_id)
        video = get_own_video(actor, public_id)
        _change_texts(session, video, changes)
        _change_access(session, video, changes)
        publication.change_publication(video, changes, now or utc_now())
        if changes.playlists is not None:
            playlists.set_playlists(session, require_signed_in(actor), video, changes.playlists)
    return video


def lock_video(session: Session, public_id: str) -> None:
    """Let nobody else change this video until the transaction ends (SQLite has one writer anyhow)."""
    if is_public_id(public_id):
        session.execute(select(Video.id).where(Video.public_id == public_id).with_for_update())


def read_video(
    video: Video, actor: User | None, *, settings: Settings, base_url: str = "", queue_position: int | None = None
) -> VideoRead:
    """What this person is told of the video, which was loaded with `AS_READ`.

    Addresses begin with `base_url`; pages leave it out, programs need it.
    """
    encode, now = video.active_encode or video.open_encode, utc_now()
    return VideoRead(
        id=video.public_id,
        title=video.title,
        description=video.description,
        owner=OwnerRead.model_validate(video.owner),
        visibility=video.visibility,
        status=video.status,
        status_reason=video.status_reason if can_edit(actor, video) or _moderates(actor) else None,
        is_playable=video.is_playable,
        progress=round(video.progress, 4),
        eta_s=_time_left(video.eta_s, video, now),
        queue_position=queue_position,
        duration_s=video.duration_s,
        width_px=video.width_px,
        height_px=video.height_px,
        frame_rate=round(float(Fraction(video.frame_rate)), 3) if video.frame_rate else None,
        size_bytes=SizeRead(source=video.source_bytes, renditions=video.rendition_bytes),
        renditions=_read_renditions(video, encode, now) if encode else [],
        captions=_read_captions(video, actor, settings.secret_key, base_url),
        tags=[tag.name for tag in video.tags],
        category=video.category,
        language=video.language,
        views=video.view_count,
        created_at=video.created_at,
        published_at=video.published_at,
        publish=video.publish_rule,
        publish_at=video.publish_at,
        urls=_addresses(video, actor, settings.secret_key, base_url),
    )


def _time_left(eta_s: float | None, video: Video, now: datetime) -> float | None:
    """What is left of a time that was measured a while ago; as long as something is left to do, there is some."""
    if eta_s is None or video.eta_s is None:
        return None
    if video.measured_at is None:
        return eta_s
    return round(max(SHORTEST_LEFT_S, eta_s - (now - video.measured_at).total_seconds()), 1)


def _read_renditions(video: Video, encode: Encode, now: datetime) -> list[RenditionRead]:
    is_whole = encode.status is EncodeStatus.READY
    return [
        _read_rendition(
            rendition,
            eta_s=_time_left(rendition.eta_s, video, now),
            is_playable=encode.is_active and (is_whole or rendition.is_early),
        )
        for rendition in encode.renditions
        if rendition.dropped_at is None
    ]


def _read_rendition(rendition: Rendition, *, eta_s: float | None, is_playable: bool) -> RenditionRead:
    return RenditionRead(
        name=rendition.name,
        width_px=rendition.width_px,
        height_px=rendition.height_px,
        bitrate_bps=rendition.bitrate_bps,
        codecs=rendition.codecs,
        status="ready" if rendition.is_complete else "processing",
        progress=round(rendition.progress, 4),
        eta_s=eta_s,
        is_playable=is_playable,
        loudness_lufs=rendition.loudness_lufs,
    )


def _read_captions(video: Video, actor: User | None, secret_key: str, base_url: str) -> list[CaptionRead]:
    return [
        CaptionRead(
            id=caption.public_id,
            language=caption.language,
            label=caption.label,
            kind=caption.kind,
            is_default=caption.is_default,
            is_forced=caption.is_forced,
            url=base_url + caption_address(video, actor, caption, secret_key=secret_key),
        )
        for caption in shown_captions(video)
    ]


def _addresses(video: Video, actor: User | None, secret_key: str, base_url: str) -> AddressesRead:
    encode = video.active_encode
    folder = base_url + media_address(video, actor, "", secret_key=secret_key) if encode else ""
    return AddressesRead(
        watch=f"{base_url}/watch/{video.public_id}",
        embed=f"{base_url}/embed/{video.public_id}",
        hls=f"{folder}multivariant.m3u8" if encode and video.is_playable else None,
        poster=f"{folder}poster.jpg" if encode and encode.has_poster else None,
        storyboard=f"{folder}storyboard.vtt" if encode and encode.has_storyboard else None,
    )


def _moderates(actor: User | None) -> bool:
    return actor is not None and actor.is_moderator


def is_public_id(text: str) -> bool:
    """Whether it has the form of an id; what has not need not be looked for."""
    return re.fullmatch(PUBLIC_ID_PATTERN, text) is not None


def _query(actor: User | None, public_id: str) -> Select[Video, bool]:
    is_named_viewer = (
        select(video_viewers.c.user_id)
        .where(video_viewers.c.video_id == Video.id, video_viewers.c.user_id == (actor.id if actor else 0))
        .exists()
    )
    return (
        select(Video, is_named_viewer)
        .where(Video.public_id == public_id)
        .options(*AS_READ)
        .execution_options(populate_existing=True)
    )


def _change_texts(session: Session, video: Video, changes: VideoUpdate) -> None:
    if changes.title is not None:
        video.title = changes.title
    if changes.description is not None:
        video.description = changes.description
    if changes.tags is not None:
        video.tags = ensure_tags(session, changes.tags)
    for name in ("category", "language"):
        if changes.changes(name):
            setattr(video, name, getattr(changes, name))
    video.search_text = text_of(video.title, video.description, [tag.name for tag in video.tags])


def _change_access(session: Session, video: Video, changes: VideoUpdate) -> None:
    visibility = video.visibility if changes.visibility is None else changes.visibility
    viewers = video.viewers if changes.viewers is None else _people(session, changes.viewers)
    is_same = visibility is video.visibility and {person.id for person in viewers} == {
        person.id for person in video.viewers
    }
    if not is_same:
        video.visibility, video.viewers = visibility, viewers
        video.access_epoch += 1


def _people(session: Session, usernames: list[str]) -> list[User]:
    """The people of these names; InvalidInput names those who do not exist."""
    keys = {name.lower(): name for name in usernames}
    people = list(session.scalars(select(User).where(User.username_key.in_(keys)).order_by(User.username)))
    unknown = sorted(name for key, name in keys.items() if key not in {person.username_key for person in people})
    if unknown:
        sentence = f"There is nobody called {', '.join(unknown)} here."
        raise InvalidInput(sentence, {"viewers": sentence})
    return people
