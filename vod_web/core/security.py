"""How are passwords and secrets made, kept and checked?"""

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hashers: list[PasswordHasher] = []


def set_password_cost(*, passes: int = 3, memory_kib: int = 64 * 1024, lanes: int = 4) -> None:
    """How much work a password is from now on. The defaults are those that RFC 9106 recommends for little memory."""
    _hashers[:] = [PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)]


set_password_cost()


@cache
def _hash_of_nobody(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt."""
    return _hashers[0].hash(password)


def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one that was hashed.

    Takes as long for a person who does not exist (`None`) as for one who does, but for a process's first.
    """
    try:
        matches = _hashers[0].verify(password_hash or _hash_of_nobody(_hashers[0]), password)
    except (VerificationError, InvalidHashError):
        return False
    return matches and password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with parameters weaker than today's."""
    return _hashers[0].check_needs_rehash(password_hash)


def new_secret() -> str:
    """A secret of 256 random bits, for a token that is shown once and kept only as its hash."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """The hash under which a random secret is kept: plain SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
