"""What is a word, what may have been meant, in which order, and what is marked: without a database."""

import random
import unicodedata
from datetime import UTC, datetime

import pytest

from vod_web.services.search import marks
from vod_web.services.search.marks import Piece, SpokenHit, find_spoken, make_marker
from vod_web.services.search.nearness import choose_meant, count_errors
from vod_web.services.search.ranking import Candidate, score
from vod_web.services.search.terms import MOST_TERMS, Term, loosen, read_terms
from vod_web.services.search.words import LONGEST_WORD, fold, kept_words, words_of

NEW, OLD = datetime(2026, 11, 1, tzinfo=UTC), datetime(2009, 11, 1, tzinfo=UTC)


def test_words_are_folded_whatever_their_script() -> None:
    assert fold("Ünïcode ẞ ﬁ Łódź Ærø İstanbul") == "unicode ss fi lodz aero istanbul"
    assert words_of("Don't_stop! 4K-video") == ["don", "t", "stop", "4k", "video"]
    assert words_of(unicodedata.normalize("NFD", "Zürich")) == words_of("Zürich") == ["zurich"]
    assert words_of("مُحَمَّد مـحمد") == ["محمد", "محمد"]
    assert len(words_of("हिन्दी में")) == 2
    assert words_of("🎉 party") == ["🎉", "party"]
    assert words_of('" * % _ \0 () -') == []


def test_what_is_written_without_blanks_becomes_pairs() -> None:
    assert words_of("東京タワー tower") == ["東京", "京タ", "タワ", "ワー", "tower"]
    assert words_of("犬") == ["犬"]


def test_endings_are_taken_off_in_the_language_of_the_text() -> None:
    assert kept_words("Stories", None) == ["stories", "¬en¬stori"]
    assert kept_words("Häuser", "de-CH") == ["hauser", "¬de¬haus"]
    assert kept_words("Häuser", "xx") == ["hauser"]
    assert "¬en¬stori" in read_terms("story")[0].stems
    assert "¬de¬haus" in read_terms("haus")[0].stems


def test_hostile_input_has_bounds() -> None:
    assert len(read_terms(" ".join(f"w{number}" for number in range(500)))) == MOST_TERMS
    assert [len(term.word) for term in read_terms("x" * 5000)] == [LONGEST_WORD]
    assert read_terms("¬en¬run")[0].word == "en"


def test_the_last_word_is_a_beginning_and_short_ones_before_are_not() -> None:
    assert [term.is_beginning for term in read_terms("ab cde f")] == [False, True, True]


@pytest.mark.parametrize(
    ("typed", "word", "errors"),
    [
        ("harbour", "harbour", 0),
        ("harbuor", "harbour", 1),
        ("harbor", "harbour", 1),
        ("hxrbxur", "harbour", 2),
        ("harbour", "whale", 3),
        ("ab", "abcdefg", 3),
    ],
)
def test_errors_are_counted_up_to_a_limit(typed: str, word: str, errors: int) -> None:
    assert count_errors(typed, word, 2) == errors


def test_the_nearest_words_are_meant_first() -> None:
    known = ["train", "trail", "brain", "rain", "trainer", "terrain", "trains", "xtrianx"]
    assert choose_meant("trian", known) == ["train", "xtrianx"]
    assert choose_meant("pass", ["alpenpass", "passing", "mass", "past"]) == ["mass", "past", "passing", "alpenpass"]
    assert choose_meant("ab", ["abc", "cab"]) == []


def spoken_hit(spoken: str, folded: str, terms: tuple[Term, ...], language: str | None) -> SpokenHit | None:
    """What is found of all of the terms in a track of this language."""
    return find_spoken(spoken, folded, make_marker(terms, language), terms)


def candidate(**changes: object) -> Candidate:
    """A video without any of the words."""
    known: dict[str, object] = {"video_id": 1, "title": "", "tags": "", "channel": "", "published_at": OLD}
    return Candidate(**(known | {"is_unspoken": True} | changes))  # type: ignore[arg-type] - as the class has them


