"""Finding videos by words, alike on both databases: what is found, by whom, in which order, page after page."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import Engine, func, select, text

from tests.factories import make_unready_video, make_user, make_video
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.core.errors import InvalidInput
from vod_web.db.session import current_session, transaction
from vod_web.media.webvtt import Cue, format_webvtt
from vod_web.models import (
    Caption,
    CaptionOrigin,
    PublishRule,
    SearchDocument,
    SearchWord,
    Source,
    SourceState,
    User,
    Video,
    VideoStatus,
    Visibility,
)
from vod_web.schemas.channels import ProfileUpdate
from vod_web.schemas.video_lists import SearchFilter
from vod_web.schemas.videos import VideoUpdate
from vod_web.services import accounts, caption_files, library, videos
from vod_web.services.caption_files import find_shown_captions
from vod_web.services.search import finding, in_postgres, in_sqlite, labels, statistics
from vod_web.services.search.hits import list_hits, say_meant
from vod_web.services.search.index import languages_of_texts
from vod_web.services.search.questions import Answer
from vod_web.services.search.rebuild import rebuild
from vod_web.services.search.spoken import index_missing_captions
from vod_web.services.search.suggestions import Suggestions
from vod_web.storage import keys
from vod_web.storage.local import LocalStorage


@pytest.fixture
def ada(database: Engine) -> User:
    """Somebody who publishes."""
    return make_user("ada", display_name="Ada Lovelace")


@pytest.fixture(params=["trigrams", "beginnings"])
def nearness(request: pytest.FixtureRequest, database: Engine) -> Iterator[str]:
    """With and without the extension `pg_trgm`."""
    if request.param == "beginnings":
        if database.dialect.name == "sqlite":
            pytest.skip("SQLite always has trigrams")
        with transaction() as session:
            session.execute(text("ALTER INDEX fts_words_near RENAME TO fts_words_far"))
        yield request.param
        with transaction() as session:
            session.execute(text("ALTER INDEX fts_words_far RENAME TO fts_words_near"))
    else:
        yield request.param


def search(query: str, actor: User | None = None, **more: object) -> Answer:
    """What somebody finds."""
    return library.search_listed(actor, SearchFilter.model_validate({"query": query, **more}), now=utc_now())


def titles(query: str, actor: User | None = None, **more: object) -> list[str]:
    """The titles of the first page."""
    return [video.title for video in search(query, actor, **more).page.items]


def say(video: Video, storage: LocalStorage, *lines: str, language: str = "en") -> Caption:
    """Add a caption track with a line every ten seconds."""
    cues = [Cue(Fraction(10 * place), Fraction(10 * place + 5), line) for place, line in enumerate(lines, 1)]
    name, _ = caption_files.store_cues(storage, video.public_id, cues, Fraction(600))
    values = {"origin": CaptionOrigin.UPLOADED, "language": language, "label": language, "name": name}
    with transaction() as session:
        caption = Caption(video_id=video.id, **values)
        session.add(caption)
    return caption


def test_every_word_must_be_somewhere(ada: User, storage: LocalStorage) -> None:
    video = make_video(ada, "Übergänge", description="Trains in the <Alps>", tags=["railway", "zürich hb"])
    say(video, storage, "Mind the gap &amp; the <i>platform</i>")
    make_video(make_user("bob"), "Harbour")
    for query in ("ubergange", "ALPS trains", "railway übergänge", "zurich", "lovelace", "gap platform alp", "ADA gap"):
        assert titles(query) == ["Übergänge"], query
    assert titles("alps harbour") == []
    assert titles("%") == titles("_") == titles("!?") == []
    assert titles("") == ["Harbour", "Übergänge"]


def test_word_forms_and_beginnings_are_found(ada: User) -> None:
    make_video(ada, "Stories of running")
    make_video(ada, "Häuser am See", language="de")
    make_video(ada, "東京タワーの夜", language="ja")
    assert titles("story") == titles("run") == titles("runs") == titles("stor") == ["Stories of running"]
    assert titles("haus") == ["Häuser am See"]
    assert titles("東京") == titles("タワー") == titles("夜") == titles("京") == ["東京タワーの夜"]


def test_mistyped_words_are_understood(ada: User, nearness: str) -> None:
    make_video(ada, "Sunrise over the harbour")
    make_video(ada, "Alpenpass")
    found = search("sunrize harbuor")
    assert found.is_loose
    assert [video.title for video in found.page.items] == ["Sunrise over the harbour"]
    hits = list(list_hits(found.page.items, found.terms, lambda _videos: []).values())
    assert say_meant("The sunrize, HARBUOR", found.terms, hits) == "The sunrise, harbour"
    assert not search("harbour").is_loose
    if nearness == "trigrams":
        assert titles("harvour") == titles("arbour") == ["Sunrise over the harbour"]
        assert titles("pass") == ["Alpenpass"]


def test_places_and_age_decide_the_order(ada: User, storage: LocalStorage) -> None:
    said = make_video(ada, "said")
    say(said, storage, "a lighthouse")
    make_video(ada, "described", description="with a lighthouse")
    make_video(make_user("keeper", display_name="Lighthouse keeper"), "by the channel")
    make_video(ada, "tagged", tags=["lighthouse"])
    now = utc_now()
    make_video(ada, "The old lighthouse", published_at=now - timedelta(days=3000))
    make_video(ada, "The new lighthouse", published_at=now - timedelta(days=3))
    ranked = ["The new lighthouse", "The old lighthouse", "tagged", "by the channel", "described", "said"]
    assert titles("lighthouse") == ranked
    assert titles("lighthouse", sort="published_at")[0] == "The old lighthouse"
    with transaction() as session:
        session.merge(said).view_count = 5
    assert titles("lighthouse", sort="-views")[0] == "said"


@pytest.mark.parametrize("most_ranked", [1000, 5])
@pytest.mark.parametrize("sort", ["relevance", "-published_at", "duration_s"])
def test_pages_show_everything_once_also_while_more_is_published(
    ada: User, monkeypatch: pytest.MonkeyPatch, most_ranked: int, sort: str
) -> None:
    monkeypatch.setattr(finding, "MOST_RANKED", most_ranked)
    moment = utc_now()
    wanted = set()
    for number in range(14):
        title = f"film {number}" if number % 2 else f"other {number}"
        at = moment - timedelta(days=number // 2)
        wanted.add(make_video(ada, title, tags=["film"], published_at=at, duration_s=float(number % 3)).title)
    seen: list[str] = []
    cursor = None
    for page in range(20):
        found = search("film", sort=sort, limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [video.title for video in found.page.items]
        cursor = found.page.next
        if cursor is None:
            break
        make_video(ada, f"film in between {page}", published_at=moment + timedelta(minutes=page + 1), duration_s=0.0)
    assert [title for title in seen if title in wanted] == list(
        dict.fromkeys(title for title in seen if title in wanted)
    )
    assert wanted <= set(seen)


@pytest.fixture(params=["by the index", "walking", "in the newest ranges"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How common words are found: as in a small library, or as where they are in thousands of videos."""
    if request.param != "by the index":
        for module in (finding, in_sqlite):
            monkeypatch.setattr(module, "PLENTY", 1)
        monkeypatch.setattr(statistics, "MOST_BY_SCAN", 0)
        monkeypatch.setattr(statistics, "KEPT_FOR_S", 0.0)
    if request.param == "in the newest ranges":
        monkeypatch.setattr(in_postgres, "RANGED_SHARE", 0.0)
        monkeypatch.setattr(in_postgres, "WALKED_SHARE", 2.0)
        monkeypatch.setattr(labels, "RANGE_IDS", 1)
        monkeypatch.setattr(labels, "ROOM", 0.25)
    return str(request.param)


