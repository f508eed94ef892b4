"""How do the words of a video and the names of its owner come into the index?

Each function is called in the transaction that changes what it keeps, after the change has been flushed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from vod_web.db.upserts import add_missing, upsert
from vod_web.models import NameKind, SearchDocument, SearchLanguage, SearchName, SearchWord, Tag, User, Video
from vod_web.services.search.labels import labels_of
from vod_web.services.search.words import base_language, is_stem, join_once, kept_words, words_of

SHORTEST_KNOWN = 3
"""Shorter words are not offered to who mistypes one."""
BATCH = 1000


@dataclass(frozen=True)
class Texts:
    """What there is to read of a video beside its captions."""

    title: str
    description: str
    tags: Sequence[str]
    names: Sequence[str]
    """Of its owner."""
    language: str | None


def document_of(texts: Texts) -> dict[str, str]:
    """The columns of a video's `SearchDocument`, but for its captions."""
    title = kept_words(texts.title, texts.language)
    tags = kept_words(" ".join(texts.tags), texts.language)
    return {
        "title": " ".join(title),
        "tags": " ".join(tags),
        "channel": channel_of(texts.names),
        "text_words": join_once(title, tags, kept_words(texts.description, texts.language)),
    }


def channel_of(names: Iterable[str]) -> str:
    """The column of the owner's names: they have no endings."""
    return join_once(*(words_of(name) for name in names))


def names_of(owner: User) -> tuple[str, str]:
    """By which names a person is found."""
    return owner.display_name, owner.username


def index_video(session: Session, video: Video) -> None:
    """Keep the words of a video; its tags must be loaded."""
    owner = session.get_one(User, video.owner_id)
    tags = [tag.name for tag in video.tags]
    columns = document_of(Texts(video.title, video.description, tags, names_of(owner), video.language))
    kept = columns | {"text_words": join_once(columns["text_words"].split(), labels_of(video))}
    upsert(session, SearchDocument, {"video_id": video.id}, kept)
    columns["channel"] = _follow_renaming(session, video, columns["channel"])
    add_words(session, f"{columns['text_words']} {columns['channel']}".split())
    add_language(session, video.language)


def _follow_renaming(session: Session, video: Video, channel: str) -> str:
    """The owner's names; somebody may have changed them since they were read, and we have undone that in the document.

    Who changes them from now on waits for us at the document.
    """
    names = session.execute(select(User.display_name, User.username).where(User.id == video.owner_id)).one()
    current = channel_of(names)
    if current != channel:
        mine = update(SearchDocument).where(SearchDocument.video_id == video.id)
        session.execute(mine.values(channel=current), execution_options={"synchronize_session": False})
    return current


def index_owner(session: Session, owner: User) -> None:
    """Keep the names of a person, with the channel and with all videos."""
    names = names_of(owner)
    mine = select(Video.id).where(Video.owner_id == owner.id)
    channel = channel_of(names)
    session.execute(update(SearchDocument).where(SearchDocument.video_id.in_(mine)).values(channel=channel))
    session.execute(delete(SearchName).where(SearchName.user_id == owner.id))
    rows = [{"kind": NameKind.CHANNEL, "user_id": owner.id, "folded": name} for name in beginnings(*names)]
    add_missing(session, SearchName, rows)
    add_words(session, channel.split())


def index_tags(session: Session, tags: Iterable[Tag]) -> None:
    """Keep the names of tags that are new."""
    rows = [{"kind": NameKind.TAG, "tag_id": tag.id, "folded": name} for tag in tags for name in beginnings(tag.name)]
    add_missing(session, SearchName, rows)


def beginnings(*names: str) -> list[str]:
    """The folded names from each of their words on: where somebody may begin to type them."""
    found: dict[str, None] = {}
    for name in names:
        words = words_of(name)
        found |= dict.fromkeys(" ".join(words[place:])[:200] for place in range(len(words)))
    return list(found)


def add_words(session: Session, words: Iterable[str]) -> None:
    """Know these words, when somebody mistypes one; always in the same order, so that no two wait for each other."""
    wanted = sorted({word for word in words if _is_worth_knowing(word)})
    for batch in batched_lists(wanted):
        known = set(session.scalars(select(SearchWord.word).where(SearchWord.word.in_(batch))))
        add_missing(session, SearchWord, [{"word": word} for word in batch if word not in known])


def add_language(session: Session, language: str | None) -> None:
    """Know that there are texts in this language."""
    add_missing(session, SearchLanguage, [{"language": base_language(language)}])


def languages_of_texts(session: Session) -> set[str]:
    """The languages in which there are texts; one statement."""
    return set(session.scalars(select(SearchLanguage.language)))


def _is_worth_knowing(word: str) -> bool:
    return len(word) >= SHORTEST_KNOWN and not is_stem(word) and not word.isdigit()


def batched_lists(words: list[str]) -> Iterator[list[str]]:
    """The words in portions that a statement takes."""
    return (words[start : start + BATCH] for start in range(0, len(words), BATCH))
