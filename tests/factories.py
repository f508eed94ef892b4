"""Small makers of rows, for tests that need somebody or something to act on."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count

from flask.testing import FlaskClient

from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.core.security import hash_password, hash_secret, new_secret
from vod_web.db.session import transaction
from vod_web.models import (
    ApiToken,
    Encode,
    EncodeStatus,
    Rendition,
    RenditionKind,
    Role,
    Source,
    TokenScope,
    User,
    Video,
    VideoStatus,
    Visibility,
)
from vod_web.services.search.index import index_owner, index_video
from vod_web.services.sign_ins import Browser, begin_sign_in
from vod_web.services.tags import ensure_tags
from vod_web.storage.base import Storage
from vod_web.storage.keys import content_type_of, media_key, source_key
from vod_web.web.sign_in import COOKIE

PASSWORD = "correct horse battery"

ENCODE_FILES = {
    "multivariant.m3u8": b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000000\n720p/media.m3u8\n",
    "720p/media.m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n0.m4s\n#EXT-X-ENDLIST\n",
    "720p/init.mp4": bytes(range(256)),
    "720p/0.m4s": bytes(range(256)) * 40,
    "poster.jpg": b"\xff\xd8\xff\xd9",
    "storyboard.vtt": b"WEBVTT\n\n00:00.000 --> 00:04.000\nstoryboard-0.jpg#xywh=0,0,160,90\n",
    "storyboard-0.jpg": b"\xff\xd8\xff\xd9",
}
"""What `make_encode` stores; nothing that a decoder would take."""

_numbers = count(1)


@cache
def password_hash() -> str:
    """The hash of PASSWORD, made once: argon2 is slow on purpose."""
    return hash_password(PASSWORD)


def make_user(username: str | None = None, role: Role = Role.UPLOADER, **values: object) -> User:
    """Somebody with the password PASSWORD."""
    username = username or f"person{next(_numbers)}"
    email = f"{username.lower()}@example.org"
    known: dict[str, object] = {
        "username": username,
        "username_key": username.lower(),
        "email": email,
        "email_key": email,
        "password_hash": password_hash(),
        "display_name": username.capitalize(),
        "role": role,
    }
    user = User(**(known | values))
    with transaction() as session:
        session.add(user)
        session.flush()
        index_owner(session, user)
    return user


def make_admin(username: str = "root", **values: object) -> User:
    """Somebody who runs the site."""
    return make_user(username, Role.ADMIN, **values)


def make_token(user: User, *scopes: TokenScope, **values: object) -> str:
    """The secret of a new API token of this person, with these scopes or with all."""
    secret = new_secret()
    token = ApiToken(
        user_id=user.id,
        name="test",
        secret_hash=hash_secret(secret),
        scopes=[scope.value for scope in scopes or TokenScope],
        **values,
    )
    with transaction() as session:
        session.add(token)
    return secret


def bearer(user: User, *scopes: TokenScope) -> dict[str, str]:
    """Request headers that act for this person by a new API token."""
    return {"Authorization": f"Bearer {make_token(user, *scopes)}"}


def sign_in(client: FlaskClient, user: User) -> None:
    """From now on the client is this person's browser."""
    _, secret = begin_sign_in(user, Browser(user_agent="test", address="127.0.0.1"))
    client.set_cookie(COOKIE, secret)


def sign_out(client: FlaskClient) -> None:
    """From now on the client is a visitor's browser."""
    client.delete_cookie(COOKIE)


def make_video(owner: User, title: str = "A video", *, tags: Sequence[str] = (), **values: object) -> Video:
    """A video that is ready, public and listed, without any file; `tags` and `viewers` as in the model."""
    known: dict[str, object] = {
        "owner_id": owner.id,
        "title": title,
        "visibility": Visibility.PUBLIC,
        "status": VideoStatus.READY,
        "is_playable": True,
        "published_at": utc_now(),
        "progress": 1.0,
        "duration_s": 64.0,
        "width_px": 1920,
        "height_px": 1080,
    }
    viewers = values.pop("viewers", [])
    with transaction() as session:
        video = Video(**(known | values), tags=ensure_tags(session, list(tags)))
        video.viewers = [session.merge(viewer) for viewer in viewers]  # type: ignore[attr-defined]
        session.add(video)
        session.flush()
        index_video(session, video)
    return video


def make_unready_video(owner: User, status: VideoStatus, title: str = "A video", **values: object) -> Video:
    """A video that does not play (yet)."""
    unready: dict[str, object] = {"is_playable": False, "published_at": None, "duration_s": None, "progress": 0.0}
    return make_video(owner, title, status=status, **(unready | values))  # type: ignore[arg-type] # it has no tags


def make_encode(
    video: Video, storage: Storage, *, files: Mapping[str, bytes] = ENCODE_FILES, **values: object
) -> Encode:
    """The encode that plays, with a 720p rendition, sound, and a small stored file of each kind, or these files."""
    known: dict[str, object] = {
        "status": EncodeStatus.READY,
        "is_active": True,
        "has_poster": True,
        "has_storyboard": True,
    }
    with transaction() as session:
        key = source_key(video.public_id, new_public_id())
        source = Source(video_id=video.id, key=key, filename="clip.mp4", size_bytes=1000)
        session.add(source)
        session.flush()
        encode = Encode(video_id=video.id, source_id=source.id, **(known | values))
        encode.renditions = [
            Rendition(kind=RenditionKind.VIDEO, name="720p", width_px=1280, height_px=720, is_complete=True),
            Rendition(kind=RenditionKind.AUDIO, name="audio", codecs="mp4a.40.2", is_complete=True),
        ]
        session.add(encode)
    for name, content in files.items():
        key = media_key(video.public_id, encode.public_id, name)
        storage.put_bytes(key, content, content_type=content_type_of(key))
    return encode
