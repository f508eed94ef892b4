"""Playlists: who sees what of them, their order, and what can be undone."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from tests.factories import make_admin, make_unready_video, make_user, make_video
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotSignedIn
from vod_web.db.session import close_session, current_session, transaction
from vod_web.models import EmbedRule, Playlist, PlaylistItem, PlaylistOrder, Role, User, Video, VideoStatus, Visibility
from vod_web.schemas.base import PageQuery
from vod_web.schemas.playlists import ItemAdd, ItemMove, ItemUpdate, PlaylistCreate, PlaylistUpdate
from vod_web.services import bin as video_bin
from vod_web.services import playlist_items, playlist_rows, playlists
from vod_web.services.playlist_changes import add_video, add_videos, remove_items
from vod_web.services.playlist_moves import move_item, update_item
from vod_web.services.playlist_orders import Shuffle
from vod_web.services.playlist_playing import Playing, Wish, find_playing, list_more
from vod_web.services.playlist_undo import undo_change
from vod_web.services.videos import get_video

pytestmark = pytest.mark.usefixtures("database")


def make_playlist(owner: User, *videos: Video, **values: object) -> Playlist:
    """A playlist that holds these videos."""
    known: dict[str, object] = {"title": "Trips", "visibility": Visibility.PUBLIC}
    playlist = playlists.create_playlist(owner, PlaylistCreate(**(known | values)))  # type: ignore[arg-type]
    if videos:
        add_videos(owner, playlist.public_id, [video.public_id for video in videos], now=utc_now())
    return playlist


def seen(actor: User | None, playlist: Playlist, limit: int = 100) -> list[str]:
    """The titles that this person finds, page by page; "-" for what is not available."""
    titles, cursor = [], None
    while True:
        fresh = playlists.get_playlist(actor, playlist.public_id)
        found = playlist_items.list_entries(actor, fresh, PageQuery(cursor=cursor, limit=limit))
        assert [entry.place for entry in found.items] == list(range(len(titles) + 1, len(titles + found.items) + 1))
        titles += [entry.item.video.title if entry.is_available else "-" for entry in found.items]
        cursor = found.next
        if cursor is None:
            return titles


def items_of(playlist: Playlist) -> dict[str, str]:
    """The ids of the items by the titles of their videos."""
    query = select(Video.title, PlaylistItem.public_id).join(PlaylistItem.video)
    rows = current_session().execute(query.where(PlaylistItem.playlist_id == playlist.id))
    return {row[0]: row[1] for row in rows}


def count_of(playlist: Playlist) -> int:
    """How many items the row says there are."""
    return current_session().scalars(select(Playlist.item_count).where(Playlist.id == playlist.id)).one()


@pytest.fixture
def ada(database: Engine) -> User:
    """Somebody with playlists."""
    return make_user("ada")


@pytest.fixture
def letters(ada: User) -> list[Video]:
    """Five videos, A to E, each longer, newer and more watched than the one before."""
    start = utc_now() - timedelta(days=9)
    return [
        make_video(ada, name, duration_s=10.0 * number, published_at=start + timedelta(days=number), view_count=number)
        for number, name in enumerate("ABCDE", 1)
    ]


def test_videos_stay_in_the_order_in_which_they_were_added_and_come_once(ada: User, letters: list[Video]) -> None:
    playlist = make_playlist(ada, *letters[:3])
    again = add_videos(ada, playlist.public_id, [letters[4].public_id, letters[0].public_id], now=utc_now())
    assert (again.added, again.present) == (1, 1)
    assert seen(None, playlist) == seen(ada, playlist, limit=2) == ["A", "B", "C", "E"]
    assert count_of(playlist) == 4
    with pytest.raises(Conflict):
        add_video(ada, playlist.public_id, ItemAdd(video_id=letters[0].public_id), now=utc_now())
    add_video(ada, playlist.public_id, ItemAdd(video_id=letters[3].public_id, position=2), now=utc_now())
    assert seen(ada, playlist) == ["A", "D", "B", "C", "E"]


PLACES: list[tuple[dict[str, object], str, int]] = [
    ({"to": "up"}, "ACBDE", 2),
    ({"to": "down"}, "ABDCE", 4),
    ({"to": "top"}, "CABDE", 1),
    ({"to": "bottom"}, "ABDEC", 5),
    ({"position": 0}, "CABDE", 1),
    ({"position": 2}, "ACBDE", 2),
    ({"position": 3}, "ABCDE", 3),
    ({"position": 4}, "ABDCE", 4),
    ({"position": 99}, "ABDEC", 5),
    ({"after": "A"}, "ACBDE", 2),
    ({"after": "E"}, "ABDEC", 5),
    ({"after": "C"}, "ABCDE", 3),
    ({"before": "A"}, "CABDE", 1),
    ({"before": "E"}, "ABDCE", 4),
]


def test_an_item_goes_where_it_is_put(ada: User, letters: list[Video]) -> None:
    for where, expected, place in PLACES:
        playlist = make_playlist(ada, *letters)
        ids = items_of(playlist)
        named = {name: ids[str(value)] if name in ("before", "after") else value for name, value in where.items()}
        assert move_item(ada, playlist.public_id, ids["C"], ItemMove.model_validate(named)) == place, where
        assert "".join(seen(ada, playlist)) == expected, where


def test_the_first_cannot_go_up_nor_the_last_down(ada: User, letters: list[Video]) -> None:
    playlist = make_playlist(ada, *letters)
    ids = items_of(playlist)
    assert move_item(ada, playlist.public_id, ids["A"], ItemMove(to="up")) == 1
    assert move_item(ada, playlist.public_id, ids["E"], ItemMove(to="down")) == 5
    assert "".join(seen(ada, playlist)) == "ABCDE"


def test_numbers_between_neighbours_never_run_out(ada: User, letters: list[Video]) -> None:
    playlist = make_playlist(ada, *letters)
    ids = items_of(playlist)
    for number in range(130):  # each halves the room after A
        moved = "DE"[number % 2]
        move_item(ada, playlist.public_id, ids[moved], ItemMove(after=ids["A"]))
        assert seen(ada, playlist)[:2] == ["A", moved]
    assert "".join(seen(ada, playlist)) == "AEDBC"


def test_items_with_the_same_number_still_can_be_parted(ada: User, letters: list[Video]) -> None:
    playlist = make_playlist(ada, *letters)
    with transaction() as session:
        for item in session.scalars(select(PlaylistItem).where(PlaylistItem.playlist_id == playlist.id)):
            item.position = 1.0
    before = seen(ada, playlist)
    ids = items_of(playlist)
    move_item(ada, playlist.public_id, ids[before[4]], ItemMove(after=ids[before[1]]))
    assert seen(ada, playlist) == [*before[:2], before[4], before[2], before[3]]


ORDERS = {
    PlaylistOrder.HAND: "BADCE",
    PlaylistOrder.ADDED_NEWEST: "ECDAB",
    PlaylistOrder.ADDED_OLDEST: "BADCE",
    PlaylistOrder.TITLE: "ABCDE",
    PlaylistOrder.PUBLISHED_NEWEST: "EDCBA",
    PlaylistOrder.PUBLISHED_OLDEST: "ABCDE",
    PlaylistOrder.SHORTEST: "ABCDE",
    PlaylistOrder.LONGEST: "EDCBA",
    PlaylistOrder.VIEWS: "EDCBA",
}


def test_a_playlist_can_have_an_automatic_order(ada: User, letters: list[Video]) -> None:
    playlist = make_playlist(ada)
    for minute, index in enumerate((1, 0, 3, 2, 4)):
        add_videos(ada, playlist.public_id, [letters[index].public_id], now=utc_now() + timedelta(minutes=minute))
    assert set(ORDERS) == set(PlaylistOrder)
    for order, expected in ORDERS.items():
        playlists.update_playlist(ada, playlist.public_id, PlaylistUpdate(order=order))
        assert "".join(seen(None, playlist, limit=2)) == "".join(seen(ada, playlist)) == expected, order
        covers = playlist_items.find_covers(None, [playlists.get_playlist(None, playlist.public_id)])
        assert [video.title for video in covers.values()] == [expected[0]], order
        if order is not PlaylistOrder.HAND:
            with pytest.raises(Conflict, match="By hand"):
                move_item(ada, playlist.public_id, items_of(playlist)["A"], ItemMove(to="up"))


def test_everybody_sees_what_they_may_watch_and_the_owner_that_something_is_missing(ada: User) -> None:
    bob, eve, mona = make_user("bob"), make_user("eve", Role.VIEWER), make_user("mona", Role.MODERATOR)
    makes = {
        "open": {},
        "link": {"visibility": Visibility.UNLISTED},
        "inside": {"visibility": Visibility.INTERNAL},
        "named": {"visibility": Visibility.PRIVATE, "viewers": [ada, eve]},
        "ada's": {"visibility": Visibility.PRIVATE, "viewers": [ada]},
    }
    videos = [make_video(bob, title, **values) for title, values in makes.items()]  # type: ignore[arg-type]
    playlist = make_playlist(ada, *videos)
    assert seen(ada, playlist) == ["open", "link", "inside", "named", "ada's"]
    assert seen(None, playlist) == ["open", "link"]
    assert seen(eve, playlist) == ["open", "link", "inside", "named"]
    assert seen(make_user(), playlist) == ["open", "link", "inside"]
    assert seen(mona, playlist) == ["open", "link", "inside", "named", "ada's"]
    with transaction() as session:
        session.get_one(Video, videos[0].id).status = VideoStatus.BLOCKED
        session.get_one(Video, videos[1].id).visibility = Visibility.PRIVATE
        session.get_one(Video, videos[2].id).status = VideoStatus.DELETED
    assert seen(ada, playlist) == ["-", "-", "-", "named", "ada's"]
    assert seen(eve, playlist) == ["named"]
    assert seen(None, playlist) == []
    assert playlist_items.find_covers(None, [playlist]) == {}


@pytest.mark.parametrize("visibility", list(Visibility))
def test_who_sees_and_changes_a_playlist(ada: User, letters: list[Video], visibility: Visibility) -> None:
    playlist = make_playlist(ada, letters[0], visibility=visibility)
    stranger, root = make_user(), make_admin()
    for who in (None, stranger, root, ada):
        may_see = who in (ada, root) or visibility not in (Visibility.PRIVATE, Visibility.INTERNAL)
        may_see = may_see or (visibility is Visibility.INTERNAL and who is not None)
        may_list = who is ada or visibility is Visibility.PUBLIC or (visibility is Visibility.INTERNAL and bool(who))
        if may_see:
            assert playlists.get_playlist(who, playlist.public_id).id == playlist.id
        else:
            with pytest.raises(NotFound):
                playlists.get_playlist(who, playlist.public_id)
        listed = playlists.list_public_of_channel(who, ada, PageQuery()).items
        assert [one.id for one in listed] == ([playlist.id] if may_list else []), who
        if who in (ada, root):
            playlists.update_playlist(who, playlist.public_id, PlaylistUpdate(description="Seen by all"))
        else:
            refusal = NotFound if not may_see else NotSignedIn if who is None else NotAllowed
            calls: list[tuple[Callable[..., object], tuple[object, ...], dict[str, object]]] = [
                (playlists.update_playlist, (PlaylistUpdate(title="Mine"),), {}),
                (playlists.delete_playlist, (), {"now": utc_now()}),
                (add_videos, ([letters[1].public_id],), {"now": utc_now()}),
                (remove_items, (list(items_of(playlist).values()),), {"now": utc_now()}),
                (move_item, (items_of(playlist)["A"], ItemMove(to="up")), {}),
            ]
            for change, given, named in calls:
                with pytest.raises(refusal):
                    change(who, playlist.public_id, *given, **named)


def test_watch_later_is_one_of_a_kind_and_nobody_elses(ada: User, letters: list[Video]) -> None:
    for video in letters[:2]:
        add_videos(ada, playlists.WATCH_LATER, [video.public_id], now=utc_now())
    later = playlists.get_playlist(ada, playlists.WATCH_LATER)
    assert playlists.ensure_watch_later(ada).id == later.id
    assert seen(ada, later) == ["B", "A"]
    assert playlists.list_own_playlists(ada) == []
    for other in (None, make_admin()):
        with pytest.raises(NotFound):
            playlists.get_playlist(other, later.public_id)
    with pytest.raises(NotSignedIn):
        playlists.get_playlist(None, playlists.WATCH_LATER)
    with pytest.raises(Conflict):
        playlists.update_playlist(ada, playlists.WATCH_LATER, PlaylistUpdate(visibility=Visibility.PUBLIC))
    with pytest.raises(Conflict):
        playlists.delete_playlist(ada, playlists.WATCH_LATER, now=utc_now())


def test_what_is_removed_or_moved_comes_back_to_its_place(ada: User, letters: list[Video]) -> None:
    playlist, other = make_playlist(ada, *letters), make_playlist(ada, letters[1], title="Other")
    ids = items_of(playlist)
    removed = remove_items(ada, playlist.public_id, [ids["B"], ids["D"]], now=utc_now())
    assert (removed.removed, seen(ada, playlist), count_of(playlist)) == (2, ["A", "C", "E"], 3)
    with pytest.raises(NotFound):
        undo_change(make_user(), removed.undo or "")
    undo_change(ada, removed.undo or "")
    assert (seen(ada, playlist), count_of(playlist), items_of(playlist)) == (list("ABCDE"), 5, ids)
    with pytest.raises(NotFound):
        undo_change(ada, removed.undo or "")
    moved = remove_items(ada, playlist.public_id, [ids["A"], ids["B"]], to=other.public_id, now=utc_now())
    assert (seen(ada, playlist), seen(ada, other)) == (["C", "D", "E"], ["B", "A"])
    undo_change(ada, moved.undo or "")
    assert (seen(ada, playlist), seen(ada, other)) == (list("ABCDE"), ["B"])
    assert (count_of(playlist), count_of(other)) == (5, 1)
    added = add_videos(ada, other.public_id, [letters[4].public_id], now=utc_now())
    undo_change(ada, added.undo or "")
    assert (seen(ada, other), count_of(other)) == (["B"], 1)


@pytest.mark.parametrize("at_once", [2, 5000])
def test_all_of_a_playlist_is_removed_or_moved_in_its_order(
    ada: User, letters: list[Video], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playlist_rows, "MOST_IN_ONE_STATEMENT", at_once)
    playlist, other = make_playlist(ada, *letters), make_playlist(ada, letters[1], title="Other")
    playlists.update_playlist(ada, playlist.public_id, PlaylistUpdate(order=PlaylistOrder.VIEWS))
    removed = remove_items(ada, playlist.public_id, None, now=utc_now())
    assert (removed.removed, seen(ada, playlist), count_of(playlist)) == (5, [], 0)
    undo_change(ada, removed.undo or "")
    moved = remove_items(ada, playlist.public_id, None, to=other.public_id, now=utc_now())
    assert (moved.removed, moved.added) == (5, 4)
    assert (seen(ada, playlist), seen(ada, other)) == ([], ["B", "E", "D", "C", "A"])
    undo_change(ada, moved.undo or "")
    assert (count_of(playlist), seen(ada, other)) == (5, ["B"])


def test_what_one_may_not_watch_is_not_moved_on(ada: User, letters: list[Video]) -> None:
    private = make_video(make_user(), "Private", visibility=Visibility.UNLISTED)
    playlist, other = make_playlist(ada, letters[0], private), make_playlist(ada, title="Other")
    with transaction() as session:
        session.get_one(Video, private.id).visibility = Visibility.PRIVATE
    moved = remove_items(ada, playlist.public_id, None, to=other.public_id, now=utc_now())
    assert (moved.removed, seen(ada, playlist), seen(ada, other)) == (1, ["-"], ["A"])


def test_moving_to_and_fro_at_once_ends(ada: User, letters: list[Video], database: Engine) -> None:
    one, two = make_playlist(ada, *letters[:2]), make_playlist(ada, *letters[3:], title="Other")
    ways = ((one.public_id, two.public_id), (two.public_id, one.public_id))

    def move(way: tuple[str, str]) -> None:
        for _ in range(5):
            remove_items(ada, way[0], None, to=way[1], now=utc_now())
            close_session()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(move, ways))
    assert sorted(seen(ada, one) + seen(ada, two)) == ["A", "B", "D", "E"]


def test_other_playlists_are_offered_a_page_at_a_time(ada: User) -> None:
    source = make_playlist(ada, title="Source")
    names = [make_playlist(ada, title=f"List {number}").title for number in range(5)]
    make_playlist(make_user(), title="Somebody else's")
    found, cursor = [], None
    for _ in range(3):
        page = playlists.list_targets(ada, source.public_id, PageQuery(cursor=cursor, limit=2)).targets
        found += [playlist.title for playlist in page.items]
        cursor = page.next
    assert found == ["Watch later", *reversed(names)]
    with pytest.raises(NotAllowed):
        playlists.list_targets(make_user(), source.public_id, PageQuery())


def test_undo_leaves_out_what_was_put_back_or_purged_meanwhile(ada: User, letters: list[Video]) -> None:
    playlist = make_playlist(ada, *letters[:3])
    ids = items_of(playlist)
    removed = remove_items(ada, playlist.public_id, list(ids.values()), now=utc_now())
    add_videos(ada, playlist.public_id, [letters[0].public_id], now=utc_now())
    with transaction() as session:
        session.delete(session.get_one(Video, letters[1].id))
    undo_change(ada, removed.undo or "")
    assert sorted(seen(ada, playlist)) == ["A", "C"]
    assert count_of(playlist) == 2


def test_a_deleted_playlist_is_gone_and_can_come_back(ada: User, letters: list[Video]) -> None:
    playlist = make_playlist(ada, letters[0])
    now = utc_now()
    playlists.delete_playlist(ada, playlist.public_id, now=now)
    for who in (ada, None):
        with pytest.raises(NotFound):
            playlists.get_playlist(who, playlist.public_id)
    assert playlists.list_mine(ada, PageQuery()).items == []
    with pytest.raises(NotFound):
        playlists.restore_playlist(make_user(), playlist.public_id, now=now)
    playlists.purge_playlists(now=now + timedelta(days=6))
    assert [one.id for one in playlists.list_deleted(ada)] == [playlist.id]
    playlists.restore_playlist(ada, playlist.public_id, now=now)
    assert seen(None, playlist) == ["A"]
    playlists.delete_playlist(ada, playlist.public_id, now=now)
    playlists.purge_playlists(now=now + timedelta(days=8))
    with pytest.raises(NotFound):
        playlists.restore_playlist(ada, playlist.public_id, now=now)


def test_the_cover_is_the_chosen_one_as_long_as_one_may_see_it(ada: User, letters: list[Video]) -> None:
    playlist = make_playlist(ada, *letters)
    playlists.update_playlist(ada, playlist.public_id, PlaylistUpdate(cover=letters[2].public_id))
    assert playlist_items.find_covers(None, [playlist])[playlist.id].title == "C"
    with transaction() as session:
        session.get_one(Video, letters[2].id).visibility = Visibility.PRIVATE
    assert playlist_items.find_covers(None, [playlist])[playlist.id].title == "A"
    assert playlist_items.find_covers(ada, [playlist])[playlist.id].title == "C"
    remove_items(ada, playlist.public_id, [items_of(playlist)["C"]], now=utc_now())
    assert playlist_items.find_covers(ada, [playlist])[playlist.id].title == "A"
    with pytest.raises(InvalidInput):
        playlists.update_playlist(ada, playlist.public_id, PlaylistUpdate(cover=letters[2].public_id))


def test_a_part_of_a_video_counts_for_the_length(ada: User, letters: list[Video]) -> None:
    playlist = make_playlist(ada, *letters)
    ids = items_of(playlist)
    assert playlist_items.measure(None, playlist) == playlist_items.Extent(5, 150.0)
    part = ItemUpdate.model_validate({"start_s": "0:10", "stop_s": "30"})
    update_item(ada, playlist.public_id, ids["E"], part)
    assert playlist_items.measure(None, playlist) == playlist_items.Extent(5, 120.0)
    for wrong in ({"start_s": 40, "stop_s": 20}, {"start_s": 500}):
        with pytest.raises(InvalidInput):
            update_item(ada, playlist.public_id, ids["E"], ItemUpdate.model_validate(wrong))


def test_a_video_that_is_removed_for_good_is_counted_no_more(ada: User, letters: list[Video], storage: object) -> None:
    playlist = make_playlist(ada, *letters)
    now = utc_now()
    video_bin.delete_video(ada, letters[1].public_id, now=now)
    assert seen(ada, playlist) == ["A", "-", "C", "D", "E"]
    video_bin.purge_deleted(storage=storage, now=now + timedelta(days=8))  # type: ignore[arg-type]
    assert (seen(ada, playlist), count_of(playlist)) == (["A", "C", "D", "E"], 4)


def test_pages_of_playlists_cost_the_same_for_any_length(ada: User, letters: list[Video]) -> None:
    short, long = make_playlist(ada, letters[0]), make_playlist(ada, *letters)
    counts = []
    for playlist in (short, long):
        with counted_queries() as statements:
            playlist_items.list_entries(None, playlist, PageQuery())
            playlist_items.find_covers(None, [playlist])
            playlist_items.measure(None, playlist)
        counts.append(len([text for text in statements if not text.startswith("BEGIN")]))
    assert counts[0] == counts[1]


def test_what_does_not_play_yet_is_listed_but_not_played(ada: User, letters: list[Video]) -> None:
    waiting = make_unready_video(ada, VideoStatus.PROCESSING, "waiting")
    playlist = make_playlist(ada, waiting, letters[1])
    assert seen(None, playlist) == ["waiting", "B"]
    first = playlist_items.find_first(None, playlist)
    assert first is not None
    assert first.video.title == "B"


def names(items: Iterable[PlaylistItem | None]) -> str:
    """The titles of their videos, "-" for none."""
    return "".join(item.video.title if item else "-" for item in items)


def play(actor: User | None, playlist: Playlist, video: Video, **how: object) -> Playing:
    """What stands around the video while the playlist is played."""
    playing = find_playing(actor, Wish(playlist.public_id, **how), get_video(actor, video.public_id))  # type: ignore[arg-type]
    assert playing is not None
    return playing


def test_playing_goes_on_and_begins_again_where_it_loops(ada: User, letters: list[Video]) -> None:
    playlist = make_playlist(ada, *letters)
    for index, expected in enumerate(("-B", "AC", "BD", "CE", "D-")):
        playing = play(None, playlist, letters[index])
        assert names((playing.previous, playing.next)) == expected
        assert (playing.place, playing.count) == (index + 1, 5)
        assert names(entry.item for entry in playing.entries) == "ABCDE"
    assert names((play(None, playlist, letters[4], loops=True).next,)) == "A"
    assert names((play(None, playlist, letters[0], loops=True).previous,)) == "E"
    alone = make_playlist(ada, letters[0])
    assert play(None, alone, letters[0], loops=True).next is None


def test_playing_skips_what_does_not_play_for_this_person(ada: User, letters: list[Video]) -> None:
    playlist = make_playlist(ada, *letters)
    with transaction() as session:
        session.get_one(Video, letters[1].id).visibility = Visibility.INTERNAL
        session.get_one(Video, letters[2].id).is_playable = False
        session.get_one(Video, letters[3].id).embed_rule = EmbedRule.NOWHERE
    assert names((play(None, playlist, letters[0]).next,)) == "D"
    assert names((play(make_user(), playlist, letters[0]).next,)) == "B"
    assert names((play(None, playlist, letters[0], is_embedded=True).next,)) == "E"
    playing = play(None, playlist, letters[3])
    assert (playing.place, playing.count, names((playing.previous,))) == (3, 4, "A")
    assert find_playing(None, Wish("aaaaaaaaaaa"), letters[0]) is None
    assert find_playing(None, Wish(playlists.WATCH_LATER), letters[0]) is None
    assert find_playing(None, Wish(playlist.public_id), make_video(ada, "Z")) is None


def test_a_shuffled_playlist_keeps_its_order_and_begins_with_what_plays(ada: User, letters: list[Video]) -> None:
    videos = [*letters, *(make_video(ada, name) for name in "FGHIJ")]
    playlist = make_playlist(ada, *videos)
    orders = set()
    for _ in range(8):
        shuffle = Shuffle.beginning_with(play(None, playlist, videos[3]).item)
        assert Shuffle.parse(str(shuffle)) == shuffle
        around = names(entry.item for entry in play(None, playlist, videos[3], shuffle=shuffle).entries)
        assert (around[0], sorted(around)) == ("D", list("ABCDEFGHIJ"))
        last = next(video for video in videos if video.title == around[9])
        playing = play(None, playlist, last, shuffle=shuffle)
        assert (playing.place, playing.next) == (10, None)
        assert around.endswith(names(entry.item for entry in playing.entries))
        orders.add(around)
    assert len(orders) > 4
    for wrong in ("", "1", "0.1", "1.2.3", "x.y", "-1.2", "9999999999.1", "1.9999999999", None):
        assert Shuffle.parse(wrong) is None


def test_long_playlists_are_shown_a_window_at_a_time(ada: User) -> None:
    videos = [make_video(ada, f"{number:03}") for number in range(90)]
    playlist = make_playlist(ada, *videos)
    with counted_queries() as statements:
        playing = play(None, playlist, videos[70])
    assert len([text for text in statements if not text.startswith("BEGIN")]) <= 40
    shown = [entry.item.video.title for entry in playing.entries]
    places = [entry.place for entry in playing.entries]
    assert (shown[0], shown[-1], places[0], places[-1], playing.later) == ("065", "089", 66, 90, None)
    earlier = list_more(None, Wish(playlist.public_id), cursor=playing.earlier or "", backwards=True)
    assert [entry.place for entry in earlier.items] == list(range(16, 66))
    assert earlier.items[0].item.video.title == "015"
    first = list_more(None, Wish(playlist.public_id), cursor=earlier.next or "", backwards=True)
    assert ([entry.place for entry in first.items], first.next) == (list(range(1, 16)), None)
    later = play(None, playlist, videos[0]).later
    following = list_more(None, Wish(playlist.public_id), cursor=later or "", backwards=False)
    assert [entry.place for entry in following.items] == list(range(22, 72))
    with pytest.raises(InvalidInput):
        list_more(None, Wish(playlist.public_id), cursor="x", backwards=False)
