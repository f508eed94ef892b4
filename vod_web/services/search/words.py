"""What is a word, and when are two the same?

Databases disagree about it, and each of their parsers knows some scripts. So words are made here, once for all
texts and for all that is typed, and the databases only keep and find them.

A text becomes words in lower case without accents. Where a language has endings, each word is kept with its stem,
too, which carries the name of the language (`¬en¬run`): an English ending is never taken off a German word. Scripts
that are written without blanks become pairs of characters.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found] # a module in C without types

LONGEST_WORD = 40
MOST_WORDS = 20_000
"""Of one text: a film says some 3,000 different ones; more is an attack."""
PAIR = 2
STEM = "¬"
"""Begins a stem and ends its language; no word has it. FTS5 takes it for a letter."""
USUAL_LANGUAGE = "en"
"""Whose endings are taken off texts of which nobody says the language."""

STEMMERS = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "cs": "czech", "da": "danish", "nl": "dutch",
    "en": "english", "eo": "esperanto", "et": "estonian", "fi": "finnish", "fr": "french", "de": "german",
    "el": "greek", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "fa": "persian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "es": "spanish",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""The languages with endings that are known here, and what the stemmer calls them."""

CHANGING_BEGINNINGS = frozenset(("ar", "el", "eo", "ga", "hi", "id", "ne", "nl", "sr", "ta", "tr", "yi"))
"""Whose stems may begin with another letter than the word."""

_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0903\u093a-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u200c\u200d"
)
"""Accents, and vowels that are written around their consonants: within a word, though no letters by themselves."""
_PICTURES = "\u2600-\u27bf\U0001f300-\U0001faff"
_WORD = re.compile(f"(?:[^\\W_]|[{_MARKS}])+|[{_PICTURES}]")
_WITHOUT_BLANKS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
"""Thai, Lao, Burmese, Khmer, the Japanese syllables, and Han."""
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h", "\u0640": None,
     "\u200c": None, "\u200d": None}
)  # fmt: skip
"""Letters with a stroke, which Unicode does not take apart; and what only joins or stretches letters."""

_stemmers = threading.local()
"""The stemmers of each thread: they must not be shared."""


def fold(text: str) -> str:
    """Lower case without accents, so that "Zürich" and "zurich" are the same."""
    if text.isascii():
        return text.lower()  # the same, at once
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return plain.casefold().translate(_LETTERS)


def places_of_words(text: str) -> Iterator[tuple[int, int, str]]:
    """The folded words of a text in their order, each with where it begins and ends."""
    for found in _WORD.finditer(text):
        run = found.group()
        if run.isascii():
            yield found.start(), found.end(), run.lower()[:LONGEST_WORD]
            continue
        for start, end in _cut(run):
            for word in _WORD.findall(fold(run[start:end])):
                yield found.start() + start, found.start() + end, word[:LONGEST_WORD]


def _cut(run: str) -> Iterator[tuple[int, int]]:
    """The places of the words in a run of letters: itself, and the pairs of what is written without blanks."""
    done = 0
    for found in _WITHOUT_BLANKS.finditer(run):
        if found.start() > done:
            yield done, found.start()
        last = max(found.end() - 1, found.start() + 1)
        yield from ((place, min(place + PAIR, found.end())) for place in range(found.start(), last))
        done = found.end()
    if done < len(run):
        yield done, len(run)


def words_of(text: str) -> list[str]:
    """The folded words of a text in their order."""
    return [word for _, _, word in places_of_words(text)]


def base_language(language: str | None) -> str:
    """The language of a tag such as `pt-BR`, without where it is spoken; the usual one where nobody knows."""
    base = (language or "und").partition("-")[0].lower()
    return USUAL_LANGUAGE if base == "und" else base


@lru_cache(maxsize=100_000)
def stem_of(word: str, language: str) -> str | None:
    """The stem of a word, with its language; None for languages without known endings."""
    name = STEMMERS.get(language)
    if name is None or not word.isalpha():
        return None
    return f"{STEM}{language}{STEM}{_stemmer(name).stemWord(word)}"


def stems_of(word: str, languages: Iterable[str] = STEMMERS) -> list[str]:
    """The stems of a word in all of these languages: of what is typed, nobody says the language."""
    return [stem for language in languages if (stem := stem_of(word, language))]


def _stemmer(name: str) -> Stemmer.Stemmer:
    known: dict[str, Stemmer.Stemmer] = vars(_stemmers).setdefault("by_name", {})
    if name not in known:
        known[name] = Stemmer.Stemmer(name, 0)  # what it remembers is ours to remember
    return known[name]


def kept_words(text: str, language: str | None) -> list[str]:
    """What is kept of a text, in its order: each word, followed by its stem."""
    return list(_with_stems(words_of(text)[:MOST_WORDS], base_language(language)))


def _with_stems(words: Iterable[str], language: str) -> Iterator[str]:
    for word in words:
        yield word
        stem = stem_of(word, language)
        if stem:
            yield stem
        if len(word) == PAIR and _WITHOUT_BLANKS.fullmatch(word):
            yield word[1]  # or a single character would be found where a pair begins with it, and nowhere else


def is_stem(word: str) -> bool:
    """Whether it is a stem that was kept beside a word."""
    return word.startswith(STEM)


def join_once(*groups: Iterable[str]) -> str:
    """The words of all groups with blanks between, each once."""
    return " ".join(dict.fromkeys(word for group in groups for word in group))