def test_the_place_of_a_word_counts_more_than_the_age() -> None:
    terms = read_terms("harbour")
    at_places = [
        candidate(title="the old harbour at night"),
        candidate(tags="harbour sea", published_at=NEW),
        candidate(channel="harbour ada", published_at=NEW),
        candidate(published_at=NEW),
        candidate(published_at=NEW, is_unspoken=False),
    ]
    scores = [score(one, terms) for one in at_places]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_the_form_of_a_word_counts_and_the_newer_of_equals_is_first() -> None:
    terms = loosen(read_terms("harbours"), {"harbours": ["arbour"]})
    titles = ["harbours x", "harbour ¬en¬harbour x", "harboursides x", "arbour x"]
    scores = [score(candidate(title=title), terms) for title in titles]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4
    assert score(candidate(title="harbours x", published_at=NEW), terms) > scores[0]


def test_titles_in_the_order_that_was_typed_and_without_more_are_better() -> None:
    terms = read_terms("night train")
    titles = ["night train", "the night train home", "train by night home too"]
    scores = [score(candidate(title=title), terms) for title in titles]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


def marked(pieces: list[Piece]) -> str:
    """The pieces as one text."""
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces)


def test_marks_are_at_the_words_as_they_were_written() -> None:
    marker = make_marker(read_terms("zurich story"), "en")
    assert marked(marker.mark("Stories <b>of</b> ZÜRICH, zürichsee")) == "[Stories] <b>of</b> [ZÜRICH], [zürichsee]"
    assert marked(make_marker(read_terms("京タワ"), "ja").mark("東京タワーへ")) == "東[京タワ]ーへ"
    assert marked(marker.mark("nothing")) == "nothing"


def test_an_excerpt_is_around_the_first_hit() -> None:
    text = "word " * 60 + "the harbour at night " + "other " * 60
    excerpt = marked(make_marker(read_terms("harbour"), None).excerpt(text))
    assert "the [harbour] at night" in excerpt
    assert excerpt.startswith("… word")
    assert excerpt.endswith("other …")
    assert len(excerpt) < 260
    assert make_marker(read_terms("whale"), None).excerpt(text) == []
    assert marked(make_marker(read_terms("b"), None).excerpt("x" * 90 + " b")).endswith("[b]")


def test_the_cue_with_most_of_the_words_is_found_also_across_two() -> None:
    spoken = "1.000\tA whale\n5.000\tHello\n12.500\tWe saw the blue\n14.000\tWhale there\n20.000\tBlue"
    folded = "a whale\nhello\nwe saw the blue\nwhale there\nblue"
    hit = spoken_hit(spoken, folded, read_terms("blue whale"), "en")
    assert hit is not None
    assert (hit.start_s, marked(hit.pieces)) == (12.5, "We saw the [blue]")
    assert spoken_hit(spoken, folded, read_terms("tram"), "en") is None
    assert spoken_hit("", "", (Term("a", True, frozenset()),), None) is None


def test_plain_texts_are_marked_as_any_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of words in plain letters the first letter is looked at first; what is found must not depend on it."""
    chance = random.Random(5)
    letters, between = "abcdeABCDE019", [" ", "  ", "_", "-", ".", "\n", "'", "/"]

    def text(words: int) -> str:
        made = ("".join(chance.choices(letters, k=chance.randint(1, 4))) for _ in range(words))
        return "".join(word + chance.choice(between) for word in made)

    found = 0
    for _ in range(60):
        terms, texts = read_terms(text(2)), [text(30) for _ in range(4)]
        quick = [make_marker(terms, "en").mark(one) for one in texts]
        with monkeypatch.context() as patch:
            patch.setattr(marks, "_begun_with", lambda _initials: None)
            assert quick == [make_marker(terms, "en").mark(one) for one in texts]
        found += sum(piece.is_hit for pieces in quick for piece in pieces)
    assert found > 50
