"""Files to keep: who may have which, and how they are made and go again."""

import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import av
import pytest
from redis import Redis

from tests.databases import on_sqlite
from tests.factories import make_admin, make_user, make_video
from vod_web.core.clock import utc_now
from vod_web.core.errors import NotFound, RateLimited, StorageFull
from vod_web.db.session import close_session, current_session, transaction
from vod_web.media.runner import Tools
from vod_web.media.tools import find_ffmpeg
from vod_web.models import (
    Download,
    DownloadRule,
    DownloadState,
    Encode,
    EncodeStatus,
    Rendition,
    RenditionKind,
    Source,
    User,
    Video,
    VideoStatus,
    Visibility,
)
from vod_web.schemas.captions import CaptionCreate
from vod_web.services import download_making, downloads
from vod_web.services.captions import add_caption
from vod_web.services.download_making import KEPT_FOR, make_wanted_downloads, remove_old_downloads
from vod_web.services.processing.files import delete_files
from vod_web.services.throttle import Throttle
from vod_web.storage.keys import download_key, rendition_prefix, source_key
from vod_web.storage.local import LocalStorage

pytestmark = pytest.mark.usefixtures("database")
SECONDS = 4
LATE_S = 0.4
"""So much later than the picture the sound begins."""


@pytest.fixture(scope="module")
def tracks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of picture and sound as HLS, apart, a second late as all that we encode, the sound later still."""
    folder = tmp_path_factory.mktemp("tracks")
    hls = "-f hls -hls_time 2 -hls_playlist_type vod -hls_segment_type fmp4 -hls_fmp4_init_filename init.mp4"
    picture = f"-f lavfi -i testsrc2=size=128x72:rate=25:duration={SECONDS} -c:v libx264 -preset ultrafast -g 50"
    sound = f"-f lavfi -i sine=frequency=440:sample_rate=48000:duration={SECONDS - LATE_S} -c:a aac"
    for name, options, begins_s in (("720p", picture, 1.0), ("audio-0", sound, 1.0 + LATE_S)):
        (folder / name).mkdir()
        late = ["-output_ts_offset", str(begins_s), *hls.split(), "-hls_segment_filename", "%d.m4s", "media.m3u8"]
        command = [str(find_ffmpeg()), "-v", "error", *options.split(), *late]
        subprocess.run(command, cwd=folder / name, check=True)
    return folder


@pytest.fixture
def throttle(redis_url: str, tmp_path: Path) -> Iterator[Throttle]:
    """Counters of this test alone."""
    connection = Redis.from_url(redis_url)
    yield Throttle(connection, site_key=str(tmp_path))
    connection.close()


def film(owner: User, tracks: Path, storage: LocalStorage, **values: object) -> tuple[Video, Encode]:
    """A video with these tracks, as the pipeline stores it."""
    video = make_video(owner, "Out at sea", **values)
    with transaction() as session:
        source = Source(
            video_id=video.id, key=source_key(video.public_id, "abcdefghijk"), filename="DSC_1.MOV", size_bytes=8
        )
        session.add(source)
        session.flush()
        encode = Encode(video_id=video.id, source_id=source.id, status=EncodeStatus.READY, is_active=True)
        size = {"width_px": 1280, "height_px": 720, "size_bytes": 5000, "is_complete": True}
        encode.renditions = [
            Rendition(kind=RenditionKind.VIDEO, name="720p", **size),
            Rendition(kind=RenditionKind.AUDIO, name="audio-0", is_complete=True, size_bytes=300),
            Rendition(kind=RenditionKind.AUDIO, name="surround-0", is_complete=True, size_bytes=900),
            Rendition(kind=RenditionKind.VIDEO, name="1080p", width_px=1920, height_px=1080),
        ]
        session.add(encode)
    storage.put_bytes(source.key, b"original", content_type="video/mp4")
    for path in tracks.glob("*/*"):
        key = rendition_prefix(video.public_id, encode.public_id, path.parent.name) + path.name
        storage.put_bytes(key, path.read_bytes(), content_type="x/y")
    return video, encode


class Asker:
    """Somebody who wants files."""

    def __init__(self, person: User | None, storage: LocalStorage, throttle: Throttle) -> None:
        self.person = person
        self._how = {"address": "192.0.2.1", "throttle": throttle, "storage": storage}

    def names(self, video: Video) -> list[str]:
        return [offer.name for offer in downloads.list_downloads(self.person, video.public_id)[1]]

    def want(self, video: Video, name: str, now: datetime | None = None) -> DownloadState:
        found = downloads.want_download(self.person, video.public_id, name, now=now or utc_now(), **self._how)
        return found.state

    def open(
        self, video: Video, name: str, now: datetime | None = None, *, is_first: bool = True
    ) -> downloads.Kept | None:
        close_session()
        how = {"now": now or utc_now(), "is_first": is_first, **self._how}
        return downloads.open_download(self.person, video.public_id, name, **how)


def make(storage: LocalStorage, folder: Path) -> int:
    close_session()
    return make_wanted_downloads(storage=storage, tools=Tools(str(find_ffmpeg())), folder=folder)


def rows() -> list[Download]:
    close_session()
    return list(current_session().query(Download).order_by(Download.id))


def stored_bytes(video: Video) -> int:
    close_session()
    return current_session().get_one(Video, video.id).rendition_bytes


@on_sqlite
def test_a_quality_becomes_one_file_with_picture_and_sound_in_step(
    storage: LocalStorage, tracks: Path, throttle: Throttle, tmp_path: Path
) -> None:
    ada = make_user("ada")
    video, encode = film(ada, tracks, storage)
    asker = Asker(ada, storage, throttle)
    assert asker.open(video, "720p") is None
    assert asker.want(video, "720p") is DownloadState.WAITING
    assert asker.want(video, "720p") is DownloadState.WAITING
    assert asker.open(video, "720p") is None
    before = stored_bytes(video)
    assert (make(storage, tmp_path / "work"), make(storage, tmp_path / "work")) == (1, 0)
    assert not (tmp_path / "work").exists()
    kept = asker.open(video, "720p")
    assert kept is not None
    assert (kept.filename, kept.key) == (
        "Out at sea (720p).mp4",
        download_key(video.public_id, encode.public_id, "720p.mp4"),
    )
    content = storage.read_bytes(kept.key)
    assert stored_bytes(video) - before == len(content) == rows()[0].size_bytes
    assert content.index(b"moov") < content.index(b"mdat")
    assert b"moof" not in content
    path = tmp_path / "kept.mp4"
    path.write_bytes(content)
    with av.open(str(path)) as opened:
        assert opened.metadata["title"] == "Out at sea"
        begins = {
            stream.type: float(next(opened.decode(stream)).time or 0) for stream in opened.streams if not opened.seek(0)
        }
        assert opened.duration / 1e6 == pytest.approx(SECONDS, abs=0.2)
    assert begins["video"] == pytest.approx(0, abs=0.05)
    assert begins["audio"] - begins["video"] == pytest.approx(LATE_S, abs=0.05)


@on_sqlite
def test_the_sound_alone_is_a_file_too(storage: LocalStorage, tracks: Path, throttle: Throttle, tmp_path: Path) -> None:
    ada = make_user("ada")
    video, _ = film(ada, tracks, storage)
    asker = Asker(ada, storage, throttle)
    asker.want(video, "audio")
    make(storage, tmp_path / "work")
    kept = asker.open(video, "audio")
    assert kept is not None
    assert kept.filename == "Out at sea.m4a"
    path = tmp_path / "kept.m4a"
    path.write_bytes(storage.read_bytes(kept.key))
    with av.open(str(path)) as opened:
        assert [stream.type for stream in opened.streams] == ["audio"]


def test_what_is_offered_is_what_is_whole(storage: LocalStorage, tracks: Path, throttle: Throttle) -> None:
    ada = make_user("ada")
    video, encode = film(ada, tracks, storage)
    text = b"1\n00:00:01,000 --> 00:00:02,000\nAhoy & <i>welcome</i>\n"
    caption = add_caption(ada, video.public_id, CaptionCreate(language="en"), text, storage=storage)
    asker = Asker(ada, storage, throttle)
    captions = [f"captions-{caption.public_id}.vtt", f"captions-{caption.public_id}.srt"]
    assert asker.names(video) == ["720p", "audio", *captions, "original"]
    webvtt, subrip = (asker.open(video, name) for name in captions)
    assert webvtt is not None
    assert subrip is not None
    assert (webvtt.filename, subrip.filename) == ("Out at sea.en.vtt", "Out at sea.en.srt")
    assert webvtt.text is not None
    assert webvtt.text.startswith("WEBVTT")
    assert subrip.text == "1\n00:00:01,000 --> 00:00:02,000\nAhoy & <i>welcome</i>\n"
    with transaction() as session:
        session.get_one(Encode, encode.id).status = EncodeStatus.PROCESSING
    assert asker.names(video) == [*captions, "original"], "what is being made may be replaced"
    with pytest.raises(NotFound):
        asker.want(video, "720p")


def test_others_get_what_the_owner_lets_them(storage: LocalStorage, tracks: Path, throttle: Throttle) -> None:
    ada = make_user("ada")
    video, _ = film(ada, tracks, storage)
    for person in (None, make_user()):
        for rule, names in (
            (DownloadRule.OFF, None),
            (DownloadRule.MADE, ["720p", "audio"]),
            (DownloadRule.ORIGINAL, ["720p", "audio", "original"]),
        ):
            with transaction() as session:
                session.get_one(Video, video.id, populate_existing=True).download_rule = rule
            close_session()
            asker = Asker(person, storage, throttle)
            if names is None:
                for name in ("720p", "audio", "original"):
                    with pytest.raises(NotFound):
                        asker.open(video, name)
                    with pytest.raises(NotFound):
                        asker.want(video, name)
            else:
                assert asker.names(video) == names
    original = Asker(None, storage, throttle).open(video, "original")
    assert original is not None
    assert original.filename == "Out at sea.mov", "what it was called is the owner's business"
    assert Asker(make_admin(), storage, throttle).names(video)[-1] == "original"


@pytest.mark.parametrize(
    "values",
    [
        {"visibility": Visibility.PRIVATE},
        {"visibility": Visibility.INTERNAL},
        {"status": VideoStatus.BLOCKED},
        {"is_playable": False},
    ],
    ids=str,
)
def test_what_a_visitor_may_not_watch_is_not_kept_either(
    storage: LocalStorage, tracks: Path, throttle: Throttle, values: dict[str, object]
) -> None:
    video, _ = film(make_user("ada"), tracks, storage, download_rule=DownloadRule.ORIGINAL, **values)
    with pytest.raises(NotFound):
        Asker(None, storage, throttle).open(video, "original")


@on_sqlite
def test_a_file_goes_when_nobody_has_asked_for_a_day(
    storage: LocalStorage, tracks: Path, throttle: Throttle, tmp_path: Path
) -> None:
    ada, now = make_user("ada"), utc_now()
    video, _ = film(ada, tracks, storage)
    asker = Asker(ada, storage, throttle)
    asker.want(video, "audio")
    make(storage, tmp_path / "work")
    used_at = now + timedelta(hours=20)
    kept = asker.open(video, "audio", used_at)
    assert kept is not None
    assert remove_old_downloads(storage=storage, now=used_at + KEPT_FOR - timedelta(minutes=1)) == 0
    with_it = stored_bytes(video)
    assert remove_old_downloads(storage=storage, now=used_at + KEPT_FOR + timedelta(minutes=1)) == 1
    assert not storage.exists(kept.key)
    assert stored_bytes(video) < with_it
    assert rows() == []
    assert asker.want(video, "audio") is DownloadState.WAITING, "it can be asked for again"


@on_sqlite
def test_a_file_of_what_plays_no_more_goes_at_once(
    storage: LocalStorage, tracks: Path, throttle: Throttle, tmp_path: Path
) -> None:
    ada = make_user("ada")
    video, encode = film(ada, tracks, storage)
    asker = Asker(ada, storage, throttle)
    asker.want(video, "audio")
    make(storage, tmp_path / "work")
    with transaction() as session:
        session.get_one(Encode, encode.id).is_active = False
    close_session()
    assert remove_old_downloads(storage=storage, now=utc_now()) == 1
    assert not storage.exists(download_key(video.public_id, encode.public_id, "audio.m4a"))


@on_sqlite
def test_with_the_video_its_files_go(storage: LocalStorage, tracks: Path, throttle: Throttle, tmp_path: Path) -> None:
    ada = make_user("ada")
    video, encode = film(ada, tracks, storage)
    Asker(ada, storage, throttle).want(video, "audio")
    make(storage, tmp_path / "work")
    key = download_key(video.public_id, encode.public_id, "audio.m4a")
    assert storage.exists(key)
    delete_files(video, storage=storage)
    assert not storage.exists(key)


@on_sqlite
def test_what_cannot_be_made_says_so_and_can_be_tried_again(
    storage: LocalStorage, tracks: Path, throttle: Throttle, tmp_path: Path
) -> None:
    ada = make_user("ada")
    broken, encode = film(ada, tracks, storage)
    for name in ("init.mp4", "0.m4s", "1.m4s"):
        key = rendition_prefix(broken.public_id, encode.public_id, "audio-0") + name
        storage.put_bytes(key, b"noise" * 10, content_type="x/y")
    whole, _ = film(ada, tracks, storage)
    asker = Asker(ada, storage, throttle)
    for video in (broken, whole):
        asker.want(video, "audio")
    assert make(storage, tmp_path / "work") == 1
    assert [row.state for row in rows()] == [DownloadState.FAILED, DownloadState.READY]
    assert asker.want(broken, "audio") is DownloadState.WAITING


def test_two_workers_do_not_make_the_same_and_a_dead_one_is_replaced(
    storage: LocalStorage, tracks: Path, throttle: Throttle
) -> None:
    ada, now = make_user("ada"), utc_now()
    video, _ = film(ada, tracks, storage)
    Asker(ada, storage, throttle).want(video, "audio", now)
    first = download_making._claim(now)
    assert first is not None
    assert first.tracks == ("audio-0",)
    assert download_making._claim(now) is None
    again = download_making._claim(now + download_making.CLAIMED_FOR + timedelta(seconds=1))
    assert again == first
    for order in (first, again):
        download_making._note_made(order, 70, now)
    assert current_session().get_one(Encode, first.encode_id, populate_existing=True).size_bytes == 70, "counted once"


def test_nobody_asks_for_too_many(
    storage: LocalStorage, tracks: Path, throttle: Throttle, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make_user("ada")
    video, _ = film(ada, tracks, storage, download_rule=DownloadRule.ORIGINAL)
    few = {"amount": 2, "per_s": 3600, "message": "Too many."}
    monkeypatch.setattr(downloads, "FETCHING", downloads.Limit("download-test", **few))
    asker = Asker(None, storage, throttle)
    for _ in range(2):
        assert asker.open(video, "original") is not None
    for _ in range(5):
        assert asker.open(video, "original", is_first=False) is not None, "it goes on with one that was begun"
    with pytest.raises(RateLimited):
        asker.open(video, "original")


def test_a_nearly_full_disk_makes_nothing(
    storage: LocalStorage, tracks: Path, throttle: Throttle, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make_user("ada")
    video, _ = film(ada, tracks, storage)
    monkeypatch.setattr(downloads, "KEPT_FREE_BYTES", 10**18)
    with pytest.raises(StorageFull):
        Asker(ada, storage, throttle).want(video, "720p")
    assert rows() == []
