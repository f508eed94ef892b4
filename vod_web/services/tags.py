"""By which words are videos found, apart from their text?"""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from vod_web.models import Tag
from vod_web.services.search.index import index_tags


def ensure_tags(session: Session, names: list[str]) -> list[Tag]:
    """The tags of these names, made where they are new; call it inside a transaction."""
    if not names:
        return []
    wanted = select(Tag).where(Tag.name.in_(names))
    found = {tag.name for tag in session.scalars(wanted)}
    missing = [{"name": name} for name in names if name not in found]
    if missing:  # two people may name a new tag at the same time
        session.execute(text("INSERT INTO tags (name) VALUES (:name) ON CONFLICT DO NOTHING"), missing)
    tags = sorted(session.scalars(wanted), key=lambda tag: tag.name)
    index_tags(session, [tag for tag in tags if tag.name not in found])
    return tags
