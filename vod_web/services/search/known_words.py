"""Which words does the site know from its texts?"""

from collections.abc import Sequence

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from vod_web.models import SearchWord
from vod_web.services.search.terms import Term


def find_known(session: Session, terms: Sequence[Term]) -> set[str]:
    """The words that some text of the site has, whoever may see it."""
    looks = [
        select(literal(term.word)).where(
            select(SearchWord.id).where(SearchWord.word >= term.word, SearchWord.word < end_of(term)).exists()
        )
        for term in terms
    ]
    return set(session.scalars(union_all(*looks)))


def end_of(term: Term) -> str:
    """What comes after the word, or after all words that begin with it."""
    return after_all(term.word) if term.is_beginning else term.word + "\x01"


def after_all(beginning: str) -> str:
    """What comes after all texts with this beginning, in the order of bytes."""
    return beginning + "\U0010ffff"
