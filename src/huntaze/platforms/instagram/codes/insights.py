"""Codes of reading numbers (instagram.md §4.4)."""

from __future__ import annotations

from huntaze.kit.text import N_
from huntaze.platforms.instagram.codes.row import Code, Means

_TOO_OLD = N_("This post is older than the professional account: Instagram keeps no numbers for it.")
_NOTHING_TO_DO = N_("Nothing can be done about it.")

INSIGHTS: tuple[Code, ...] = (
    Code(100, 2108006, Means.REJECTED, _TOO_OLD, _NOTHING_TO_DO),
    Code(4, 2108006, Means.REJECTED, _TOO_OLD, _NOTHING_TO_DO),
)
