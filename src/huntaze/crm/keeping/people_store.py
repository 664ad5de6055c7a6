"""The SQL of people, conversations and mentions. A batch is a few statements, each with its rows in the order of
their keys, so that two writers never dead-lock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec

from huntaze.crm.keeping.messages import MessageDraft, PersonDraft, ReactionDraft, TalkDraft
from huntaze.crm.people_model import (
    ConversationKept,
    ErasedRow,
    MentionKept,
    MentionRow,
    MessageKept,
    PersonKept,
    PersonRow,
    PullRow,
)
from huntaze.crm.queries import Q
from huntaze.crm.store import arrays
from huntaze.kit.db import Connection, execute, fetch, fetch_optional, fetch_value, fetch_values, storable
from huntaze.kit.ids import new_id
from huntaze.platforms.contract import FoundMention, PersonProfile

PROFILE_KEPT = timedelta(days=7)
"""A profile that is older is asked for again, once they write."""


# --- people -----------------------------------------------------------------------------------------------------


async def upsert_people(
    tx: Connection, workspace_id: UUID, account_id: UUID, people: Iterable[PersonDraft], source: str, now: datetime
) -> list[PersonKept]:
    """Persons by their id, with where their names come from."""
    rows = [
        (new_id(now), one.person_ref, storable(one.username), one.origin, one.seen_at, one.wrote_at, one.first_seen_at)
        for one in sorted(people, key=lambda one: one.person_ref)
        if one.person_ref
    ]
    if not rows:
        return []
    facts = (workspace_id, account_id, source, now, now - PROFILE_KEPT)
    return await fetch(tx, Q.upsert_people, PersonKept, *facts, *arrays(rows))


async def person(tx: Connection, workspace_id: UUID, person_id: UUID) -> PersonRow | None:
    """One person."""
    return await fetch_optional(tx, Q.person, PersonRow, workspace_id, person_id)


async def bare_people(tx: Connection, workspace_id: UUID, account_id: UUID, now: datetime, limit: int) -> list[str]:
    """Ids of those who wrote and whose profile is missing or old, the last to write first."""
    return await fetch_values(tx, Q.bare_people, str, workspace_id, account_id, now, now - PROFILE_KEPT, limit)


async def set_profile(
    tx: Connection, workspace_id: UUID, account_id: UUID, profile: PersonProfile, now: datetime
) -> UUID | None:
    """What the platform shows of somebody; their id here."""
    words = [storable(text) for text in (profile.username, profile.name, profile.picture_url)]
    return await fetch_value(
        tx, Q.set_person_profile, UUID, workspace_id, account_id, profile.person_ref, now, *words, profile.followers,
        profile.follows_account, profile.followed_by_account, profile.verified, _told_of(profile, now),
    )  # fmt: skip


async def set_profile_problem(
    tx: Connection, workspace_id: UUID, account_id: UUID, person_ref: str, problem: str, next_at: datetime
) -> None:
    """The platform shows no profile of somebody; not asked again before ``next_at``."""
    await execute(tx, Q.set_profile_problem, workspace_id, account_id, person_ref, problem, next_at)


def _told_of(profile: PersonProfile, now: datetime) -> dict[str, object]:
    """Where what a profile says comes from, field by field."""
    said = {
        "username": profile.username,
        "name": profile.name,
        "picture_url": profile.picture_url,
        "followers": profile.followers,
        "follows_account": profile.follows_account,
        "followed_by_account": profile.followed_by_account,
        "verified": profile.verified,
    }
    source = {"from": "profile", "by": "poll", "at": now.isoformat()}
    return {field: source for field, value in said.items() if value not in ("", None)}


# --- conversations ----------------------------------------------------------------------------------------------


async def upsert_conversations(
    tx: Connection, workspace_id: UUID, account_id: UUID, talks: Mapping[str, TalkDraft], now: datetime
) -> dict[str, UUID]:
    """The conversations with these persons by person; they are ours until the transaction ends."""
    rows = [
        (new_id(now), ref, one.conversation_ref, one.at, one.person_seen_at, one.read_at, one.owner_app_ref,
         one.control_at)
        for ref, one in sorted(talks.items())
    ]  # fmt: skip
    if not rows:
        return {}
    kept = await fetch(tx, Q.upsert_conversations, ConversationKept, workspace_id, account_id, *arrays(rows))
    return {row.person_ref: row.id for row in kept}


async def upsert_messages(
    tx: Connection,
    workspace_id: UUID,
    account_id: UUID,
    drafts: Mapping[str, MessageDraft],
    conversations: Mapping[str, UUID],
    source: str,
    now: datetime,
    read_at: datetime | None,
) -> list[MessageKept]:
    """Messages, each put together with what is here of it. ``read_at``: when the list was asked for that has them."""
    rows = [
        (new_id(now), conversations[one.person_ref], ref, one.kind, int(one.known), one.from_account, one.text,
         one.edited, one.deleted_at, one.reply_to, _json(one.attachments), _json(one.details), one.standby, one.sent_at)
        for ref, one in sorted(drafts.items())
    ]  # fmt: skip
    if not rows:
        return []
    return await fetch(
        tx, Q.upsert_messages, MessageKept, workspace_id, account_id, source, now, read_at, *arrays(rows)
    )


async def upsert_reactions(
    tx: Connection,
    workspace_id: UUID,
    account_id: UUID,
    drafts: Mapping[tuple[str, bool], ReactionDraft],
    source: str,
    now: datetime,
) -> None:
    """Reactions; the last one by the platform's time stays."""
    rows = [
        (ref, from_account, one.person_ref, one.reaction, one.emoji, one.at)
        for (ref, from_account), one in sorted(drafts.items())
    ]
    if rows:
        await execute(tx, Q.upsert_reactions, workspace_id, account_id, source, now, *arrays(rows))


