"""Which words may somebody have meant who typed this one?"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select

from vod_web.models import SearchWord

MOST_MEANT = 8
SHORTEST_PART = 4
"""So many letters must be typed to find longer words that hold them inside, as "pass" is in "alpenpass"."""
MOST_NEAR = 60
"""Of the known words that look like a typed one, so many are looked at more closely."""
MOST_BEGINNING = 2000
"""The same where nothing but their beginning says which ones look like it."""
_LAST = "\U0010ffff"
"""Comes after all words, in the order of bytes."""


def choose_meant(typed: str, words: Iterable[str]) -> list[str]:
    """Of these words, those that are nearly the typed one, the nearest first; then those that have it inside."""
    most = errors_allowed(typed)
    near = [(distance, word) for word in words if (distance := count_errors(typed, word, most)) <= most]
    chosen = [word for _, word in sorted(near)]
    if len(typed) >= SHORTEST_PART:
        chosen += sorted(
            (word for word in words if typed in word and word not in chosen), key=lambda one: (len(one), one)
        )
    return [word for word in chosen if word != typed][:MOST_MEANT]


def errors_allowed(typed: str) -> int:
    """How many mistakes are forgiven: in a short word, each makes another word of it."""
    if len(typed) < 3:
        return 0
    return 1 if len(typed) < 6 else 2


def count_errors(typed: str, word: str, most: int) -> int:
    """How many letters must be added, left out, changed, or change places with the next; `most` + 1 for more than that.

    (The optimal string alignment distance.)
    """
    if abs(len(typed) - len(word)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(word) + 1))
    for place, letter in enumerate(typed, 1):
        row, before, former = [place], row, before
        for other, wanted in enumerate(word, 1):
            cost = min(before[other] + 1, row[-1] + 1, before[other - 1] + (letter != wanted))
            if former and other > 1 and letter == word[other - 2] and typed[place - 2] == wanted:
                cost = min(cost, former[other - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def look_by_beginning(words: Sequence[str]) -> list[Select[str]]:
    """Known words by their first letters, where nothing finds them by those inside."""
    known = SearchWord.word
    looks = [
        select(known)
        .where(known.between(word[:1], word[:1] + _LAST), func.char_length(known).between(len(word) - 2, len(word) + 2))
        .limit(MOST_BEGINNING)
        for word in words
    ]
    return [select(look.subquery().c.word) for look in looks]
