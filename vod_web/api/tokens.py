"""Tokens: by what programs prove for whom they act."""

from vod_web.api.calls import call
from vod_web.models import TokenScope
from vod_web.resources import resources
from vod_web.schemas.accounts import TokenCreated, TokenRead, TokenRequest
from vod_web.schemas.base import Page
from vod_web.services import accounts, tokens
from vod_web.web.sign_in import asking_browser, current_person


@call("POST", "/tokens", is_open=True, body=TokenRequest, returns=TokenCreated, status=201, errors=(401, 403, 409))
def create_token(body: TokenRequest) -> TokenCreated:
    """Make a token for whoever has this password.

    The token is shown this once; keep it like a password.
    """
    address, throttle = asking_browser().address, resources().throttle
    person = accounts.check_credentials(body.email, body.password, address=address, throttle=throttle)
    token, secret = tokens.create_token(person, body)
    return TokenCreated(**TokenRead.model_validate(token).model_dump(), token=secret)


@call("GET", "/tokens", scope=TokenScope.READ, returns=Page[TokenRead])
def list_tokens() -> Page[TokenRead]:
    """Your tokens, the newest first, without their secrets."""
    items = [TokenRead.model_validate(token) for token in tokens.list_tokens(current_person())]
    return Page(items=items, next=None)


@call("DELETE", "/tokens/<token_id>", scope=TokenScope.UPLOAD)
def revoke_token(token_id: str) -> None:
    """End a token; it is refused from then on."""
    tokens.revoke_token(current_person(), token_id)
