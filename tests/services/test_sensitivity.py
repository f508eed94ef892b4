"""Sensitive videos: who marks them, and in whose lists they stand."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from tests.factories import make_admin, make_user, make_video
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.core.errors import NotAllowed, NotSignedIn
from vod_web.db.session import close_session, current_session
from vod_web.models import AuditEvent, Role, SensitiveRule, User, Video
from vod_web.schemas.base import PageQuery
from vod_web.schemas.playlists import PlaylistCreate
from vod_web.schemas.video_lists import NewestFilter, OwnFilter, SearchFilter
from vod_web.schemas.videos import VideoUpdate
from vod_web.schemas.viewing import PopularFilter
from vod_web.services import blocking, feeds, library, playlists, sensitivity, videos
from vod_web.services.home import get_home
from vod_web.services.popular import list_popular
from vod_web.services.positions import set_position
from vod_web.services.related import find_related
from vod_web.services.site import change_site, get_site
from vod_web.services.subscriptions import list_newest_videos, subscribe


@pytest.fixture
def owner(database: Engine) -> User:
    """Somebody with a sensitive video, and one for everybody."""
    ada = make_user("ada")
    make_video(ada, "sea calm", tags=["sea"], view_count=5)
    make_video(ada, "sea shipwreck", tags=["sea"], view_count=9, is_sensitive=True)
    return ada


def video_called(title: str) -> Video:
    return current_session().scalars(select(Video).where(Video.title == title)).one()


def events_of(action: str) -> Sequence[AuditEvent]:
    chosen = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
    return current_session().scalars(chosen).all()


def hide_for_everybody() -> None:
    change_site(replace(get_site(), sensitive_rule=SensitiveRule.HIDE))


def seen_by(person: User | None, owner: User) -> dict[str, set[str]]:
    """The titles in each list that the person is shown."""
    close_session()
    found = {
        "newest": library.list_listed(person, NewestFilter()).items,
        "search": library.search_listed(person, SearchFilter(query="sea"), now=utc_now()).page.items,
        "channel": library.list_channel(person, owner, NewestFilter()).items,
        "popular": list_popular(person, PopularFilter(popular_in=None)).items,
        "home": get_home(person).newest.items,
    }
    return {name: {video.title for video in listed} for name, listed in found.items()}


BOTH = {"sea calm", "sea shipwreck"}


def test_whoever_hides_sensitive_videos_finds_none_in_any_list(owner: User) -> None:
    person = make_user()
    assert set(map(frozenset, seen_by(person, owner).values())) == {frozenset(BOTH)}
    sensitivity.choose_rule(person, SensitiveRule.HIDE)
    person = current_session().get_one(User, person.id)
    assert set(map(frozenset, seen_by(person, owner).values())) == {frozenset({"sea calm"})}
    assert {one.key for one in library.suggest_listed(person, "shipwr").titles} == set()
    assert library.count_channel(person, owner) == 1
    calm = video_called("sea calm")
    related = find_related(person, videos.get_video(person, calm.public_id), limit=5)
    assert [video.title for video in related] == []


def test_what_one_follows_and_goes_on_with_is_left_out_too(owner: User) -> None:
    person = make_user(sensitive_rule=SensitiveRule.HIDE)
    subscribe(person, owner.username, now=utc_now())
    wreck = video_called("sea shipwreck")
    set_position(person, wreck.public_id, 30.0, now=utc_now())
    assert [video.title for video in list_newest_videos(person, PageQuery()).items] == ["sea calm"]
    home = get_home(person)
    assert [video.title for video in home.followed] == ["sea calm"]
    assert home.unfinished == []


def test_visitors_and_those_who_have_not_chosen_get_what_the_site_says(owner: User) -> None:
    person, curious = make_user(), make_user(sensitive_rule=SensitiveRule.SHOW)
    hide_for_everybody()
    for who in (None, person):
        assert set(map(frozenset, seen_by(who, owner).values())) == {frozenset({"sea calm"})}
    assert set(map(frozenset, seen_by(curious, owner).values())) == {frozenset(BOTH)}
    assert [video.title for video in feeds.feed_channel("ada").videos] == ["sea calm"]


def test_hiding_keeps_nobody_from_their_own_videos(owner: User) -> None:
    sensitivity.choose_rule(owner, SensitiveRule.HIDE)
    owner = current_session().get_one(User, owner.id)
    assert {video.title for video in library.list_own_videos(owner, OwnFilter()).items} == BOTH
    assert {video.title for video in library.list_channel(owner, owner, NewestFilter()).items} == BOTH
    assert {video.title for video in library.list_videos(owner, NewestFilter()).items} == BOTH
    wreck = video_called("sea shipwreck")
    assert not sensitivity.is_blurred(owner, wreck)


def test_who_has_the_address_finds_it_all_the_same(owner: User) -> None:
    person = make_user(sensitive_rule=SensitiveRule.HIDE)
    wreck = video_called("sea shipwreck")
    assert videos.get_video(person, wreck.public_id).title == "sea shipwreck"
    assert sensitivity.is_blurred(person, wreck)
    assert sensitivity.is_blurred(None, wreck)
    assert not sensitivity.is_blurred(make_user(sensitive_rule=SensitiveRule.SHOW), wreck)


def test_a_playlist_keeps_its_places(owner: User) -> None:
    both = [video_called("sea calm"), video_called("sea shipwreck")]
    playlist = playlists.create_playlist(owner, PlaylistCreate(title="Trips", visibility="public"))
    for video in both:
        videos.update_video(owner, video.public_id, VideoUpdate(playlists=[playlist.public_id]))
    hide_for_everybody()
    assert len(feeds.feed_playlist(playlist.public_id).videos) == 1


def test_owners_mark_their_own_and_may_take_it_back(owner: User) -> None:
    video = make_video(owner)
    changed = videos.update_video(owner, video.public_id, VideoUpdate(is_sensitive=True))
    assert (changed.is_sensitive, changed.is_marked_by_moderator) == (True, False)
    assert videos.update_video(owner, video.public_id, VideoUpdate(title="Other")).is_sensitive
    assert not videos.update_video(owner, video.public_id, VideoUpdate(is_sensitive=False)).is_sensitive


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_what_a_moderator_has_marked_its_owner_cannot_take_back(owner: User, role: Role) -> None:
    video, moderator = make_video(owner, "Marked"), make_user(role=role)
    marked = blocking.mark_video(moderator, video.public_id, is_sensitive=True)
    assert (marked.is_sensitive, marked.is_marked_by_moderator) == (True, True)
    close_session()
    with pytest.raises(NotAllowed, match="moderator has marked"):
        videos.update_video(owner, video.public_id, VideoUpdate(is_sensitive=False, title="Mine"))
    close_session()
    kept = videos.update_video(owner, video.public_id, VideoUpdate(is_sensitive=True, title="Other"))
    assert (kept.is_marked_by_moderator, kept.title) == (True, "Other")
    freed = blocking.mark_video(moderator, video.public_id, is_sensitive=False)
    assert (freed.is_sensitive, freed.is_marked_by_moderator) == (False, False)
    assert videos.update_video(owner, video.public_id, VideoUpdate(is_sensitive=True)).is_sensitive
    events = events_of("video.mark")
    assert [event.detail["is_sensitive"] for event in events] == [True, False]


def test_an_admin_who_edits_marks_as_a_moderator_and_is_noted(owner: User) -> None:
    video, admin = make_video(owner), make_admin()
    videos.update_video(admin, video.public_id, VideoUpdate(is_sensitive=True))
    assert current_session().get_one(Video, video.id).is_marked_by_moderator
    (event,) = events_of("video.edit")
    assert event.detail["changed"] == ["is_sensitive"]


def test_others_mark_nothing(owner: User) -> None:
    video = make_video(owner)
    for person in (owner, make_user()):
        with pytest.raises(NotAllowed):
            blocking.mark_video(person, video.public_id, is_sensitive=True)
    with pytest.raises(NotSignedIn):
        blocking.mark_video(None, video.public_id, is_sensitive=True)
    with pytest.raises(NotSignedIn):
        sensitivity.choose_rule(None, SensitiveRule.SHOW)


def test_an_address_that_takes_the_cover_off_is_for_one_video_and_a_while(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm, wreck = video_called("sea calm"), video_called("sea shipwreck")
    token = sensitivity.make_reveal(wreck, secret_key="secret")
    assert sensitivity.is_revealed_by(token, wreck, secret_key="secret")
    assert not sensitivity.is_revealed_by(token, calm, secret_key="secret")
    assert not sensitivity.is_revealed_by(token, wreck, secret_key="other")
    assert not sensitivity.is_revealed_by("1", wreck, secret_key="secret")
    monkeypatch.setattr(sensitivity, "REVEALING_LASTS_S", -1)
    assert not sensitivity.is_revealed_by(token, wreck, secret_key="secret")


def test_what_the_site_says_is_asked_once_a_session_and_holds_at_once(owner: User) -> None:
    close_session()
    with counted_queries() as statements:
        for _ in range(5):
            get_site()
    assert len([one for one in statements if "site_settings" in one]) == 1
    hide_for_everybody()
    assert get_site().sensitive_rule is SensitiveRule.HIDE
