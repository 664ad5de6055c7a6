"""Deliveries as Meta makes them, of comments that stand in the simulator's world (instagram.md §6.4, §6.6)."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

from bench.intake_crm.machine import Platform
from socialsim.fire import Shot, posted
from socialsim.meta.community.comments import webhook_value
from socialsim.meta.model import Comment
from socialsim.meta.webhooks.envelopes import escaped_json, signed_headers


def deliveries(
    url: str, here: Platform, comments: Sequence[Comment], dice: random.Random, *, copies: int = 1, most: int = 1
) -> list[Shot]:
    """Each comment ``copies`` times in mixed order, up to ``most`` in one request, each time in other company."""
    sent = list(comments) * copies
    if copies > 1:
        dice.shuffle(sent)
    shots, first = [], 0
    while first < len(sent):
        size = dice.randint(1, most)
        shots.append(_delivery(url, here, sent[first : first + size], first))
        first += size
    return shots


def _delivery(url: str, here: Platform, comments: Sequence[Comment], time: int) -> Shot:
    """``time`` is that of the sending: it differs from copy to copy."""
    by_account: dict[str, list[Comment]] = defaultdict(list)
    for comment in comments:
        by_account[here.account_of(comment)].append(comment)
    media = here.core.meta.world.media
    entries = [
        {
            "id": account,
            "time": 1_770_000_000 + time,
            "changes": [{"field": "comments", "value": webhook_value(media[one.media_id], one)} for one in ours],
        }
        for account, ours in by_account.items()
    ]
    body = escaped_json({"object": "instagram", "entry": entries}).encode()
    return posted(url, body, signed_headers(here.handle.app_secret, body), tuple(one.id for one in comments))
