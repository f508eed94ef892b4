"""Which files may somebody keep of a video, and how does a person ask for one?

Players are given many small files, with picture and sound apart; to keep a video, people want one file. It is made by a
worker when somebody first asks for it (`download_making`), and goes again when nobody has asked for a day: so a video
is stored once, as ever, and once more only while people fetch it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from sqlalchemy import select

from vod_web.core.errors import NotFound, StorageFull
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.subrip import format_subrip, read_subrip
from vod_web.models import (
    Caption,
    Download,
    DownloadRule,
    DownloadState,
    Encode,
    EncodeStatus,
    Rendition,
    RenditionKind,
    Source,
    SourceState,
    User,
    Video,
)
from vod_web.schemas.downloads import DownloadKind, DownloadRead
from vod_web.services import audit
from vod_web.services.caption_files import shown_captions
from vod_web.services.filenames import make_filename
from vod_web.services.permissions import can_edit
from vod_web.services.throttle import Limit, Throttle
from vod_web.services.upload_room import KEPT_FREE_BYTES
from vod_web.services.videos import get_video, lock_video
from vod_web.storage import keys
from vod_web.storage.base import Storage

SOUND, ORIGINAL = "audio", "original"
IN_STEREO = "audio"
"""With what the names of such sound tracks begin; surround sound is for other places."""
ENDINGS = {DownloadKind.VIDEO: "mp4", DownloadKind.AUDIO: "m4a"}
FETCHING = Limit("download", 100, 3600, "Too many downloads within an hour.")
MAKING = Limit("download-make", 30, 3600, "Too many files were asked for within an hour.")
NOTED_EVERY = timedelta(minutes=5)
"""How exactly is known when a file was last asked for."""
ROOM_FACTOR = 3
"""What making a file takes for a while: its parts, the file, and the file in the storage."""


@dataclass(frozen=True)
class Offer:
    """One file that this person may keep."""

    name: str
    kind: DownloadKind
    label: str
    size_bytes: int | None
    state: DownloadState = DownloadState.READY
    caption: Caption | None = None
    encode_id: int = 0
    """Of what is made: the encode that it is made of, by its row, and as others know it."""
    encode: str = ""


@dataclass(frozen=True)
class Kept:
    """A file on its way to somebody: a stored one, or a short text."""

    filename: str
    key: str = ""
    text: str | None = None


def can_download(actor: User | None, video: Video) -> bool:
    """Whether this person, who may watch it, may keep anything of it."""
    return video.is_playable and (can_edit(actor, video) or video.download_rule is not DownloadRule.OFF)


def list_downloads(actor: User | None, video_id: str) -> tuple[Video, list[Offer]]:
    """The video, and what this person may keep of it.

    Raises:
        NotFound: nothing; or as `videos.get_video`.
        Gone: as `videos.get_video`.
    """
    video = get_video(actor, video_id)
    if not can_download(actor, video):
        raise NotFound("This video cannot be downloaded.")
    return video, [*_made(video), *_captions(video), *_original(actor, video)]


def want_download(
    actor: User | None, video_id: str, name: str, *, address: str, throttle: Throttle, storage: Storage, now: datetime
) -> Offer:
    """Have it made, where it is not; asking again changes nothing.

    Raises:
        NotFound, Gone: as `list_downloads`; or there is no such file.
        RateLimited: whoever asks has asked for too many.
        StorageFull: there is no room for it.
    """
    _, offer = _find(actor, video_id, name)
    if offer.state in (DownloadState.READY, DownloadState.WAITING):
        return offer
    throttle.hit(MAKING, str(actor.id) if actor else address)
    _require_room(offer, storage.free_bytes())
    with transaction() as session:
        lock_video(session, video_id)
        wanted = select(Download).where(Download.encode_id == offer.encode_id, Download.name == name)
        row = session.scalar(wanted.execution_options(populate_existing=True))
        if row is None:
            session.add(Download(encode_id=offer.encode_id, name=name, wanted_at=now, used_at=now))
        elif row.state is DownloadState.FAILED:
            row.state, row.wanted_at, row.used_at, row.claimed_until = DownloadState.WAITING, now, now, None
    return replace(offer, state=DownloadState.WAITING)


def open_download(
    actor: User | None,
    video_id: str,
    name: str,
    *,
    address: str,
    throttle: Throttle,
    storage: Storage,
    now: datetime,
    is_first: bool = True,
) -> Kept | None:
    """The file; None where it is still to be made. `is_first` is false for a request that goes on with a download.

    Raises:
        NotFound, Gone: as `list_downloads`; or there is no such file.
        RateLimited: whoever asks has begun too many.
    """
    video, offer = _find(actor, video_id, name)
    if offer.state is not DownloadState.READY:
        return None
    if is_first:
        throttle.hit(FETCHING, str(actor.id) if actor else address)
    if offer.caption is not None:
        return _read_captions(video, offer.caption, name, storage)
    if offer.kind is DownloadKind.ORIGINAL:
        source = _current_source(video)
        if is_first and video.download_rule is not DownloadRule.ORIGINAL:
            audit.note_power(actor, video, "video.download_original", file=source.filename)
        ending = PurePosixPath(source.filename).suffix.removeprefix(".").lower()[:10] or "bin"
        return Kept(make_filename(video.title, ending), source.key)
    _note_use(offer.encode_id, name, now)
    what = offer.label if offer.kind is DownloadKind.VIDEO else ""
    filename = make_filename(video.title, ENDINGS[offer.kind], what=what)
    return Kept(filename, keys.download_key(video.public_id, offer.encode, stored_name(name)))


def stored_name(name: str) -> str:
    """What a file that was made is called in the storage."""
    return f"{name}.{ENDINGS[DownloadKind.AUDIO if name == SOUND else DownloadKind.VIDEO]}"


def read_offer(offer: Offer, url: str) -> DownloadRead:
    """What is told of it; `url` is where it is."""
    told = {name: getattr(offer, name) for name in ("name", "kind", "label", "state", "size_bytes")}
    return DownloadRead(**told, url=url)


def stereo_tracks(renditions: list[Rendition]) -> list[Rendition]:
    """Those sound tracks that everything plays."""
    return [one for one in renditions if one.kind is RenditionKind.AUDIO and one.name.startswith(IN_STEREO)]


def whole_renditions(video: Video) -> list[Rendition]:
    """Of what plays, those that are complete; none as long as more is being made, as they may be replaced."""
    encode = video.active_encode
    if encode is None or encode.status is not EncodeStatus.READY:
        return []
    return [one for one in encode.renditions if one.is_complete and one.dropped_at is None]


def _find(actor: User | None, video_id: str, name: str) -> tuple[Video, Offer]:
    video, offers = list_downloads(actor, video_id)
    found = next((offer for offer in offers if offer.name == name), None)
    if found is None:
        raise NotFound("There is no such file of this video.")
    return video, found


def _made(video: Video) -> Iterator[Offer]:
    renditions, encode = whole_renditions(video), video.active_encode
    if encode is None or not renditions:
        return
    sound = stereo_tracks(renditions)
    known = _known(encode.id)
    for one in _best_of_each_size(renditions):
        label = f"{min(one.width_px or 0, one.height_px or 0)}p"
        about_bytes = one.size_bytes + sum(track.size_bytes for track in sound)
        yield _offer(Offer(one.name, DownloadKind.VIDEO, label, about_bytes or None), encode, known)
    if sound:
        yield _offer(Offer(SOUND, DownloadKind.AUDIO, "Sound only", sound[0].size_bytes or None), encode, known)


def _best_of_each_size(renditions: list[Rendition]) -> list[Rendition]:
    """The pictures, the largest first; where two are of a size, the one with more in it."""
    pictures = [one for one in renditions if one.kind is RenditionKind.VIDEO and one.width_px and one.height_px]
    best = {min(one.width_px or 0, one.height_px or 0): one for one in sorted(pictures, key=lambda one: one.size_bytes)}
    return [best[size] for size in sorted(best, reverse=True)]


def _offer(plain: Offer, encode: Encode, known: dict[str, Download]) -> Offer:
    row = known.get(plain.name)
    state = row.state if row else DownloadState.ABSENT
    size_bytes = row.size_bytes if row and state is DownloadState.READY else plain.size_bytes
    return replace(plain, state=state, size_bytes=size_bytes, encode_id=encode.id, encode=encode.public_id)


def _known(encode_id: int) -> dict[str, Download]:
    rows = select(Download).where(Download.encode_id == encode_id)
    return {row.name: row for row in current_session().scalars(rows.execution_options(populate_existing=True))}


def _captions(video: Video) -> Iterator[Offer]:
    for caption in shown_captions(video):
        for ending, form in (("vtt", "WebVTT"), ("srt", "SubRip")):
            name = f"captions-{caption.public_id}.{ending}"
            yield Offer(name, DownloadKind.CAPTIONS, f"{caption.label} ({form})", None, caption=caption)


def _original(actor: User | None, video: Video) -> Iterator[Offer]:
    may_have = can_edit(actor, video) or video.download_rule is DownloadRule.ORIGINAL
    if may_have and video.active_encode is not None:
        yield Offer(ORIGINAL, DownloadKind.ORIGINAL, "Original file", _current_source(video).size_bytes)


def _current_source(video: Video) -> Source:
    wanted = select(Source).where(Source.video_id == video.id, Source.state == SourceState.CURRENT)
    return current_session().scalars(wanted.limit(1)).one()


def _read_captions(video: Video, caption: Caption, name: str, storage: Storage) -> Kept:
    ending = name.rpartition(".")[2]
    filename = make_filename(video.title, f"{caption.language}.{ending}")
    close_session()
    text = storage.read_bytes(keys.captions_key(video.public_id, caption.name)).decode()
    return Kept(filename, text=text if ending == "vtt" else format_subrip(read_subrip(text)))


def _require_room(offer: Offer, free_bytes: int | None) -> None:
    if free_bytes is not None and free_bytes - KEPT_FREE_BYTES < ROOM_FACTOR * (offer.size_bytes or 0):
        raise StorageFull("This site's disk is nearly full, so that the file cannot be made now. Try again tomorrow.")


def _note_use(encode_id: int, name: str, now: datetime) -> None:
    with transaction() as session:
        wanted = select(Download).where(Download.encode_id == encode_id, Download.name == name)
        row = session.scalar(wanted.execution_options(populate_existing=True))
        if row is not None and row.used_at < now - NOTED_EVERY:
            row.used_at = now
