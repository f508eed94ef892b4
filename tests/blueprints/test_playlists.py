"""Playlists in the browser: pages and forms, with htmx and without."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_encode, make_user, make_video, sign_in, sign_out
from tests.queries import counted_queries
from vod_web.models import Playlist, User, Video, Visibility
from vod_web.resources import resources
from vod_web.schemas.base import PageQuery
from vod_web.services import playlist_items, playlists

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def ada(app: Flask, client: FlaskClient) -> User:
    """Somebody who is signed in."""
    app.config["WTF_CSRF_ENABLED"] = False
    ada = make_user("ada")
    sign_in(client, ada)
    return ada


def make_list(client: FlaskClient, title: str, *videos: Video, visibility: str = "public") -> str:
    """The id of a playlist that is made by the forms, and holds these videos."""
    made = client.post("/playlists", data={"title": title, "visibility": visibility})
    playlist_id = str(made.headers["Location"]).rsplit("/", 1)[1]
    for video in videos:
        save(client, playlist_id, video)
    return playlist_id


def save(client: FlaskClient, playlist_id: str, *videos: Video, is_in: bool = True) -> None:
    """What the dialog's form does without a script."""
    data = {"video": [video.public_id for video in videos], "shown": playlist_id}
    answer = client.post("/save", data=data | ({"playlists": playlist_id} if is_in else {}))
    assert answer.status_code == 303


def titles(page: str) -> list[str]:
    """The titles of the rows, in order; "-" for what is not available."""
    rows = re.findall(r'data-title="([^"]*)"', page)
    return ["-" if row == "This video is not available" else row for row in rows]


def item_ids(page: str) -> list[str]:
    """The ids of the rows."""
    return re.findall(r'data-item="([^"]*)"', page)


def toast_of(answer: object) -> dict[str, object]:
    """The toast that the answer brings."""
    told: dict[str, object] = json.loads(answer.headers["HX-Trigger"])["toast"]  # type: ignore[attr-defined]
    return told


def test_watch_later_is_one_click_from_a_card_with_undo(client: FlaskClient, ada: User) -> None:
    video = make_video(ada, "film")
    address = f"/watch-later/{video.public_id}"
    assert f'action="{address}"' in client.get("/").text
    told = toast_of(client.post(address, headers=FRAGMENT))
    assert told["message"] == "Added to Watch later."
    assert titles(client.get("/watch-later").text) == ["film"]
    assert toast_of(client.post(address, headers=FRAGMENT))["message"] == "It is in Watch later already."
    undo = str(told["action"]["url"])  # type: ignore[index]
    assert toast_of(client.post(undo, headers={"HX-Request": "true"}))["action"]["url"] == address  # type: ignore[index]
    assert titles(client.get("/watch-later").text) == []
    back = client.post(address, headers={"Referer": "http://localhost/search?query=film"})
    assert (back.status_code, back.headers["Location"]) == (303, "/search?query=film")
    foreign = client.post(address, headers={"Referer": "http://evil.example/x"})
    assert foreign.headers["Location"] == "/"


def test_cards_say_what_is_in_watch_later_and_take_it_out(client: FlaskClient, ada: User) -> None:
    video, other = make_video(ada, "film"), make_video(ada, "other")
    address = f"/watch-later/{video.public_id}"

    def pressed() -> dict[str, str]:
        buttons = r'data-later="([^"]+)"[^>]*aria-pressed="(true|false)"'
        return dict(re.findall(buttons, client.get("/newest").text))

    assert pressed() == {video.public_id: "false", other.public_id: "false"}
    added = client.post(address, data={"wish": "in"}, headers=FRAGMENT)
    assert json.loads(added.headers["HX-Trigger"])["later-changed"] == {"video": video.public_id, "is_in": True}
    assert pressed() == {video.public_id: "true", other.public_id: "false"}
    removed = client.post(address, data={"wish": "out"}, headers=FRAGMENT)
    assert json.loads(removed.headers["HX-Trigger"])["later-changed"] == {"video": video.public_id, "is_in": False}
    assert pressed()[video.public_id] == "false"
    assert client.post(address, data={"wish": "in"}).status_code == 303
    assert client.post(address, data={"wish": "out"}).status_code == 303
    assert titles(client.get("/watch-later").text) == []
    sign_out(client)
    assert pressed() == {video.public_id: "false", other.public_id: "false"}


