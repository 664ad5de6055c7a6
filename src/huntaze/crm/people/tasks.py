"""What the worker does about people, their conversations and their mentions."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from huntaze.crm.keeping.keeping import PEOPLE
from huntaze.crm.keeping.taking import MENTION
from huntaze.crm.people.conversations import EVERY, Conversations
from huntaze.crm.people.mentions import Mentions
from huntaze.crm.people.profiles import Profiles
from huntaze.crm.service import CONVERSATIONS
from huntaze.kit.jobs import Task


def people_tasks(conversations: Conversations, profiles: Profiles, mentions: Mentions) -> list[Task]:
    """Read conversations again, every day by itself; ask who people are; ask what was written in a mention."""

    async def read_all(_: Mapping[str, str]) -> None:
        await conversations.start_all()

    async def profile(payload: Mapping[str, str]) -> None:
        await profiles.run(UUID(payload["workspace"]), UUID(payload["account"]))

    async def mention(payload: Mapping[str, str]) -> None:
        await mentions.run(UUID(payload["workspace"]), UUID(payload["account"]), UUID(payload["mention"]))

    return [
        Task(CONVERSATIONS, conversations.run, background=True),
        Task("crm.conversations_daily", read_all, every=EVERY),
        Task(PEOPLE, profile, background=True),
        Task(MENTION, mention, background=True),
    ]
