"""Your lists of videos."""

from vod_web.api.calls import call
from vod_web.models import Playlist, TokenScope
from vod_web.schemas.playlists import PlaylistCreate, PlaylistRead
from vod_web.services import playlists
from vod_web.web.sign_in import current_person


@call("GET", "/playlists", scope=TokenScope.READ, returns=list[PlaylistRead])
def list_playlists() -> list[Playlist]:
    """Your playlists, by title.

    Which of them hold a video is changed with the video.
    """
    return playlists.list_own_playlists(current_person())


@call(
    "POST",
    "/playlists",
    scope=TokenScope.UPLOAD,
    body=PlaylistCreate,
    returns=PlaylistRead,
    status=201,
    errors=(409,),
)
def create_playlist(body: PlaylistCreate) -> Playlist:
    """Make an empty playlist."""
    return playlists.create_playlist(current_person(), body)