def test_visitors_are_led_to_sign_in(client: FlaskClient, ada: User) -> None:
    video_id = make_video(ada, "film").public_id
    sign_out(client)
    assert client.post(f"/watch-later/{video_id}", headers=FRAGMENT).headers["HX-Redirect"].startswith("/login")
    for address in ("/playlists", "/watch-later", f"/save?video={video_id}"):
        assert client.get(address).headers["Location"].startswith("/login?next="), address


def test_the_dialog_saves_without_a_script_too(client: FlaskClient, ada: User) -> None:
    film, play = make_video(ada, "film"), make_video(ada, "play")
    trips, music = make_list(client, "Trips"), make_list(client, "Music", film)
    page = client.get(f"/save?video={film.public_id}").text
    assert page.index("Watch later</span>") < page.index("Music</span>") < page.index("Trips</span>")
    assert re.search(rf'value="{music}" checked', page)
    assert not re.search(rf'value="{trips}" checked', page)
    data = {"video": film.public_id, "shown": [trips, music], "playlists": [trips], "next": "/search?query=x"}
    assert client.post("/save", data=data).headers["Location"] == "/search?query=x"
    assert titles(client.get(f"/playlists/{trips}").text) == ["film"]
    assert titles(client.get(f"/playlists/{music}").text) == []
    both = {"video": [film.public_id, play.public_id], "shown": [trips, music], "playlists": []}
    client.post("/save", data=both)
    assert titles(client.get(f"/playlists/{trips}").text) == ["film"]  # it held one of the two
    assert "2 videos" in client.get(f"/save?video={film.public_id}&video={play.public_id}").text
    assert client.post("/save", data=data | {"next": "//evil.example"}).headers["Location"] == "/"


def test_the_dialog_changes_one_box_at_a_time(client: FlaskClient, ada: User) -> None:
    film = make_video(ada, "film")
    trips, music = make_list(client, "Trips"), make_list(client, "Music", film)
    dialog = client.get(f"/save?video={film.public_id}", headers=FRAGMENT).text
    assert dialog.strip().startswith("<dialog")
    assert "<html" not in dialog
    data = {"video": film.public_id, "shown": [trips, music], "playlists": [trips], "changed": trips}
    answer = client.post("/save", data=data, headers=FRAGMENT)
    assert answer.text == "Saved in “Trips”."
    assert titles(client.get(f"/playlists/{music}").text) == ["film"]
    gone = client.post("/save", data=data | {"playlists": []}, headers=FRAGMENT)
    assert gone.text == "Removed from “Trips”."


def test_a_playlist_is_made_in_place(client: FlaskClient, ada: User) -> None:
    film = make_video(ada, "film")
    data = {"video": film.public_id, "title": "<b>New</b>", "visibility": "public"}
    body = client.post("/save/new", data=data, headers=FRAGMENT).text
    assert "Saved in “&lt;b&gt;New&lt;/b&gt;”." in body
    wrong = client.post("/save/new", data=data | {"title": ""}, headers=FRAGMENT)
    assert (wrong.status_code, "This is needed." in wrong.text) == (422, True)
    plain = client.post("/save/new", data=data | {"title": "Other"})
    assert plain.headers["Location"].startswith(f"/save?video={film.public_id}")


def test_the_page_of_a_playlist_says_what_is_in_it(client: FlaskClient, ada: User) -> None:
    films = [make_video(ada, f"film {number}", duration_s=61.0) for number in range(3)]
    trips = make_list(client, "Trips", *films)
    sign_out(client)
    page = client.get(f"/playlists/{trips}").text
    assert titles(page) == ["film 0", "film 1", "film 2"]
    assert "3 videos" in page
    assert "3:03 in all" in page
    assert f'href="/watch/{films[0].public_id}?list={trips}"' in page
    assert '<meta property="og:type" content="video.playlist">' in page
    assert "data-select" not in page
    assert "noindex" not in page
    shuffled = client.get(f"/playlists/{trips}/shuffle").headers["Location"]
    assert re.fullmatch(rf"/watch/\S{{11}}\?list={trips}&shuffle=\d+\.\d+", shuffled)
    assert client.get(f"/playlists/{trips}/qr.svg").mimetype == "image/svg+xml"


