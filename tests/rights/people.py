"""Who asks, and what there is to ask for: people of every kind, and an owner's things."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import TestBrowser
from tests.factories import bearer, make_admin, make_encode, make_token, make_user, make_video, sign_in
from vod_web.core.clock import utc_now
from vod_web.core.ids import new_public_id
from vod_web.db.session import current_session, transaction
from vod_web.models import (
    ApiToken,
    Comment,
    Job,
    JobKind,
    JobState,
    PublishRule,
    Report,
    ReportReason,
    Role,
    SignIn,
    Source,
    SourceState,
    User,
    Video,
    Visibility,
)
from vod_web.resources import resources
from vod_web.storage.keys import source_key

WHO = ("visitor", "viewer", "stranger", "named", "owner", "moderator", "admin")
"""The viewer may not upload; the stranger may, as the owner; who is named by the owner is a viewer besides."""
SUBTITLES = b"1\n00:00:01,000 --> 00:00:02,000\nLand ahoy.\n"


class People:
    """One person of each kind, each with a browser and with a token of the API."""

    def __init__(self, app: Flask) -> None:
        app.config["WTF_CSRF_ENABLED"] = False  # of this app until the test ends; others test it
        app.test_client_class = TestBrowser
        made: dict[str, User] = {
            "viewer": make_user("viewer", Role.VIEWER),
            "stranger": make_user("stranger"),
            "named": make_user("named", Role.VIEWER),
            "owner": make_user("owner"),
            "moderator": make_user("moderator", Role.MODERATOR),
            "admin": make_admin("admin1"),
        }
        make_user("bystander")
        self.of = made
        self.headers: dict[str, dict[str, str]] = {"visitor": {}} | {
            who: bearer(person) for who, person in made.items()
        }
        self.browsers: dict[str, FlaskClient] = {}
        self.sign_in(app)

    def sign_in(self, app: Flask) -> None:
        """New browsers, for those whose sign-ins came to an end."""
        self.browsers = {who: app.test_client() for who in WHO}
        for who, person in self.of.items():
            sign_in(self.browsers[who], person)


class Things:
    """What belongs to the owner; each thing is made when its name is asked for, and stays the same then."""

    def __init__(self, people: People, visibility: Visibility) -> None:
        self._people, self._visibility = people, visibility
        self._known: dict[str, str] = {}

    def address(self, rule: str, known: Mapping[str, str]) -> str:
        """A rule of the web app, with what is known and the ids of the owner's things in it."""
        return re.sub(r"<(?:[^<>:]+:)?(\w+)>", lambda found: known.get(found[1]) or self[found[1]], rule)

    def __getitem__(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = MAKERS[name](self)
        return self._known[name]

    def make_all(self, *names: str) -> None:
        """Make these now, though no address names them."""
        for name in names:
            self[name]

    @property
    def owner(self) -> User:
        """Whose they are."""
        return self._people.of["owner"]

    def call(self, method: str, path: str, **request: Any) -> Any:
        """What the API answers to the owner."""
        answer = self._people.browsers["visitor"].open(
            f"/api/v1{path}", method=method, headers=self._people.headers["owner"], **request
        )
        assert answer.status_code < 300, (method, path, answer.text)
        return answer.get_json()

    def make_video(self) -> str:
        """A video, for whom the visibility says and the one who is named; what plays of it is not stored."""
        video = make_video(self.owner, visibility=self._visibility, viewers=[self._people.of["named"]])
        make_encode(video, resources().storage, files={})
        return video.public_id

    def video(self) -> Video:
        """The row of it."""
        return current_session().scalars(select(Video).where(Video.public_id == self["video_id"])).one()

    def schedule_video(self) -> None:
        """From now on it is still to come."""
        video = self.video()
        with transaction() as session:
            row = session.merge(video)
            row.publish_rule, row.publish_at = PublishRule.AT_TIME, utc_now() + timedelta(days=1)
            row.published_at = None

    def make_version(self) -> str:
        """A file that the video had before."""
        key = source_key(self["video_id"], new_public_id())
        resources().storage.put_bytes(key, b"before", content_type="video/mp4")
        retired_at = utc_now() - timedelta(days=1)
        former = {"state": SourceState.FORMER, "retired_at": retired_at, "filename": "old.mp4", "size_bytes": 6}
        video = self.video()
        with transaction() as session:
            source = Source(video_id=video.id, key=key, **former)
            session.add(source)
        return source.public_id

    def make_upload(self) -> str:
        """An upload that has begun."""
        begun: dict[str, str] = self.call("POST", "/uploads", json={"filename": "a.mp4", "size_bytes": 9})
        return begun["id"]

    def make_import(self) -> str:
        """An import that nobody fetches, as there is no worker."""
        asked: dict[str, str] = self.call("POST", "/imports", json={"url": "https://example.org/a.mp4"})
        return asked["id"]

    def make_playlist(self) -> str:
        """A playlist with the video, of the same visibility."""
        json = {"title": "Of the owner", "visibility": self._visibility.value}
        made: dict[str, str] = self.call("POST", "/playlists", json=json)
        return made["id"]

    def add_item(self) -> str:
        """Its item."""
        json = {"video_id": self["video_id"]}
        added: dict[str, str] = self.call("POST", f"/playlists/{self['playlist_id']}/items", json=json)
        return added["id"]

    def make_comment(self) -> str:
        """What the owner wrote under the video."""
        video = self.video()
        with transaction() as session:
            comment = Comment(
                video_id=video.id, channel_id=video.owner_id, author_id=self.owner.id, text="Mind the dog"
            )
            session.add(comment)
        return comment.public_id

    def make_report(self) -> str:
        """What somebody has against the video."""
        video = self.video()
        about = {"subject": f"video {video.id}", "excerpt": video.title, "reason": ReportReason.SPAM}
        with transaction() as session:
            report = Report(video_id=video.id, reporter_key="somebody", **about)
            session.add(report)
        return report.public_id

    def make_job(self) -> str:
        """A job of the video."""
        encode = make_encode(self.video(), resources().storage, files={}, is_active=False)
        with transaction() as session:
            job = Job(encode_id=encode.id, state=JobState.FAILED, kind=JobKind.POSTER, attempt=1)
            session.add(job)
        return str(job.id)

    def make_token(self) -> str:
        """A token of the API."""
        make_token(self.owner)
        return newest(ApiToken, self.owner)

    def put_caption(self) -> str:
        """The language of a caption track that was added."""
        self.call("PUT", f"/videos/{self['video_id']}/captions/de", data=SUBTITLES, content_type="application/x-subrip")
        return "de"

    def find_caption(self) -> str:
        """Its id."""
        self.make_all("language")
        (caption,) = self.call("GET", f"/videos/{self['video_id']}/captions")
        return str(caption["id"])


def newest(model: type[ApiToken] | type[SignIn], owner: User) -> str:
    """The id of the last one that was made for this person."""
    chosen = select(model.public_id).where(model.user_id == owner.id).order_by(model.id.desc()).limit(1)
    return current_session().scalars(chosen).one()


MAKERS: dict[str, Callable[[Things], str]] = {
    "username": lambda things: things.owner.username,
    "video_id": Things.make_video,
    "version_id": Things.make_version,
    "language": Things.put_caption,
    "caption_id": Things.find_caption,
    "upload_id": Things.make_upload,
    "import_id": Things.make_import,
    "playlist_id": Things.make_playlist,
    "item_id": Things.add_item,
    "comment_id": Things.make_comment,
    "report_id": Things.make_report,
    "form": lambda things: "rss",
    "job_id": Things.make_job,
    "token_id": Things.make_token,
    "sign_in_id": lambda things: newest(SignIn, things.owner),
    "number": lambda things: "1",
    "kind": lambda things: "avatar",
    "wanted": lambda things: "none",
}
"""How a variable of an address gets a value."""
