"""What the rooms above tell the accounts pages. Wiring fills it in, since nothing is imported up the line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

ScheduledPosts = Callable[[UUID, UUID], Awaitable[int]]
"""(workspace_id, account_id) → how many posts still wait for this account."""
LastSyncs = Callable[[UUID, Sequence[UUID]], Awaitable[Mapping[UUID, datetime]]]
"""(workspace_id, account_ids) → when each was last read whole."""
PictureUrls = Callable[[UUID, Sequence[UUID]], Awaitable[Mapping[UUID, str]]]
"""(workspace_id, account_ids) → the address of our own copy of each one's picture."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The three things that accounts cannot know by themselves."""

    scheduled_posts: ScheduledPosts
    last_syncs: LastSyncs
    pictures: PictureUrls