def test_long_playlists_go_on_by_link_and_by_fragment(client: FlaskClient, ada: User) -> None:
    trips = make_list(client, "Trips")
    save(client, trips, *[make_video(ada, f"film {number:02}") for number in range(60)])
    first = client.get(f"/playlists/{trips}").text
    assert len(titles(first)) == 50
    link = re.search(r'href="(/playlists/[^"]*cursor=[^"]+)"', first)
    assert link is not None
    page, rows = client.get(link[1]).text, client.get(link[1], headers=FRAGMENT).text
    assert titles(page) == titles(rows) == [f"film {number:02}" for number in range(50, 60)]
    assert re.findall(r"data-place>(\d+)<", rows) == [str(number) for number in range(51, 61)]
    assert "<html" not in rows


def test_pages_of_playlists_make_the_same_number_of_queries(client: FlaskClient, ada: User) -> None:
    films = [make_video(ada, f"film {number}", tags=[f"tag {number}"]) for number in range(4)]
    for film in films:
        make_encode(film, resources().storage)
    short, long = make_list(client, "Short", films[0]), make_list(client, "Long", *films)
    counts = {}
    for address in (f"/playlists/{short}", f"/playlists/{short}", f"/playlists/{long}", "/playlists"):
        with counted_queries() as statements:
            assert client.get(address).status_code == 200
        counts[address] = len([text for text in statements if not text.startswith("BEGIN")])
    assert counts[f"/playlists/{short}"] == counts[f"/playlists/{long}"] <= 30
    for number in range(5):
        make_list(client, f"List {number}", films[0])
    with counted_queries() as statements:
        client.get("/playlists")
    assert len([text for text in statements if not text.startswith("BEGIN")]) == counts["/playlists"]


def test_items_move_by_plain_forms_and_by_script(client: FlaskClient, ada: User) -> None:
    trips = make_list(client, "Trips", *[make_video(ada, name) for name in "ABC"])
    address = f"/playlists/{trips}"
    first, second, third = item_ids(client.get(address).text)
    moved = client.post(f"{address}/items/{third}/move", data={"to": "top"})
    assert moved.headers["Location"] == f"{address}#item-{third}"
    assert titles(client.get(address).text) == ["C", "A", "B"]
    told = client.post(f"{address}/items/{third}/move", data={"after": second}, headers=FRAGMENT)
    assert told.text == "3"
    assert client.post(f"{address}/items/{third}/move", data={}).status_code == 422
    assert client.post(f"{address}/items/nothing/move", data={"to": "up"}).status_code == 404
    stranger = make_user("stranger")
    sign_in(client, stranger)
    assert client.post(f"{address}/items/{first}/move", data={"to": "bottom"}).status_code == 403


def test_what_is_said_of_a_playlist_follows_its_items(client: FlaskClient, ada: User) -> None:
    films = [make_video(ada, f"film {number}") for number in range(2)]
    address = f"/playlists/{make_list(client, 'Trips', *films)}"
    page = client.get(address).text
    assert f'hx-get="{address}?facts=1" hx-trigger="playlist-changed from:body"' in page
    client.post(f"{address}/items/{item_ids(page)[1]}/move", data={"to": "top"}, headers={"HX-Request": "true"})
    facts = client.get(f"{address}?facts=1", headers=FRAGMENT).text
    assert re.findall(r"/watch/(\S{11})\?list=", facts) == [films[1].public_id]
    assert titles(facts) == []
    removed = client.post(f"{address}/items/{item_ids(page)[1]}/remove", headers=FRAGMENT)
    assert "playlist-changed" in removed.headers["HX-Trigger"]


def test_a_portrait_picture_stands_whole_for_a_playlist_and_for_what_comes_next(client: FlaskClient, ada: User) -> None:
    tall, wide = make_video(ada, "tall", width_px=240, height_px=426), make_video(ada, "wide")
    for video in (tall, wide):
        make_encode(video, resources().storage)
    trips, views = make_list(client, "Trips", tall, wide), make_list(client, "Views", wide, tall)
    lists = client.get("/playlists").text
    assert (lists.count("thumb-list thumb-portrait"), lists.count('class="thumb-fill"')) == (1, 1)
    nexts = [client.get(f"/watch/{one.public_id}?list={of}").text for one, of in ((tall, trips), (wide, views))]
    assert [re.search(r'data-next-video="list"[^>]*data-portrait', page) is None for page in nexts] == [True, False]


