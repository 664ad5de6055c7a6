"""Ids, tokens and trace words: the same ones for the same seed and the same order of calls."""

import hashlib

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Mint:
    """Counts up per kind; nothing here is random, so a run can be repeated."""

    def __init__(self, seed: int, counters: dict[str, int] | None = None) -> None:
        self.seed = seed
        self.counters: dict[str, int] = counters if counters is not None else {}

    def number(self, kind: str) -> int:
        """The next number of a kind, from 1."""
        value = self.counters.get(kind, 0) + 1
        self.counters[kind] = value
        return value

    def id(self, prefix: str, digits: int = 17) -> str:
        """A decimal id of ``digits`` characters that starts with ``prefix`` (instagram.md §11 Ids)."""
        return prefix + str(self.number(prefix)).zfill(digits - len(prefix))

    def opaque(self, label: str, length: int) -> str:
        """Letters and digits that look random and depend only on seed, label and count."""
        stem = f"{self.seed}/{label}/{self.number(label)}"
        return letters(stem, length)


def letters(stem: str, length: int) -> str:
    """``length`` letters and digits derived from ``stem``."""
    out = bytearray()
    block = 0
    while len(out) < length:
        out += hashlib.sha256(f"{stem}/{block}".encode()).digest()
        block += 1
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in out[:length])
