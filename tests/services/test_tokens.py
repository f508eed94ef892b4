"""API tokens: what they may do, and when they stop."""

from datetime import timedelta

import pytest

from tests.factories import make_admin, make_user
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.core.errors import Conflict, InvalidInput, NotFound, NotSignedIn
from vod_web.db.session import close_session, current_session
from vod_web.models import ApiToken, Role, TokenScope, User
from vod_web.schemas.accounts import TokenCreate
from vod_web.services import tokens

pytestmark = pytest.mark.usefixtures("database")

NOW = utc_now()


def test_a_token_acts_for_its_person_with_its_scopes() -> None:
    ada = make_user("ada")
    _, secret = tokens.create_token(ada, TokenCreate(name="script", scopes=[TokenScope.READ]))
    bearer = tokens.authenticate(secret)
    assert (bearer.person.id, bearer.scopes) == (ada.id, {TokenScope.READ})


@pytest.mark.parametrize(("role", "as_admin"), [(Role.ADMIN, True), (Role.MODERATOR, False), (Role.UPLOADER, False)])
def test_a_token_without_the_scope_admin_gives_no_power_over_others(role: Role, as_admin: bool) -> None:
    person = make_user(role=role)
    _, secret = tokens.create_token(person, TokenCreate(name="script", scopes=[TokenScope.UPLOAD]))
    close_session()
    limited = tokens.authenticate(secret).person
    assert (limited.can_upload, limited.is_moderator, limited.is_admin) == (True, False, False)
    with pytest.raises(InvalidInput):
        tokens.create_token(limited, TokenCreate(name="more", scopes=[TokenScope.ADMIN]))
    close_session()
    assert current_session().get_one(User, person.id).role is role
    if as_admin:
        _, secret = tokens.create_token(person, TokenCreate(name="script", scopes=[TokenScope.ADMIN]))
        assert tokens.authenticate(secret).person.is_admin


def test_the_secret_is_known_by_sight_and_not_kept() -> None:
    token, secret = tokens.create_token(make_user(), TokenCreate(name="script"))
    assert secret.startswith(tokens.PREFIX)
    assert secret not in str(vars(token))
    assert token.scopes == ["read", "upload"]


@pytest.mark.parametrize("secret", ["", "vod_", "vod_x", "ü", "x" * 10_000])
def test_what_is_no_token_is_refused(secret: str) -> None:
    with pytest.raises(NotSignedIn):
        tokens.authenticate(secret)


def test_a_token_ends_when_it_was_said_to() -> None:
    _, secret = tokens.create_token(make_user(), TokenCreate(name="script", expires_in_s=3600), now=NOW)
    tokens.authenticate(secret, now=NOW + timedelta(seconds=3599))
    with pytest.raises(NotSignedIn, match="expired"):
        tokens.authenticate(secret, now=NOW + timedelta(seconds=3600))


def test_a_revoked_token_is_refused_and_others_cannot_revoke_it() -> None:
    ada, eve = make_user("ada"), make_user("eve")
    token, secret = tokens.create_token(ada, TokenCreate(name="script"))
    with pytest.raises(NotFound):
        tokens.revoke_token(eve, token.public_id)
    tokens.authenticate(secret)
    tokens.revoke_token(ada, token.public_id)
    with pytest.raises(NotSignedIn):
        tokens.authenticate(secret)
    assert tokens.list_tokens(ada) == []


def test_only_admins_have_the_scope_admin() -> None:
    wanted = TokenCreate(name="script", scopes=[TokenScope.ADMIN])
    with pytest.raises(InvalidInput) as refused:
        tokens.create_token(make_user(), wanted)
    assert "scopes" in refused.value.fields
    _, secret = tokens.create_token(make_admin(), wanted)
    assert tokens.authenticate(secret).scopes == {TokenScope.ADMIN}


def test_use_is_written_once_a_minute() -> None:
    token, secret = tokens.create_token(make_user(), TokenCreate(name="script"))
    tokens.authenticate(secret, now=NOW)
    close_session()
    with counted_queries() as statements:
        tokens.authenticate(secret, now=NOW + timedelta(seconds=30))
    assert [statement for statement in statements if statement.startswith("UPDATE")] == []
    tokens.authenticate(secret, now=NOW + timedelta(seconds=90))
    close_session()
    kept = current_session().get_one(ApiToken, token.id)
    assert kept.last_used_at == NOW + timedelta(seconds=90)


def test_a_person_holds_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "TOKENS_PER_PERSON", 2)
    ada = make_user("ada")
    for number in range(2):
        tokens.create_token(ada, TokenCreate(name=f"script {number}"))
    with pytest.raises(Conflict):
        tokens.create_token(ada, TokenCreate(name="one more"))
    assert [token.name for token in tokens.list_tokens(ada)] == ["script 1", "script 0"]
