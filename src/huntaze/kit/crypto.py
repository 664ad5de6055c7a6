"""Sealing of secrets at rest: AES-256-GCM under a ring of keys, bound to the place where the envelope is stored.

Envelope: version (1 byte, 0x01) · key id (4 bytes, big-endian) · nonce (12 bytes) · ciphertext and tag. Version and
key id are authenticated with the place, so no byte of an envelope can be changed and no envelope can be moved.
"""

import base64
import binascii
import os
import struct
from collections.abc import Mapping
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from huntaze.kit.secret import Secret

_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_VERSION = 1
_HEAD = struct.Struct(">BI")
_MAX_KEY_ID = 2**32 - 1


class CryptoError(Exception):
    """Something about keys or sealed values is wrong."""


class BadKeyRing(CryptoError):
    """The key ring cannot be used; `problems` says why, never showing a key."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class SealBroken(CryptoError):
    """The sealed value was changed, moved or cut, or was never one: nothing is opened."""

    def __init__(self, words: str = "the sealed value was changed, moved or sealed under another key") -> None:
        super().__init__(words)


class UnknownSealVersion(SealBroken):
    """The sealed value has a format that this version of the program does not know."""


class UnknownKey(SealBroken):
    """The ring lacks the key that the value names."""

    def __init__(self, key_id: int) -> None:
        super().__init__(f"key {key_id} is not in the key ring: put it back behind the present one")
        self.key_id = key_id


class KeyRing:
    """Keys by id. The first writes, all read: rotation is a new key put in front."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        if problems := _problems_of(keys):
            raise BadKeyRing(problems)
        self._keys = dict(keys)
        self._ciphers = {key_id: AESGCM(key) for key_id, key in self._keys.items()}
        self._primary = next(iter(self._keys))

    @classmethod
    def parse(cls, text: str | Secret) -> Self:
        """Read `2:base64,1:base64` (the first writes) or one bare base64 key, which has id 1. Raises BadKeyRing."""
        plain = text.reveal() if isinstance(text, Secret) else text
        keys: dict[int, bytes] = {}
        problems: list[str] = []
        for place, entry in enumerate(plain.strip().split(","), start=1):
            try:
                key_id, key = _parse_entry(entry.strip())
            except ValueError as refusal:
                problems.append(f"entry {place} {refusal}")
                continue
            if key_id in keys:
                problems.append(f"key id {key_id} stands twice")
            keys[key_id] = key
        problems.extend(_problems_of(keys) if keys or not problems else ())
        if problems:
            raise BadKeyRing(tuple(problems))
        return cls(keys)

    def __repr__(self) -> str:
        return f"KeyRing(ids={self.ids})"

    @property
    def primary_id(self) -> int:
        """The id of the key that writes."""
        return self._primary

    @property
    def ids(self) -> tuple[int, ...]:
        """All key ids, the writing one first."""
        return tuple(self._keys)

    def seal(
        self, plain: Secret | str, *, table: str, row: UUID | str, column: str, workspace: UUID | str | None
    ) -> bytes:
        """The envelope of `plain` for exactly this place; `workspace` is None for global rows only."""
        text = plain.reveal() if isinstance(plain, Secret) else plain
        head = _HEAD.pack(_VERSION, self._primary)
        nonce = os.urandom(_NONCE_BYTES)
        bound = head + _place(table, row, column, workspace)
        return head + nonce + self._ciphers[self._primary].encrypt(nonce, text.encode(), bound)

    def open(
        self, envelope: bytes, *, table: str, row: UUID | str, column: str, workspace: UUID | str | None
    ) -> Secret:
        """What was sealed for this place. Raises SealBroken, or its kinds UnknownKey and UnknownSealVersion."""
        key_id = key_id_of(envelope)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnknownKey(key_id)
        head, sealed = envelope[: _HEAD.size], envelope[_HEAD.size :]
        bound = head + _place(table, row, column, workspace)
        try:
            return Secret(cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound).decode())
        except InvalidTag:
            raise SealBroken from None

    def derive(self, label: str, key_id: int) -> bytes:
        """A key of 32 bytes for another use, told apart by `label` (HKDF-SHA256). Raises UnknownKey."""
        key = self._keys.get(key_id)
        if key is None:
            raise UnknownKey(key_id)
        return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=b"huntaze:" + label.encode()).derive(key)


def key_id_of(envelope: bytes) -> int:
    """The id of the key that an envelope names. Raises SealBroken if it is none."""
    if len(envelope) < _HEAD.size + _NONCE_BYTES + _TAG_BYTES:
        raise SealBroken("the sealed value is cut short")
    version, key_id = _HEAD.unpack_from(envelope)
    if version != _VERSION:
        raise UnknownSealVersion(f"the sealed value has format {version}; this program knows format {_VERSION}")
    return int(key_id)


def new_key() -> str:
    """A fresh random key as base64 text."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def _parse_entry(entry: str) -> tuple[int, bytes]:
    """Raises ValueError with words that complete "entry n …"; it never repeats the entry."""
    prefix, colon, encoded = entry.partition(":")
    if not colon:
        prefix, encoded = "1", entry
    if not (prefix.isascii() and prefix.isdigit() and 1 <= int(prefix) <= _MAX_KEY_ID):
        raise ValueError("has no key id: write a number from 1, a colon and the key")
    if not encoded:
        raise ValueError("is empty")
    try:
        return int(prefix), base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=None, validate=True)
    except binascii.Error:
        raise ValueError("is not base64") from None


def _problems_of(keys: Mapping[int, bytes]) -> tuple[str, ...]:
    if not keys:
        return ("the ring has no key",)
    problems = []
    for key_id, key in keys.items():
        if len(key) != _KEY_BYTES:
            problems.append(f"key {key_id} has {len(key)} bytes instead of {_KEY_BYTES}")
        elif not any(key):
            problems.append(f"key {key_id} is all zero")
    return tuple(problems)


def _place(table: str, row: UUID | str, column: str, workspace: UUID | str | None) -> bytes:
    """Length-prefixed, so that no two places share their bytes; a global row has no workspace part at all."""
    parts = [table, str(row), column] if workspace is None else [table, str(row), column, str(workspace)]
    encoded = [part.encode() for part in parts]
    return b"".join([struct.pack(">I", len(encoded)), *(struct.pack(">I", len(part)) + part for part in encoded)])