async def settle_conversations(tx: Connection, workspace_id: UUID, ids: Collection[UUID]) -> None:
    """When these conversations' last messages were, from the messages themselves."""
    if ids:
        await execute(tx, Q.settle_conversations, workspace_id, sorted(ids))


def _json(value: object) -> str:
    """As it goes into an array: an array of JSON would be taken for one of many dimensions."""
    return msgspec.json.encode(value).decode()


# --- mentions ---------------------------------------------------------------------------------------------------


async def insert_mentions(
    tx: Connection, workspace_id: UUID, account_id: UUID, places: Iterable[tuple[str, str]], source: str, now: datetime
) -> list[MentionKept]:
    """Mentions by post and comment; those that are new."""
    rows = [(new_id(now), media_ref, comment_ref) for media_ref, comment_ref in sorted(set(places))]
    if not rows:
        return []
    return await fetch(tx, Q.insert_mentions, MentionKept, workspace_id, account_id, source, now, *arrays(rows))


async def mention(tx: Connection, workspace_id: UUID, mention_id: UUID) -> MentionRow | None:
    """One mention."""
    return await fetch_optional(tx, Q.mention, MentionRow, workspace_id, mention_id)


async def set_mention(tx: Connection, workspace_id: UUID, mention_id: UUID, found: FoundMention, now: datetime) -> None:
    """What was written, unless its author was forgotten meanwhile."""
    words = [storable(text) for text in (found.username, found.text, found.permalink, found.media_type)]
    await execute(tx, Q.set_mention, workspace_id, mention_id, now, *words, found.at)


async def set_mention_problem(
    tx: Connection, workspace_id: UUID, mention_id: UUID, problem: str, now: datetime
) -> None:
    """The platform would not tell."""
    await execute(tx, Q.set_mention_problem, workspace_id, mention_id, now, problem)


# --- the forgotten ----------------------------------------------------------------------------------------------


async def erased(tx: Connection, workspace_id: UUID, refs: Collection[str]) -> dict[str, datetime]:
    """Which of these persons were forgotten, and when."""
    hashes = {person_hash(workspace_id, ref): ref for ref in refs if ref}
    if not hashes:
        return {}
    rows = await fetch(tx, Q.erased_people, ErasedRow, workspace_id, list(hashes))
    return {hashes[row.person_hash]: row.erased_at for row in rows}


async def erase(tx: Connection, workspace_id: UUID, person_ref: str, now: datetime) -> int:
    """Forget a person; how many rows held them. What they wrote until now is not taken in again."""
    counts = [
        await fetch_value(tx, query, int, workspace_id, person_ref) or 0
        for query in (Q.erase_mentions, Q.erase_comments, Q.erase_reactions, Q.erase_messages, Q.erase_person)
    ]
    await execute(tx, Q.remember_erased, workspace_id, person_hash(workspace_id, person_ref), now)
    return sum(counts)


def person_hash(workspace_id: UUID, person_ref: str) -> bytes:
    """By which a person that was forgotten is known again, without saying who it was."""
    return sha256(workspace_id.bytes + person_ref.encode()).digest()


# --- pulling conversations --------------------------------------------------------------------------------------


async def begin_pull(tx: Connection, workspace_id: UUID, account_id: UUID, now: datetime) -> datetime | None:
    """A pull begins; when the last one began that came to its end, None without one."""
    return await fetch_value(tx, Q.begin_pull, datetime, workspace_id, account_id, now)


async def finish_pull(tx: Connection, workspace_id: UUID, account_id: UUID, now: datetime, problem: str = "") -> None:
    """It came to its end, or stopped with a problem."""
    await execute(tx, Q.finish_pull, workspace_id, account_id, now, problem)


async def stop_pull(tx: Connection, workspace_id: UUID, account_id: UUID) -> None:
    """The account is gone."""
    await execute(tx, Q.stop_pull, workspace_id, account_id)


async def pulls(tx: Connection) -> list[PullRow]:
    """worker: accounts whose conversations are pulled."""
    return await fetch(tx, Q.pulls, PullRow)
