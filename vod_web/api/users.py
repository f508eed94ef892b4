"""People, as others and they themselves may know them."""

from vod_web.api.calls import call
from vod_web.models import TokenScope, User
from vod_web.schemas.accounts import MeRead, UserRead
from vod_web.services import accounts
from vod_web.services.permissions import require_signed_in
from vod_web.web.sign_in import current_person


@call("GET", "/me", returns=MeRead)
def get_me() -> User:
    """Who you are, to this site."""
    return require_signed_in(current_person())


@call("GET", "/users/<username>", scope=TokenScope.READ, returns=UserRead)
def get_user(username: str) -> User:
    """Somebody's channel."""
    return accounts.get_user(username)