def analyze() -> None:
    """Let the database look at what there is, as it does by itself in large tables."""
    with transaction() as session:
        session.execute(text("ANALYZE"))


@pytest.mark.parametrize("sort", ["-published_at", "-views", "duration_s", "relevance"])
def test_common_words_are_found_in_the_same_places_by_any_way(
    ada: User, storage: LocalStorage, monkeypatch: pytest.MonkeyPatch, way: str, sort: str
) -> None:
    monkeypatch.setattr(finding, "MOST_RANKED", 2)
    say(make_video(ada, "said"), storage, "two lighthouses")
    for number, title in enumerate(["The lighthouse", "Houses of light", "Lighthousekeeping", "Lighthouse"]):
        make_video(ada, title, duration_s=float(number + 1), tags=["lighthouse"] if "light" in title else [])
    make_video(make_user("keeper", display_name="Lighthouse keeper"), "by the channel")
    make_video(ada, "harbour")
    analyze()
    expected = {"said", "The lighthouse", "Houses of light", "Lighthousekeeping", "Lighthouse", "by the channel"}
    assert set(titles("lighthouse", sort=sort)) | {"Lighthousekeeping"} == expected
    assert set(titles("lighthouse the", sort=sort)) == {"The lighthouse", "by the channel"}
    assert titles("lighthouse", sort=sort, owner="keeper") == ["by the channel"]
    assert "Houses of light" in titles("lighthouse", sort=sort, tag="lighthouse")


