"""Where may a video's player stand, and how large?"""

from vod_web.models import EmbedRule, Video, Visibility

EVERYWHERE = ("*",)
OWN_SITE = ("'self'",)
DEFAULT_SIZE = (1280, 720)


def frame_ancestors(video: Video) -> tuple[str, ...]:
    """The sites on which browsers may show the player, as a Content-Security-Policy names them."""
    if video.embed_rule is EmbedRule.EVERYWHERE:
        return EVERYWHERE
    return (*OWN_SITE, *video.embed_sites) if video.embed_rule is EmbedRule.LISTED else OWN_SITE


def is_embeddable(video: Video) -> bool:
    """Whether there is a player that other sites may show to people who are not signed in here."""
    may_watch = video.visibility in (Visibility.PUBLIC, Visibility.UNLISTED)
    return may_watch and video.is_playable and video.embed_rule is not EmbedRule.NOWHERE


def fit_player(
    size: tuple[int | None, int | None], max_width: int | None = None, max_height: int | None = None
) -> tuple[int, int]:
    """The largest size, in pixels, at which a picture of this size fits, and never larger than it is by itself."""
    width, height = (size[0], size[1]) if size[0] and size[1] else DEFAULT_SIZE
    factor = min(1.0, (max_width or width) / width, (max_height or height) / height)
    return max(1, round(width * factor)), max(1, round(height * factor))
