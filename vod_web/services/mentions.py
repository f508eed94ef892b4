"""Who is named in a text by `@name`, and who may be meant by what has been typed so far?"""

import re
from collections.abc import Iterable

from sqlalchemy import select

from vod_web.db.session import current_session
from vod_web.models import Comment, NameKind, SearchName, User, Video
from vod_web.services.permissions import require_signed_in
from vod_web.services.search.known_words import after_all
from vod_web.services.search.words import words_of
from vod_web.services.throttle import Limit, Throttle
from vod_web.services.videos import get_video

MENTION = re.compile(r"(?<![\w@/.])@(?P<name>[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,28}[A-Za-z0-9])?)(?![A-Za-z0-9_])")
MOST_NAMED = 50
"""In a text; nobody names more people than that, but programs that send nonsense."""
MOST_SUGGESTED = 6
MOST_LOOKED_AT = 100
MOST_SUGGESTIONS = Limit("mention-suggestions", amount=240, per_s=60, message="That was too often.")


def names_in(text: str) -> list[str]:
    """The names after an `@`, in lower case, each once."""
    return list(dict.fromkeys(found["name"].lower() for found in MENTION.finditer(text)))[:MOST_NAMED]


def find_named(texts: Iterable[str]) -> dict[str, User]:
    """The people who are named in these texts, by their names in lower case; one query, none where nobody is."""
    keys = {name for text in texts for name in names_in(text)}
    if not keys:
        return {}
    people = current_session().scalars(select(User).where(User.username_key.in_(keys)))
    return {person.username_key: person for person in people}


def list_named(text: str) -> list[str]:
    """The user names of people who are named in a text by itself, as a description; one query, none where nobody is."""
    return [person.username for person in find_named([text]).values()]


def suggest_people(actor: User | None, public_id: str, typed: str, *, throttle: Throttle) -> list[User]:
    """Who may be meant under this video: first who has to do with it, then others.

    Raises:
        NotSignedIn: nobody is signed in.
        NotFound, Gone: as `videos.get_video`.
        RateLimited: too often.
    """
    person = require_signed_in(actor)
    throttle.hit(MOST_SUGGESTIONS, f"user {person.id}")
    video, beginning = get_video(person, public_id), typed.strip().lower()
    known = {video.owner.id: video.owner} | {writer.id: writer for writer in _list_writers(video)}
    fitting = [one for one in known.values() if _begins(one, beginning)]
    if beginning and len(fitting) < MOST_SUGGESTED:
        fitting += [one for one in _list_like(beginning) if one.id not in known]
    return [one for one in fitting if one.id != person.id and not one.is_suspended][:MOST_SUGGESTED]


def _list_writers(video: Video) -> list[User]:
    """Who wrote the last comments, the last one first."""
    last = select(Comment.author_id, Comment.id).where(
        Comment.video_id == video.id, Comment.deleted_at.is_(None), Comment.is_held.is_(False)
    )
    authors = last.order_by(Comment.id.desc()).limit(MOST_LOOKED_AT).subquery()
    people = select(User, authors.c.id).join(authors, authors.c.author_id == User.id).order_by(authors.c.id.desc())
    return list(dict.fromkeys(current_session().scalars(people)))


def _begins(person: User, beginning: str) -> bool:
    names = [person.username_key, *person.display_name.lower().split()]
    return any(name.startswith(beginning) for name in names)


def _list_like(typed: str) -> list[User]:
    beginning = " ".join(words_of(typed))
    if not beginning:
        return []
    named = (
        select(SearchName.user_id)
        .where(SearchName.kind == NameKind.CHANNEL, SearchName.folded.between(beginning, after_all(beginning)))
        .limit(MOST_LOOKED_AT)
    )
    people = select(User).where(User.id.in_(named)).order_by(User.username_key).limit(MOST_SUGGESTED * 2)
    return list(current_session().scalars(people))
