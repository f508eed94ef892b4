"""Who may do what? Every rule about rights is one function here."""

from vod_web.core.errors import NotAllowed, NotSignedIn
from vod_web.models import Playlist, PlaylistKind, PublishRule, Role, User, Video, VideoStatus, Visibility


def require_signed_in(actor: User | None) -> User:
    """The person.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    if actor is None:
        raise NotSignedIn("Sign in to do this.")
    return actor


def require_role(actor: User | None, role: Role) -> User:
    """The person, who has at least this role.

    Raises:
        NotSignedIn: nobody is signed in.
        NotAllowed: the person has a lesser role.
    """
    person = require_signed_in(actor)
    if not person.acting_role.includes(role):
        raise NotAllowed(f"Only people with the role {role.value} may do this.")
    return person


def is_owner(actor: User | None, video: Video) -> bool:
    """Whether the video is this person's."""
    return actor is not None and actor.id == video.owner_id


def can_edit(actor: User | None, video: Video) -> bool:
    """Whether the person may change the video: its owner and admins."""
    return actor is not None and (actor.is_admin or is_owner(actor, video))


def is_held(video: Video) -> bool:
    """Whether its owner keeps the video back until it is ready, or until a time."""
    return video.published_at is None and video.publish_rule is not PublishRule.NOW


def can_see(actor: User | None, video: Video, *, is_named_viewer: bool = False) -> bool:
    """Whether the person may know of the video, whatever state it is in.

    `is_named_viewer` says whether the owner named this person as a viewer.
    """
    if can_edit(actor, video) or (actor is not None and actor.is_moderator):
        return True
    if video.status in (VideoStatus.DELETED, VideoStatus.BLOCKED) or is_held(video):
        return False
    return _is_meant_for(actor, video, is_named_viewer=is_named_viewer)


def can_await(actor: User | None, video: Video, *, is_named_viewer: bool = False) -> bool:
    """Whether the person may know that the video is published at a time, and with which title and picture."""
    is_gone = video.status in (VideoStatus.DELETED, VideoStatus.BLOCKED)
    if is_gone or not is_held(video) or video.publish_rule is not PublishRule.AT_TIME:
        return False
    return can_see(actor, video) or _is_meant_for(actor, video, is_named_viewer=is_named_viewer)


def could_see(actor: User | None, video: Video, *, is_named_viewer: bool = False) -> bool:
    """Whether the person may know that this deleted video was here."""
    if video.former_status is VideoStatus.BLOCKED or is_held(video):
        return can_see(actor, video)
    return can_see(actor, video) or _is_meant_for(actor, video, is_named_viewer=is_named_viewer)


def _is_meant_for(actor: User | None, video: Video, *, is_named_viewer: bool) -> bool:
    if video.visibility is Visibility.PRIVATE:
        return is_named_viewer
    if video.visibility is Visibility.INTERNAL:
        return actor is not None
    return True


def can_edit_playlist(actor: User | None, playlist: Playlist) -> bool:
    """Whether the person may change the playlist: its owner, and admins where it is not somebody's *Watch later*."""
    if actor is None:
        return False
    return actor.id == playlist.owner_id or (actor.is_admin and playlist.kind is PlaylistKind.ORDINARY)


def can_see_playlist(actor: User | None, playlist: Playlist) -> bool:
    """Whether the person may know of the playlist; which of its videos, is another question."""
    if can_edit_playlist(actor, playlist):
        return True
    if playlist.kind is PlaylistKind.WATCH_LATER or playlist.visibility is Visibility.PRIVATE:
        return False
    return playlist.visibility is not Visibility.INTERNAL or actor is not None


def can_care_for_comments(actor: User | None, video: Video) -> bool:
    """Whether the person sees held comments and may approve and delete them: its owner, and moderators."""
    return can_edit(actor, video) or (actor is not None and actor.is_moderator)
