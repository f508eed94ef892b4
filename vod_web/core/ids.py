"""How is a thing named in addresses and storage keys, without telling its row number?"""

import secrets

PUBLIC_ID_LENGTH = 11
PUBLIC_ID_PATTERN = r"[A-Za-z0-9_-]{11}"


def new_public_id() -> str:
    """A new opaque id: 64 random bits as 11 URL-safe characters."""
    return secrets.token_urlsafe(8)
