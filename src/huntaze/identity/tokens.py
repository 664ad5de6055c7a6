"""What people and programs carry: session tokens, one-time links, API keys. Only their hashes are stored.

All are 256 random bits, so a plain SHA-256 is enough: there is nothing to guess and no need of a slow hash.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from huntaze.kit.secret import Secret

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_PREFIX_LENGTH = 12
_KEY = re.compile(r"hz_(?P<prefix>[a-z0-9]{12})_(?P<secret>[A-Za-z0-9_-]{43})")


def new_token() -> Secret:
    """256 random bits as 43 url-safe characters."""
    return Secret(secrets.token_urlsafe(32))


def token_hash(token: Secret) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.reveal().encode("utf-8", "surrogatepass")).digest()


def same_hash(one: bytes, other: bytes) -> bool:
    """Equal, told in constant time."""
    return hmac.compare_digest(one, other)


@dataclass(frozen=True, slots=True)
class KeyText:
    """An API key: the prefix tells which, the secret proves it."""

    prefix: str
    secret: Secret

    def reveal(self) -> str:
        """``hz_<prefix>_<secret>``, to be shown once."""
        return f"hz_{self.prefix}_{self.secret.reveal()}"


def new_key() -> KeyText:
    """A fresh key; the prefix has no letters that are mistaken for one another."""
    return KeyText("".join(secrets.choice(_ALPHABET) for _ in range(_PREFIX_LENGTH)), new_token())


def read_key(text: str) -> KeyText | None:
    """The parts of a presented key, or None when it has not the shape of one."""
    found = _KEY.fullmatch(text)
    return None if found is None else KeyText(found["prefix"], Secret(found["secret"]))
