"""Which videos are sensitive, and what does somebody see of them who has not asked for more?

Owners mark their own videos, and moderators mark any; what a moderator has marked, its owner cannot take back. Each
person says how such videos are shown; visitors get what the site says. Hiding is about lists: whoever has the address
of a video finds it there, with a cover over the player.
"""

import hashlib
from functools import lru_cache

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import ColumnElement, not_, true

from vod_web.core.errors import NotAllowed
from vod_web.db.session import transaction
from vod_web.models import SensitiveRule, User, Video
from vod_web.schemas.sensitivity import SensitiveChoiceRead
from vod_web.services.permissions import is_owner, require_signed_in
from vod_web.services.site import get_site

REVEALING_LASTS_S = 3600


def rule_for(actor: User | None) -> SensitiveRule:
    """What this person has chosen, or else the site."""
    chosen = actor.sensitive_rule if actor is not None else None
    return chosen or get_site().sensitive_rule


def is_blurred(actor: User | None, video: Video) -> bool:
    """Whether this person is shown neither its pictures nor the player before asking for them."""
    return video.is_sensitive and not is_owner(actor, video) and rule_for(actor) is not SensitiveRule.SHOW


def is_not_hidden_by(rule: SensitiveRule) -> ColumnElement[bool]:
    """Whether a video may stand in lists for people with this rule, as far as that is a question of what is in it."""
    return not_(Video.is_sensitive) if rule is SensitiveRule.HIDE else true()


def get_choice(actor: User | None) -> SensitiveChoiceRead:
    """What the person has chosen, and the site.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    return SensitiveChoiceRead(rule=require_signed_in(actor).sensitive_rule, site_rule=get_site().sensitive_rule)


def choose_rule(actor: User | None, rule: SensitiveRule | None) -> SensitiveChoiceRead:
    """Show sensitive videos to the person in this way from now on; None for as the site does.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    person = require_signed_in(actor)
    with transaction() as session:
        session.get_one(User, person.id, populate_existing=True).sensitive_rule = rule
    return SensitiveChoiceRead(rule=rule, site_rule=get_site().sensitive_rule)


def mark(actor: User | None, video: Video, is_sensitive: bool | None) -> None:
    """Say that it is, or is not; None says nothing. Inside a transaction, by somebody who may change the video.

    Raises:
        NotAllowed: a moderator has marked it, and the actor is merely its owner.
    """
    if is_sensitive is None or is_sensitive == video.is_sensitive:
        return
    if video.is_marked_by_moderator and not (actor is not None and actor.is_moderator):
        raise NotAllowed("A moderator has marked this video as sensitive. Only moderators can take that back.")
    video.is_sensitive = is_sensitive
    video.is_marked_by_moderator = is_sensitive and not is_owner(actor, video)


def make_reveal(video: Video, *, secret_key: str) -> str:
    """What an address carries by which a player in a frame, where there is no session, shows the video for a while.

    It cannot be written into a page of another site, which is to show the cover like ours.
    """
    made = _serializer(secret_key).dumps(video.public_id)
    return made if isinstance(made, str) else made.decode()


def is_revealed_by(token: str, video: Video, *, secret_key: str) -> bool:
    """Whether it was made a short while ago for this video."""
    try:
        return bool(_serializer(secret_key).loads(token, max_age=REVEALING_LASTS_S) == video.public_id)
    except BadSignature:
        return False


@lru_cache(maxsize=4)
def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="reveal", signer_kwargs={"digest_method": hashlib.sha256})
