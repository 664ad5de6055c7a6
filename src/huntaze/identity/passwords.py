"""Passwords: how good one is, in words, and its argon2id hash, made off the event loop."""

from __future__ import annotations

import asyncio
import math
import string
from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from huntaze.kit.secret import Secret

MIN_LENGTH = 10
MAX_LENGTH = 256
_AT_ONCE = 2
FAIR_BITS = 45
STRONG_BITS = 70
_COMMON = (
    "password",
    "passwort",
    "motdepasse",
    "azerty",
    "qwerty",
    "letmein",
    "welcome",
    "admin",
    "iloveyou",
    "huntaze",
)


class Strength(StrEnum):
    """How long a password would stand against guessing."""

    SHORT = "short"
    LONG = "long"
    WEAK = "weak"
    FAIR = "fair"
    STRONG = "strong"

    @property
    def taken(self) -> bool:
        """Good enough to be used."""
        return self in (Strength.FAIR, Strength.STRONG)


def strength(password: Secret, known: Sequence[str] = ()) -> Strength:
    """Judge a password. Common words and those of ``known`` (the person's name, e-mail) count as one character, and
    so does a run of equal or neighbouring characters: "aaaa", "1234"."""
    text = password.reveal()
    if len(text) < MIN_LENGTH:
        return Strength.SHORT
    if len(text) > MAX_LENGTH:
        return Strength.LONG
    bits = _steps(_without_words(text, known)) * math.log2(_pool(text))
    if bits < FAIR_BITS:
        return Strength.WEAK
    return Strength.FAIR if bits < STRONG_BITS else Strength.STRONG


class Passwords:
    """Hashes and checks with argon2id. At most two at once, since each takes 64 MiB and a core."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = asyncio.Semaphore(_AT_ONCE)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody has this password")

    async def hash(self, password: Secret) -> str:
        """The encoded hash, with its salt and cost inside."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password.reveal())

    async def matches(self, password: Secret, encoded: str | None) -> bool:
        """Whether it is the password of ``encoded``. Without one the same work is done, so time tells nothing."""
        async with self._turns:
            return await asyncio.to_thread(self._verify, password.reveal()[:MAX_LENGTH], encoded)

    def _verify(self, password: str, encoded: str | None) -> bool:
        # Made with the first check of a process, whoever is asked for: a worker never checks any
        nobody = self._nobody
        try:
            return self._hasher.verify(encoded or nobody, password) and encoded is not None
        except (VerificationError, InvalidHashError):
            return False


def _without_words(text: str, known: Sequence[str]) -> str:
    lowered = text.casefold()
    parts = [part for entry in known for part in entry.casefold().replace("@", " ").replace(".", " ").split()]
    for word in (*_COMMON, *(part for part in parts if len(part) >= 3)):
        lowered = lowered.replace(word, "\0")
    return lowered


def _steps(text: str) -> int:
    """Characters that are neither the one before nor its neighbour."""
    return sum(1 for before, now in zip(" " + text, text, strict=False) if abs(ord(before) - ord(now)) > 1)


def _pool(text: str) -> int:
    """How many characters a guesser would have to try at each place."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation + " ")
    plain = sum(len(kind) for kind in kinds if any(character in kind for character in text))
    return plain + (100 if any(ord(character) > 126 for character in text) else 0)
