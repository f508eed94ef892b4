"""Episodes: the sound of public videos as one file, made where somebody offers a podcast."""

import subprocess
from datetime import timedelta
from pathlib import Path

import av
import pytest

from tests.databases import on_sqlite
from tests.factories import make_encode, make_user, make_video
from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound
from vod_web.db.session import current_session, transaction
from vod_web.media.episodes import EPISODE_NAME, read_segment_names
from vod_web.media.runner import Tools
from vod_web.media.tools import find_ffmpeg
from vod_web.models import Encode, Rendition, User, Video, Visibility
from vod_web.services.podcasts import feed_podcast, make_missing_episodes, offer_podcast
from vod_web.storage.keys import encode_prefix
from vod_web.storage.local import LocalStorage

pytestmark = [pytest.mark.usefixtures("database"), on_sqlite]
SECONDS = 5


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds of a tone as HLS, one second late as all that we encode, in segments of two seconds."""
    folder = tmp_path_factory.mktemp("sound")
    tone = f"sine=frequency=440:sample_rate=48000:duration={SECONDS}"
    hls = "-c:a aac -output_ts_offset 1 -f hls -hls_time 2 -hls_playlist_type vod -hls_segment_type fmp4"
    names = ["-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", "%d.m4s", "media.m3u8"]
    subprocess.run(
        [str(find_ffmpeg()), "-v", "error", "-f", "lavfi", "-i", tone, *hls.split(), *names], cwd=folder, check=True
    )
    return folder


def with_sound(owner: User, sound: Path, storage: LocalStorage, **values: object) -> tuple[Video, Encode]:
    """A video with this sound, as the pipeline stores it."""
    video = make_video(owner, **values)
    encode = make_encode(video, storage)
    with transaction() as session:
        row = session.query(Rendition).filter_by(encode_id=encode.id, name="audio").one()
        row.name = "audio-0"
    for path in sound.iterdir():
        storage.put_bytes(f"{_prefix(video, encode)}audio-0/{path.name}", path.read_bytes(), content_type="x/y")
    return video, encode


def _prefix(video: Video, encode: Encode) -> str:
    return encode_prefix(video.public_id, encode.public_id)


def make(storage: LocalStorage, folder: Path) -> int:
    return make_missing_episodes(storage=storage, tools=Tools(str(find_ffmpeg())), folder=folder)


def test_an_episode_is_one_file_that_plays_from_its_beginning_to_its_end(
    storage: LocalStorage, sound: Path, tmp_path: Path
) -> None:
    ada = make_user("ada")
    video, encode = with_sound(ada, sound, storage)
    assert make(storage, tmp_path / "work") == 0
    offer_podcast(ada, is_on=True)
    assert make(storage, tmp_path / "work") == 1
    assert make(storage, tmp_path / "work") == 0
    assert not (tmp_path / "work").exists()
    stored = storage.stat(_prefix(video, encode) + EPISODE_NAME)
    session = current_session()
    assert session.get_one(Encode, encode.id, populate_existing=True).episode_bytes == stored.size_bytes
    assert session.get_one(Video, video.id, populate_existing=True).rendition_bytes >= stored.size_bytes
    content = storage.read_bytes(_prefix(video, encode) + EPISODE_NAME)
    assert content.index(b"moov") < content.index(b"mdat")
    assert b"moof" not in content
    path = tmp_path / EPISODE_NAME
    path.write_bytes(content)
    with av.open(str(path)) as opened:
        [stream] = opened.streams
        assert stream.codec_context.name == "aac"
        frames = list(opened.decode(stream))
    assert frames[0].time == pytest.approx(0, abs=0.1)
    last = frames[-1]
    assert last.time + last.samples / last.sample_rate == pytest.approx(SECONDS, abs=0.1)


def test_only_public_videos_of_those_who_want_it_become_episodes(
    storage: LocalStorage, sound: Path, tmp_path: Path
) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    offer_podcast(ada, is_on=True)
    for visibility in Visibility:
        with_sound(ada, sound, storage, title=visibility.value, visibility=visibility)
    with_sound(bob, sound, storage)
    assert make(storage, tmp_path / "work") == 1
    assert [video.title for video in feed_podcast("ada").videos] == ["public"]
    with pytest.raises(NotFound):
        feed_podcast("bob")
    offer_podcast(ada, is_on=False)
    with pytest.raises(NotFound):
        feed_podcast("ada")


def test_what_cannot_be_made_keeps_no_other_from_being_made(storage: LocalStorage, sound: Path, tmp_path: Path) -> None:
    ada = make_user("ada")
    offer_podcast(ada, is_on=True)
    broken, encode = with_sound(ada, sound, storage, title="broken")
    for name in ("init.mp4", "0.m4s", "1.m4s", "2.m4s"):
        storage.put_bytes(f"{_prefix(broken, encode)}audio-0/{name}", b"noise" * 10, content_type="x/y")
    with_sound(ada, sound, storage, title="whole")
    assert make(storage, tmp_path / "work") == 1
    assert [video.title for video in feed_podcast("ada").videos] == ["whole"]


def test_a_playlist_names_its_files_in_order() -> None:
    text = '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:4,\n0.m4s\n#EXTINF:4,\n1.m4s\n#EXT-X-ENDLIST\n'
    assert read_segment_names(text) == ["init.mp4", "0.m4s", "1.m4s"]


def test_mostly_only_new_videos_are_looked_at(storage: LocalStorage, sound: Path, tmp_path: Path) -> None:
    ada, now = make_user("ada"), utc_now()
    offer_podcast(ada, is_on=True)
    for ago in (timedelta(hours=1), timedelta(days=3)):
        with_sound(ada, sound, storage, published_at=now - ago)
    how = {"storage": storage, "tools": Tools(str(find_ffmpeg())), "folder": tmp_path / "work"}
    assert make_missing_episodes(**how, since=now - timedelta(days=2)) == 1  # type: ignore[arg-type] # of three kinds
    assert make(storage, tmp_path / "work") == 1