def test_removing_can_be_undone(client: FlaskClient, ada: User) -> None:
    trips = make_list(client, "Trips", *[make_video(ada, name) for name in "ABC"])
    address = f"/playlists/{trips}"
    ids = item_ids(client.get(address).text)
    told = toast_of(client.post(f"{address}/items/{ids[0]}/remove", headers=FRAGMENT))
    assert titles(client.get(address).text) == ["B", "C"]
    assert client.post(str(told["action"]["url"]), headers={"HX-Request": "true"}).status_code == 204  # type: ignore[index]
    assert titles(client.get(address).text) == ["A", "B", "C"]
    taken = client.post(f"{address}/items/take", data={"items": ids[:2]})
    page = client.get(taken.headers["Location"]).text
    assert titles(page) == ["C"]
    assert "2 videos removed." in page
    undo = re.search(r'action="(/playlists/undo/[^"]+)"', page)
    assert undo is not None
    client.post(undo[1])
    assert titles(client.get(address).text) == ["A", "B", "C"]


def test_all_are_moved_to_another_one_by_forms(client: FlaskClient, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vod_web.blueprints.playlists.lists.ITEMS_PER_PAGE", 2)
    trips = make_list(client, "Trips", *[make_video(ada, name) for name in "ABC"])
    other = make_list(client, "Other")
    address = f"/playlists/{trips}"
    assert 'data-select-everything="3"' in client.get(address).text
    chosen = client.post(f"{address}/items/target", data={"all": "1"})
    assert "3 videos of “Trips” go to the end of the playlist that you choose." in chosen.text
    assert '<input type="hidden" name="all" value="1">' in chosen.text
    assert f'name="to" value="{other}"' in chosen.text
    assert f'name="to" value="{trips}"' not in chosen.text
    moved = client.post(f"{address}/items/take", data={"all": "1", "to": other})
    page = client.get(moved.headers["Location"]).text
    assert "3 videos moved." in page
    undo = re.search(r'action="(/playlists/undo/[^"]+)"', page)
    assert undo is not None
    assert len(titles(client.get(f"/playlists/{other}").text)) == 2
    client.post(undo[1])
    assert titles(client.get(f"/playlists/{other}").text) == []


def test_where_checked_videos_go_is_asked_in_a_dialog(client: FlaskClient, ada: User) -> None:
    trips = make_list(client, "Trips", make_video(ada, "A"), make_video(ada, "B"))
    (first, _) = item_ids(client.get(f"/playlists/{trips}").text)
    dialog = client.post(f"/playlists/{trips}/items/target", data={"items": [first]}, headers=FRAGMENT).text
    assert dialog.strip().startswith('<dialog class="dialog"')
    assert f'<input type="hidden" name="items" value="{first}">' in dialog
    for path in ("target", "take"):
        assert client.post(f"/playlists/{trips}/items/{path}", data={}).status_code == 422


def test_a_deleted_playlist_comes_back(client: FlaskClient, ada: User) -> None:
    trips = make_list(client, "Trips")
    deleted = client.post(f"/playlists/{trips}/delete")
    assert client.get(f"/playlists/{trips}").status_code == 404
    assert "“Trips” is deleted." in client.get(deleted.headers["Location"]).text
    client.post(f"/playlists/{trips}/restore")
    assert client.get(f"/playlists/{trips}").status_code == 200
    told = toast_of(client.post(f"/playlists/{trips}/delete", headers=FRAGMENT))
    assert told["action"] == {"label": "Undo", "url": f"/playlists/{trips}/restore"}


def test_a_playlist_is_edited_by_its_form(client: FlaskClient, ada: User) -> None:
    film, play = make_video(ada, "film"), make_video(ada, "aaa")
    trips = make_list(client, "Trips", film, play, visibility="private")
    assert 'value="Trips"' in client.get(f"/playlists/{trips}/edit").text
    data = {
        "title": "Travels",
        "description": "See https://example.org by @ADA",
        "visibility": "public",
        "order": "title",
    }
    assert client.post(f"/playlists/{trips}/edit", data=data).status_code == 303
    page = client.get(f"/playlists/{trips}").text
    assert titles(page) == ["aaa", "film"]
    assert "data-handle" not in page
    assert 'href="https://example.org"' in page
    assert '<a href="/@ada">@ADA</a>' in page
    wrong = client.post(f"/playlists/{trips}/edit", data=data | {"title": ""})
    assert (wrong.status_code, "This is needed." in wrong.text) == (422, True)
    client.post(f"/playlists/{trips}/cover", data={"video": film.public_id})
    stored = playlists.get_playlist(ada, trips)
    assert stored.cover_video_id == film.id
    assert playlist_items.list_entries(None, stored, PageQuery()).items[0].item.video.title == "aaa"


def test_only_its_owner_sees_that_something_is_not_available(client: FlaskClient, ada: User) -> None:
    bob = make_user("bob")
    gone = make_video(bob, "Secret name")
    trips = make_list(client, "Trips", gone, make_video(ada, "film"))
    sign_in(client, bob)
    client.post(f"/studio/videos/{gone.public_id}", data={"title": "Secret name", "visibility": "private"})
    assert titles(client.get(f"/playlists/{trips}").text) == ["Secret name", "film"]
    sign_in(client, ada)
    page = client.get(f"/playlists/{trips}").text
    assert titles(page) == ["-", "film"]
    assert "Secret name" not in page
    sign_out(client)
    assert titles(client.get(f"/playlists/{trips}").text) == ["film"]


@pytest.mark.parametrize("visibility", list(Visibility))
def test_who_opens_a_playlist(client: FlaskClient, ada: User, visibility: Visibility) -> None:
    trips = make_list(client, "Trips", visibility=visibility.value)
    expected = {"visitor": 404, "stranger": 404, "ada": 200}
    if visibility in (Visibility.PUBLIC, Visibility.UNLISTED):
        expected |= {"visitor": 200, "stranger": 200}
    elif visibility is Visibility.INTERNAL:
        expected |= {"stranger": 200}
    stranger = make_user("stranger")
    for who, person in (("visitor", None), ("stranger", stranger), ("ada", ada)):
        sign_out(client)
        if person:
            sign_in(client, person)
        assert client.get(f"/playlists/{trips}").status_code == expected[who], who
        edit = client.get(f"/playlists/{trips}/edit")
        assert (edit.status_code == 200) == (who == "ada"), who


def test_nonsense_addresses_are_not_found(client: FlaskClient, ada: User) -> None:
    for address in ("/playlists/x", "/playlists/%00", "/playlists/aaaaaaaaaaa", "/playlists/aaaaaaaaaaa/shuffle"):
        assert client.get(address).status_code == 404, address
    assert client.get("/save?video=x").status_code == 404
    assert client.post("/playlists/undo/x").status_code == 404
    empty = make_list(client, "Empty")
    assert client.get(f"/playlists/{empty}/shuffle").status_code == 404
    assert client.get(f"/playlists/{empty}?cursor=x").status_code == 422
    assert isinstance(playlists.get_playlist(ada, empty), Playlist)


def next_of(page: str) -> str | None:
    """What the player goes on to."""
    found = re.search(r'data-next-video="list" href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else None


def test_the_watch_page_plays_a_playlist_on(client: FlaskClient, ada: User) -> None:
    films = [make_video(ada, f"film {number}") for number in range(3)]
    trips = make_list(client, "Trips", *films)
    address = f"/watch/{films[1].public_id}"
    page = client.get(f"{address}?list={trips}&loop=1").text
    assert "2 of 3" in page
    assert next_of(page) == f"/watch/{films[2].public_id}?list={trips}&loop=1"
    assert f'data-previous-video href="/watch/{films[0].public_id}?list={trips}&amp;loop=1"' in page
    assert "data-playing" not in client.get(address).text
    for odd in ("x", "aaaaaaaaaaa", "%00", playlists.WATCH_LATER):
        assert client.get(f"{address}?list={odd}").status_code == 200
    shuffled = re.search(r'href="([^"]+shuffle=[^"]+)"', page)
    assert shuffled is not None
    assert "1 of 3" in client.get(shuffled[1].replace("&amp;", "&")).text


def test_a_part_of_a_video_begins_and_ends_where_it_was_said(client: FlaskClient, ada: User) -> None:
    film = make_video(ada, "film")
    make_encode(film, resources().storage)
    trips = make_list(client, "Trips", film)
    item = item_ids(client.get(f"/playlists/{trips}").text)[0]
    client.post(f"/playlists/{trips}/items/{item}/part", data={"start_s": "0:10", "stop_s": "0:20"})
    page = client.get(f"/watch/{film.public_id}?list={trips}").text
    assert 'data-start="10.0"' in page
    assert 'data-stop="20.0"' in page
    assert client.post(f"/playlists/{trips}/items/{item}/part", data={"start_s": "late"}).status_code == 422


def test_more_rows_of_the_panel_come_as_a_fragment(client: FlaskClient, ada: User) -> None:
    films = [make_video(ada, f"film {number:02}") for number in range(40)]
    trips = make_list(client, "Trips")
    save(client, trips, *films)
    page = client.get(f"/watch/{films[0].public_id}?list={trips}").text
    more = re.search(r'hx-get="([^"]+panel[^"]+)"', page)
    assert more is not None
    address = more[1].replace("&amp;", "&")
    rows = client.get(address, headers=FRAGMENT).text
    assert re.findall(r"<strong[^>]*>(film \d\d)<", rows) == [f"film {number:02}" for number in range(21, 40)]
    assert client.get(address).headers["Location"] == f"/playlists/{trips}"


def test_a_playlist_stands_on_other_sites(client: FlaskClient, ada: User) -> None:
    films = [make_video(ada, f"film {number}") for number in range(2)]
    for film in films:
        make_encode(film, resources().storage)
    trips, mine = make_list(client, "Trips", *films), make_list(client, "Mine", *films, visibility="private")
    sign_out(client)
    first = client.get(f"/embed/playlists/{trips}?loop=1")
    assert first.headers["Location"] == f"/embed/{films[0].public_id}?loop=1&list={trips}"
    page = client.get(first.headers["Location"])
    assert next_of(page.text) == f"/embed/{films[1].public_id}?list={trips}&loop=1"
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    refused = client.get(f"/embed/playlists/{mine}")
    assert (refused.status_code, f"/playlists/{mine}" in refused.text) == (404, True)
    base = resources().settings.base_url
    for path in (f"/playlists/{trips}", f"/embed/playlists/{trips}"):
        told = client.get("/oembed", query_string={"url": base + path, "maxwidth": 640}).json
        assert (told["type"], told["title"], told["width"], told["height"]) == ("video", "Trips", 640, 360)
        assert f'src="{base}/embed/playlists/{trips}"' in told["html"]
    for path in (f"/playlists/{mine}", "/playlists", f"/studio/{trips}", "/playlists/x"):
        assert client.get("/oembed", query_string={"url": base + path}).status_code == 404, path
    sitemap = client.get("/sitemap-0.xml").text
    assert f"/playlists/{trips}<" in sitemap
    assert mine not in sitemap


def test_a_channel_shows_its_public_playlists(client: FlaskClient, ada: User) -> None:
    film = make_video(ada, "film")
    for visibility in Visibility:
        make_list(client, f"The {visibility.value} one", film, visibility=visibility.value)
    make_list(client, "An empty one")
    assert len(re.findall(r">The \w+ one<", client.get("/@ada/playlists").text)) == 4
    sign_in(client, make_user("eve"))
    seen = client.get("/@ada/playlists").text
    assert re.findall(r">The (\w+) one<", seen) == ["internal", "public"]
    sign_out(client)
    seen = client.get("/@ada/playlists", headers=FRAGMENT).text
    assert re.findall(r">The (\w+) one<", seen) == ["public"]
    assert "empty one" not in seen
    assert "No playlists yet" in client.get("/@eve/playlists").text
    assert client.get("/@nobody/playlists").status_code == 404


def test_several_videos_of_the_studio_are_saved_at_once(client: FlaskClient, ada: User) -> None:
    films = [make_video(ada, f"film {number}") for number in range(3)]
    trips = make_list(client, "Trips")
    page = client.get("/studio").text
    assert f'name="video" value="{films[0].public_id}" form="selection"' in page
    save(client, trips, *films)
    assert titles(client.get(f"/playlists/{trips}").text) == ["film 0", "film 1", "film 2"]
