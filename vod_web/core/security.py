"""How are passwords and secrets made, kept and checked?"""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_UNKNOWN_PERSON = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt."""
    return _hasher.hash(password)


def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one that was hashed.

    Takes as long for a person who does not exist (`None`) as for one who does.
    """
    try:
        matches = _hasher.verify(password_hash or _UNKNOWN_PERSON, password)
    except (VerificationError, InvalidHashError):
        return False
    return matches and password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with parameters weaker than today's."""
    return _hasher.check_needs_rehash(password_hash)


def new_secret() -> str:
    """A secret of 256 random bits, for a token that is shown once and kept only as its hash."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """The hash under which a random secret is kept: plain SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