def test_what_is_titled_as_typed_comes_first_however_much_is_found(
    ada: User, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(finding, "MOST_RANKED", 2)
    now = utc_now()
    for number in range(5):
        make_video(ada, f"Blue whales {number}", published_at=now - timedelta(days=number))
    make_video(ada, "of whales", description="blue ones")
    make_video(ada, "Blue Whales!")
    make_video(ada, "Blaue Wale", language="de")
    for number in range(5, 8):
        make_video(ada, f"Blue whales {number}")
    analyze()
    first = search("blue whales", limit=3)
    second = search("blue whales", limit=20, cursor=first.page.next)
    assert [video.title for video in first.page.items] == ["Blue Whales!", "Blue whales 7", "Blue whales 6"]
    assert [video.title for video in second.page.items] == [
        *(f"Blue whales {number}" for number in (5, 4, 3, 2, 1, 0)), "of whales",
    ]  # fmt: skip
    only = search("blue whales", limit=1)
    assert only.page.next
    assert [video.title for video in search("blue whales", limit=1, cursor=only.page.next).page.items] == [
        "Blue whales 7"
    ]


def test_no_more_is_claimed_than_a_filter_leaves_of_what_is_common(ada: User, way: str) -> None:
    for number in range(4):
        make_video(ada, f"film {number}", tags=["sea"])
    analyze()
    for narrow in ({"tag": "sea"}, {"owner": "ada"}):
        found = search("film", limit=3, **narrow)
        assert (found.count, found.has_more) in ((4, False), (3, True))


def test_words_are_sought_in_the_languages_of_the_texts(ada: User, storage: LocalStorage) -> None:
    video = make_video(ada, "Häuser", language="de-CH")
    say(video, storage, "les chevaux", language="fr")
    assert languages_of_texts(current_session()) == {"de", "fr"}
    assert titles("haus") == titles("cheval") == ["Häuser"]


def test_a_loose_search_goes_on_loosely(ada: User) -> None:
    for number in range(5):
        make_video(ada, f"harbour {number}")
    first = search("harbuor", limit=2)
    make_video(ada, "harbuor")
    second = search("harbuor", limit=2, cursor=first.page.next)
    third = search("harbuor", limit=2, cursor=second.page.next)
    seen = [video.title for found in (first, second, third) for video in found.page.items]
    assert sorted(seen)[-5:] == sorted(f"harbour {number}" for number in range(5))


def test_cursors_of_other_orders_are_refused(ada: User) -> None:
    for number in range(3):
        make_video(ada, f"film {number}")
    cursor = search("film", limit=1).page.next
    for other in ("x", "W10", "bnVsbA", "WyJyZWxldmFuY2UtdGl0bGVzIiwgImEiLCAxXQ", str(cursor)):
        with pytest.raises(InvalidInput):
            search("film", sort="duration_s", cursor=other)
    for other in ("x", "W10", "bnVsbA", "WyJyZWxldmFuY2UtdGl0bGVzIiwgImEiLCAxXQ", "WyJ0aXRsZSIsICJhIiwgMV0"):
        with pytest.raises(InvalidInput):
            search("film", cursor=other)


def test_filters_narrow(ada: User, storage: LocalStorage) -> None:
    now = utc_now()
    values = {"category": "travel", "language": "de", "licence": "cc-by-4.0", "tags": ["sea"], "duration_s": 100.0}
    video = make_video(ada, "film one", published_at=now - timedelta(days=2), **values)
    say(video, storage, "hello")
    make_video(make_user("bob"), "film two", published_at=now - timedelta(days=200), duration_s=2000.0)
    for narrow in (
        {"category": "travel"},
        {"language": "de"},
        {"licence": "cc-by-4.0"},
        {"tag": "sea"},
        {"owner": "ada"},
        {"age": "week"},
        {"length": "short"},
        {"has_captions": "true"},
        {"max_duration_s": 200},
        {"published_after": (now - timedelta(days=5)).isoformat()},
    ):
        assert titles("film", **narrow) == ["film one"], narrow
    assert titles("film", length="long") == titles("film", has_captions="false") == ["film two"]
    assert titles("film", age="day") == []


HIDDEN = {
    "unlisted": {"visibility": Visibility.UNLISTED},
    "private": {"visibility": Visibility.PRIVATE},
    "internal": {"visibility": Visibility.INTERNAL},
    "scheduled": {"publish_rule": PublishRule.AT_TIME, "published_at": None},
    "not published": {"published_at": None},
    "deleted": {"status": VideoStatus.DELETED},
    "blocked": {"status": VideoStatus.BLOCKED},
    "does not play": {"is_playable": False},
}


@pytest.mark.parametrize("why", HIDDEN)
def test_what_is_hidden_is_neither_found_nor_suggested(ada: User, storage: LocalStorage, why: str) -> None:
    owner = make_user("hidden", display_name="Secretive")
    stranger = make_user("stranger")
    named = make_user("named")
    video = make_video(owner, "Zebra", description="quokka", tags=["wombat"], viewers=[named], **HIDDEN[why])
    say(video, storage, "narwhal")
    for actor in (None, stranger, named, owner, make_user("boss", role="admin")):
        expected = ["Zebra"] if why == "internal" and actor else []
        for query in ("zebra", "zebar", "zeb", "quokka", "qoukka", "wombat", "narwhal", "narwhla", "secretive"):
            found = search(query, actor)
            assert [one.title for one in found.page.items] == expected, (why, query)
            assert found.count == len(expected)
        for typed in ("zeb", "womb", "secr", "hidd"):
            assert bool(library.suggest_listed(actor, typed)) == bool(expected), (why, typed)
        assert titles("", actor, tag="wombat") == expected


def test_hiding_holds_at_once(ada: User) -> None:
    video = make_video(ada, "Zebra")
    assert titles("zebra") == ["Zebra"]
    videos.update_video(ada, video.public_id, VideoUpdate(visibility=Visibility.PRIVATE))
    assert titles("zebra") == titles("zebar") == []
    assert not library.suggest_listed(None, "zeb")


def test_changes_hold_at_once(ada: User) -> None:
    video = make_video(ada, "Zebra", tags=["old"])
    videos.update_video(ada, video.public_id, VideoUpdate(title="Okapi", description="of the forest", tags=["new"]))
    assert titles("zebra") == titles("old") == []
    assert titles("okapi") == titles("forest") == titles("new") == ["Okapi"]
    videos.update_video(ada, video.public_id, VideoUpdate(language="de"))
    accounts.change_profile(ada, ProfileUpdate(display_name="Grace Hopper", about=""))
    assert titles("lovelace") == []
    assert titles("hopper") == titles("ada") == ["Okapi"]
    assert [one.key for one in library.suggest_listed(None, "hop").channels] == ["ada"]
    assert not library.suggest_listed(None, "lovel").channels


def test_a_change_that_is_taken_back_leaves_no_words(ada: User) -> None:
    video = make_video(ada, "Zebra")
    with pytest.raises(ZeroDivisionError), transaction():
        videos.update_video(ada, video.public_id, VideoUpdate(title="Okapi"))
        raise ZeroDivisionError
    assert titles("okapi") == []
    assert titles("zebra") == ["Zebra"]


def test_what_is_said_is_found_at_its_second_until_it_is_taken_out(ada: User, storage: LocalStorage) -> None:
    video = make_video(ada, "Talk", duration_s=600.0)
    caption = say(video, storage, "Welcome", "The <b>narwhal</b> &lt;3", "Thanks")
    found = search("talk narwhals")
    hit = list_hits(found.page.items, found.terms, lambda _videos: [caption])[video.public_id]
    assert hit.spoken is not None
    assert hit.spoken.start_s == 20.0
    assert "".join(piece.text for piece in hit.spoken.pieces) == "The narwhal <3"
    with transaction() as session:
        session.merge(caption).deleted_at = utc_now()
    assert titles("narwhal") == []
    with transaction() as session:
        session.merge(caption).deleted_at = None
    assert titles("narwhal") == ["Talk"]
    with transaction() as session:
        session.delete(session.merge(caption))
    assert titles("narwhal") == []


def test_only_what_the_file_in_use_says_is_found(ada: User, storage: LocalStorage) -> None:
    video = make_video(ada, "Talk")
    with transaction() as session:
        source = Source(video_id=video.id, key="k", filename="talk.mp4", size_bytes=1)
        session.add(source)
    caption = say(video, storage, "narwhal")
    with transaction() as session:
        mine = session.merge(caption)
        mine.origin, mine.source_id = CaptionOrigin.EMBEDDED, source.id
    assert titles("narwhal") == ["Talk"]
    with transaction() as session:
        session.merge(source).state = SourceState.FORMER
    assert titles("narwhal") == []


def test_captions_that_nobody_noted_are_read_from_the_storage(ada: User, storage: LocalStorage) -> None:
    video = make_video(ada, "Talk")
    cues = [Cue(Fraction(7), Fraction(9), "A narwhal")]
    values = {"origin": CaptionOrigin.UPLOADED, "language": "en", "label": "English"}
    with transaction() as session:
        session.add(Caption(video_id=video.id, name="unheard", **values))
        session.add(Caption(video_id=video.id, name="lost", **values))
    key = keys.captions_key(video.public_id, "unheard")
    storage.put_bytes(key, format_webvtt(cues).encode(), content_type="text/vtt", cache_control=None)
    assert titles("narwhal") == []
    assert index_missing_captions(storage=storage) == 2
    assert titles("narwhal") == ["Talk"]
    assert index_missing_captions(storage=storage) == 0


def keys_of(found: Suggestions) -> tuple[list[str], list[str], list[str]]:
    """What is suggested, in plain text."""
    return (
        ["".join(piece.text for piece in one.pieces) for one in found.titles],
        [one.key for one in found.tags],
        [one.key for one in found.channels],
    )


def test_suggestions_are_titles_tags_and_channels(ada: User) -> None:
    make_user("alpine", display_name="Alpine Club")
    make_video(ada, "Alpine roses", tags=["the alps", "zürich"])
    make_video(ada, "Alpine roses")
    make_video(make_user("albert", display_name="Big Al"), "Cooking", description="alpine herbs")
    assert keys_of(library.suggest_listed(None, "al")) == (["Alpine roses"], ["the alps"], ["albert"])
    assert keys_of(library.suggest_listed(None, "rose alp")) == (["Alpine roses"], [], [])
    assert keys_of(library.suggest_listed(None, "ZUR")) == ([], ["zürich"], [])
    assert not library.suggest_listed(None, "a")
    assert not library.suggest_listed(None, " % ")


HOSTILE = (
    '"', "'", "*", "a* OR b", "NOT", "AND AND", "NEAR(a b)", "title:a", "{title}:a", "^a", "a -b", "(((", ")", "\\",
    "%", "_", "a & | ! <-> :* b", "';DROP TABLE videos;--", "¬en¬film", "🎉", "🏳️‍🌈 👩‍👩‍👧", "שלום עולם",
    "\u202efilm\u202c", "a" * 200, "é" * 200,
    "a b c d e f g h i j k l m n o p q r s t u v w x y z" * 3, "\U0010ffff", "𝔣𝔦𝔩𝔪", "½ ﷺ", "\u0300", "\u200d", "ⅷ",
)  # fmt: skip


@pytest.mark.parametrize("sort", ["relevance", "-views"])
def test_nothing_that_is_typed_is_an_operator(ada: User, sort: str) -> None:
    make_video(ada, "film 🎉")
    for query in HOSTILE:
        found = search(query[:200], sort=sort)
        assert found.count in (0, 1), query
        library.suggest_listed(None, query[:200])
    assert titles("🎉") == titles("𝔣𝔦𝔩𝔪") == titles("\u202efilm\u202c") == ["film 🎉"]


def test_a_search_costs_the_same_however_much_is_found(ada: User, storage: LocalStorage) -> None:
    counts = set()
    search("narwhal")  # what the site has decided is read once
    for number in range(6):
        say(make_video(ada, f"film {number}", tags=[f"t{number}"]), storage, "a narwhal")
        with counted_queries() as statements:
            found = search("narwhal")
            list_hits(found.page.items, found.terms, find_shown_captions)
        counts.add(len(statements))
    assert len(counts) == 1
    assert counts.pop() <= 10


def test_the_index_is_made_anew_from_nothing(ada: User, storage: LocalStorage) -> None:
    video = make_video(ada, "Zebra", description="quokka", tags=["wombat"])
    say(video, storage, "narwhal")
    with transaction() as session:
        session.execute(text("DELETE FROM search_tracks"))
        session.execute(text("DELETE FROM search_words"))
        session.execute(text("DELETE FROM search_names"))
        session.execute(text("DELETE FROM search_documents"))
    assert titles("zebra") == []
    told: list[tuple[str, int]] = []
    rebuild(storage=storage, report=lambda what, done: told.append((what, done)))
    for query in ("zebra", "zebar", "quokka", "wombat", "narwhal", "lovelace"):
        assert titles(query) == ["Zebra"], query
    assert keys_of(library.suggest_listed(None, "wo"))[1] == ["wombat"]
    assert told == [("tags", 1), ("people", 1), ("videos", 1), ("caption tracks", 1)]
    known = set(current_session().scalars(select(SearchWord.word)))
    assert {"zebra", "quokka", "wombat", "narwhal", "ada", "lovelace"} == known


def test_words_go_with_their_video(ada: User) -> None:
    video = make_video(ada, "Zebra")
    make_unready_video(ada, VideoStatus.UPLOADING, "not there yet")
    with transaction() as session:
        session.execute(text("DELETE FROM videos WHERE id = :id"), {"id": video.id})
    assert current_session().scalar(select(func.count()).select_from(SearchDocument)) == 1
    assert titles("zebra") == []


def test_nearly_the_words_go_on_beyond_what_is_ranked(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_RANKED", 5)
    for number in range(12):
        make_video(ada, f"harbour {number}")
    found = search("harbuor", limit=3)
    assert found.is_loose
    seen = [video.title for video in found.page.items]
    while found.page.next:
        found = search("harbuor", limit=3, cursor=found.page.next)
        assert found.is_loose
        seen += [video.title for video in found.page.items]
    assert seen == [f"harbour {number}" for number in reversed(range(12))]


@pytest.mark.parametrize("typed", ["film", "flim"])
def test_a_ranked_list_goes_on_when_it_becomes_more_than_is_ranked(
    ada: User, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(finding, "MOST_RANKED", 5)
    for number in range(5):
        make_video(ada, f"film {number}")
    first = search(typed, limit=2)
    make_video(ada, "film 5")
    second = search(typed, limit=2, cursor=first.page.next)
    assert second.is_loose is (typed == "flim")
    assert (second.count, second.has_more) == (5, True)
    seen = [video.title for page in (first, second) for video in page.page.items]
    assert len(set(seen)) == 4


def test_of_many_nobody_claims_more_than_are_found(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that nobody may see count among the expected ones."""
    monkeypatch.setattr(statistics, "MOST_BY_SCAN", 0)
    monkeypatch.setattr(statistics, "KEPT_FOR_S", 0.0)
    for module in (finding, in_sqlite):
        monkeypatch.setattr(module, "PLENTY", 10)
    for number in range(20):
        make_video(ada, f"film {number}", visibility=Visibility.PRIVATE)
    for number in range(4):
        make_video(ada, f"film pub {number}")
    analyze()
    found = search("film", limit=3)
    assert (found.count, found.has_more) == (3, True)
    found = search("film", limit=4)
    assert (found.count, found.has_more) == (4, False)


def test_nobody_learns_of_the_words_of_private_videos_by_mistyping(ada: User) -> None:
    make_video(ada, "hydrogex alpha")
    assert titles("hydrogen alphq") == ["hydrogex alpha"]
    make_video(ada, "hydrogen", visibility=Visibility.PRIVATE)
    make_video(ada, "hydrogen", published_at=None)
    assert titles("hydrogen alphq") == ["hydrogex alpha"]
    make_video(ada, "hydrogen")
    assert titles("hydrogen alphq") == []


def test_videos_whose_captions_were_taken_out_have_none(ada: User) -> None:
    video = make_video(ada, "film")
    with transaction() as session:
        track = Caption(
            video_id=video.id, origin=CaptionOrigin.UPLOADED, name="x", language="en", label="English", cue_count=1
        )
        session.add(track)
    assert titles("film", has_captions=True) == ["film"]
    with transaction() as session:
        session.get_one(Caption, track.id).deleted_at = utc_now()
    assert titles("film", has_captions=True) == []
    assert titles("film", has_captions=False) == ["film"]
