"""Has this person uploaded the same file before?"""

from sqlalchemy import and_, select

from vod_web.core.errors import Duplicate
from vod_web.db.session import current_session
from vod_web.models import Source, SourceState, Upload, UploadState, User, Video
from vod_web.schemas.uploads import UploadCreate


def require_new(person: User, wanted: UploadCreate) -> None:
    """Nothing, when none of the person's videos was made of this file, or they want it twice.

    Files are told apart by the fingerprint that their sender makes; without one nothing is known.

    Raises:
        Duplicate: there is such a video, outside of the bin.
    """
    if wanted.allow_duplicate or wanted.fingerprint is None:
        return
    video = current_session().scalar(
        select(Video)
        .join(Upload, Upload.video_id == Video.id)
        .join(Source, and_(Source.key == Upload.key, Source.state.in_((SourceState.CURRENT, SourceState.INCOMING))))
        .where(
            Upload.owner_id == person.id,
            Upload.state == UploadState.COMPLETED,
            Upload.size_bytes == wanted.size_bytes,
            Upload.fingerprint == wanted.fingerprint,
            Video.owner_id == person.id,
            Video.deleted_at.is_(None),
        )
        .order_by(Upload.id.desc())
        .limit(1)
    )
    if video is not None:
        raise Duplicate(
            f'You have uploaded this file before: it is the video "{video.title}".',
            about={"id": video.public_id, "title": video.title},
        )
