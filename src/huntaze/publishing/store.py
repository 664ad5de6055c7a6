"""The only SQL of publishing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from huntaze.kit.db import (
    Connection,
    Queries,
    execute,
    fetch,
    fetch_one,
    fetch_optional,
    fetch_value,
    fetch_values,
)
from huntaze.platforms.contract import Baseline
from huntaze.publishing import first_comments
from huntaze.publishing.model import (
    ArtefactEnd,
    ArtefactRow,
    AttemptRow,
    EvidenceRow,
    IdempotencyRow,
    Overdue,
    PostDraft,
    PostRow,
    PublicationRow,
)
from huntaze.publishing.states import BEFORE_ARMED, State, check_step

Q = Queries(__package__)


# --- posts ------------------------------------------------------------------------------------------------------


async def insert_post(
    tx: Connection, workspace_id: UUID, post_id: UUID, draft: PostDraft, author: str, now: datetime
) -> None:
    """A new post."""
    await execute(
        tx, Q.insert_post, workspace_id, post_id, draft.type.value, draft.caption, _media(draft),
        draft.location_id, draft.cover_id, draft.zone, author, now,
    )  # fmt: skip
    await first_comments.keep_text(tx, workspace_id, post_id, draft.first_comment)


async def update_post(tx: Connection, workspace_id: UUID, post_id: UUID, draft: PostDraft, now: datetime) -> None:
    """New content."""
    await execute(
        tx, Q.update_post, workspace_id, post_id, draft.type.value, draft.caption, _media(draft),
        draft.location_id, draft.cover_id, draft.zone, now,
    )  # fmt: skip
    await first_comments.keep_text(tx, workspace_id, post_id, draft.first_comment)


async def post(tx: Connection, workspace_id: UUID, post_id: UUID) -> PostRow:
    """One post; raises ``NoSuchRow``."""
    return await fetch_one(tx, Q.get_post, PostRow, workspace_id, post_id)


async def lock_post(tx: Connection, workspace_id: UUID, post_id: UUID) -> PostRow | None:
    """One post, held for this transaction."""
    return await fetch_optional(tx, Q.lock_post, PostRow, workspace_id, post_id)


async def find_post(tx: Connection, workspace_id: UUID, post_id: UUID) -> PostRow | None:
    """One post or None."""
    return await fetch_optional(tx, Q.get_post, PostRow, workspace_id, post_id)


async def list_posts(
    tx: Connection, workspace_id: UUID, before: UUID | None, states: Sequence[State] | None, limit: int
) -> list[PostRow]:
    """Newest first, before an id, with a publication in one of ``states`` (None: all)."""
    wanted = None if states is None else [state.value for state in states]
    return await fetch(tx, Q.list_posts, PostRow, workspace_id, before, wanted, limit)


async def list_account_posts(tx: Connection, workspace_id: UUID, account_id: UUID, limit: int) -> list[PostRow]:
    """Newest posts of one account."""
    return await fetch(tx, Q.list_account_posts, PostRow, workspace_id, account_id, limit)


async def list_coming_posts(tx: Connection, workspace_id: UUID, states: Sequence[State], limit: int) -> list[PostRow]:
    """Posts with a publication in one of ``states``, the next due first."""
    return await fetch(tx, Q.list_coming_posts, PostRow, workspace_id, [state.value for state in states], limit)


async def posts_using_asset(tx: Connection, workspace_id: UUID, asset_id: UUID) -> list[UUID]:
    """Posts that still need a file."""
    return await fetch_values(tx, Q.posts_using_asset, UUID, workspace_id, asset_id)


def _media(draft: PostDraft) -> list[dict[str, str]]:
    return [{"assetId": str(asset_id)} for asset_id in draft.asset_ids]


# --- publications -----------------------------------------------------------------------------------------------


async def insert_publication(
    tx: Connection,
    workspace_id: UUID,
    publication_id: UUID,
    post_id: UUID,
    account_id: UUID,
    platform: str,
    state: State,
    plan: tuple[datetime | None, datetime | None, datetime | None],
    content: bytes,
    now: datetime,
) -> None:
    """The row of a post on an account; ``plan`` = (due_at, prepare_from, next_check_at)."""
    due_at, prepare_from, next_check_at = plan
    await execute(
        tx, Q.insert_publication, workspace_id, publication_id, post_id, account_id, platform, state.value,
        due_at, prepare_from, content, next_check_at, now,
    )  # fmt: skip


async def delete_drafts(tx: Connection, workspace_id: UUID, post_id: UUID, keep: Sequence[UUID]) -> None:
    """Accounts unticked from a draft."""
    await execute(tx, Q.delete_drafts, workspace_id, post_id, list(keep))


async def publications(tx: Connection, workspace_id: UUID, post_ids: Sequence[UUID]) -> list[PublicationRow]:
    """Every publication of these posts."""
    return await fetch(tx, Q.publications_of_posts, PublicationRow, workspace_id, list(post_ids))


async def publication_by_media(
    tx: Connection, workspace_id: UUID, account_id: UUID, media_ref: str
) -> PublicationRow | None:
    """Whose post of the platform this is."""
    return await fetch_optional(tx, Q.publication_by_media, PublicationRow, workspace_id, account_id, media_ref)


async def twin(
    tx: Connection, workspace_id: UUID, account_id: UUID, content: bytes, due_at: datetime, but: UUID
) -> UUID | None:
    """A post with the same content on this account within a day, other than ``but``; held apart by an account lock."""
    await execute(tx, Q.lock_account, str(account_id))
    return await fetch_value(tx, Q.twins, UUID, workspace_id, account_id, content, due_at, but)


async def waiting_count(tx: Connection, workspace_id: UUID, account_id: UUID) -> int:
    """How many posts of an account still wait to go out."""
    return await fetch_value(tx, Q.waiting_count, int, workspace_id, account_id) or 0


async def replan(
    tx: Connection,
    row: PublicationRow,
    state: State,
    plan: tuple[datetime | None, datetime | None, datetime | None],
    content: bytes,
    allowed: Sequence[State] = BEFORE_ARMED,
) -> bool:
    """A person's change; False when the row has left the states in which it is allowed."""
    due_at, prepare_from, next_check_at = plan
    allowed_words = [one.value for one in allowed]
    done = await fetch_value(
        tx, Q.replan, UUID, row.workspace_id, row.id, state.value, due_at, prepare_from, next_check_at, content,
        allowed_words,
    )  # fmt: skip
    return done is not None


async def hold_account(
    tx: Connection, workspace_id: UUID, account_id: UUID, reason: str, problem: dict[str, Any]
) -> list[PublicationRow]:
    """Hold everything of an account that is not armed yet."""
    return await fetch(tx, Q.hold_account, PublicationRow, workspace_id, account_id, reason, problem)


async def release_account(
    tx: Connection,
    workspace_id: UUID,
    account_id: UUID,
    now: datetime,
    grace: timedelta,
    missed: dict[str, Any],
    reasons: Sequence[str],
) -> list[PublicationRow]:
    """Let go on what was held for one of ``reasons`` and is not too late; the rest is held as ``missed``."""
    return await fetch(
        tx, Q.release_account, PublicationRow, workspace_id, account_id, now - grace, now, missed, list(reasons)
    )


# --- the worker's steps -----------------------------------------------------------------------------------------


async def claim(
    tx: Connection, publication_id: UUID, owner: UUID, lease_until: datetime, now: datetime, due_before: datetime
) -> PublicationRow | None:
    """Take a free row that is due before ``due_before``, in a state that this release knows."""
    return await fetch_optional(
        tx, Q.claim, PublicationRow, publication_id, owner, lease_until, now, due_before, list(State)
    )


async def beat(tx: Connection, held: Sequence[tuple[UUID, int]], lease_until: datetime) -> set[UUID]:
    """Keep these rows, named with their fences; the ids that are still ours."""
    ids, fences = [one[0] for one in held], [one[1] for one in held]
    return set(await fetch_values(tx, Q.beat, UUID, ids, fences, lease_until))


async def due(tx: Connection, now: datetime, limit: int) -> list[UUID]:
    """Rows that are due and free."""
    return await fetch_values(tx, Q.due, UUID, now, limit, list(State))


async def waiting_for_time(
    tx: Connection, now: datetime, grace: timedelta, missed: dict[str, Any]
) -> list[PublicationRow]:
    """Held rows whose time has come; those that are too late stay held as ``missed``."""
    return await fetch(tx, Q.waiting_for_time, PublicationRow, now, now - grace, missed)


async def forgotten(tx: Connection, before: datetime, workspace_id: UUID | None = None) -> list[Overdue]:
    """Rows that nobody has looked after since ``before``, by workspace: of one, or of all of them (I8)."""
    return await fetch(tx, Q.forgotten, Overdue, before, workspace_id)


async def overdue(tx: Connection, before: datetime) -> int:
    """How many rows nobody has looked after since ``before``."""
    return sum(one.posts for one in await forgotten(tx, before))


async def step(
    tx: Connection,
    row: PublicationRow,
    state: State,
    next_check_at: datetime | None,
    tries: int,
    problem: dict[str, Any] | None,
    held_reason: str,
    held_until: datetime | None,
) -> PublicationRow | None:
    """The next state under the fence of ``row``; None when the fence is lost, or another state was written meanwhile.

    Raises ``StrangeStep`` for a step that the table of states does not know.
    """
    check_step(row.now_state, state)
    return await fetch_optional(
        tx, Q.step, PublicationRow, row.id, row.fence, state.value, next_check_at, tries, problem, held_reason,
        held_until, row.state,
    )  # fmt: skip


async def lock_own(tx: Connection, row: PublicationRow) -> PublicationRow | None:
    """The row, held for this transaction; None when its fence is lost."""
    return await fetch_optional(tx, Q.lock_own, PublicationRow, row.id, row.fence)


async def release(tx: Connection, row: PublicationRow) -> None:
    """Let go of a row."""
    await execute(tx, Q.release, row.id, row.fence)


async def next_attempt(tx: Connection, row: PublicationRow, now: datetime) -> PublicationRow | None:
    """Begin a generation of artefacts; leftovers of the last one that were never ready are abandoned."""
    return await fetch_optional(tx, Q.next_attempt, PublicationRow, row.id, row.fence, now)


async def set_baseline(
    tx: Connection, row: PublicationRow, baseline: Baseline | None, now: datetime
) -> PublicationRow | None:
    """What was public at ``now``; a baseline that could not be read leaves the old one."""
    value = row.baseline
    if baseline is not None:
        value = {"at": now.isoformat(), "mediaRefs": list(baseline.media_refs), "quotaUsed": baseline.quota_used}
    return await fetch_optional(tx, Q.set_baseline, PublicationRow, row.id, row.fence, value)


def baseline_age(row: PublicationRow, now: datetime) -> timedelta:
    """How old the baseline is; without one, older than anything."""
    return now - datetime.fromisoformat(row.baseline["at"]) if row.baseline else timedelta.max


async def arm(
    tx: Connection, row: PublicationRow, now: datetime, send_lease: timedelta, work_lease: timedelta
) -> PublicationRow | None:
    """Commit the intent. Raises ``UniqueViolation`` while another publication of the account is being sent."""
    return await fetch_optional(tx, Q.arm, PublicationRow, row.id, row.fence, now, now + send_lease, now + work_lease)


async def mark_sent(tx: Connection, row: PublicationRow) -> PublicationRow | None:
    """The last look at the fence before the request leaves."""
    return await fetch_optional(tx, Q.mark_sent, PublicationRow, row.id, row.fence)


async def state_now(tx: Connection, row: PublicationRow) -> State:
    """The state of a row whoever holds it, kept for this transaction."""
    return State(await fetch_value(tx, Q.state_now, str, row.id) or row.state)


async def publication_state(tx: Connection, publication_id: UUID) -> State:
    """Where a publication stands now."""
    return State(await fetch_value(tx, Q.publication_state, str, publication_id) or State.REMOVED)


async def mark_published(
    tx: Connection, row: PublicationRow, now: datetime, media_ref: str | None, since: datetime | None = None
) -> PublicationRow | None:
    """A yes, whoever brings it; None when it was known already. ``since``: when it became public, if that is known."""
    return await fetch_optional(tx, Q.mark_published, PublicationRow, row.id, since or now, media_ref, now)


async def set_link(
    tx: Connection, row: PublicationRow, media_ref: str | None, permalink: str | None, next_check_at: datetime | None
) -> PublicationRow:
    """Which post it is and where. Raises ``UniqueViolation`` when the post is bound elsewhere."""
    return await fetch_one(tx, Q.set_link, PublicationRow, row.id, media_ref, permalink, next_check_at)


async def mark_unknown(
    tx: Connection, row: PublicationRow, now: datetime, first_look: timedelta
) -> PublicationRow | None:
    """Sent, no answer."""
    return await fetch_optional(
        tx, Q.mark_unknown, PublicationRow, row.id, row.fence, now, now + first_look, row.send_lease_until
    )


async def mark_looked(tx: Connection, row: PublicationRow, next_look: datetime) -> PublicationRow | None:
    """One look more."""
    return await fetch_optional(tx, Q.mark_looked, PublicationRow, row.id, row.fence, next_look)


# --- attempts, artefacts, evidence ------------------------------------------------------------------------------


async def insert_attempt(
    tx: Connection, row: PublicationRow, attempt_id: UUID, artefact_ref: str, request_hash: bytes, now: datetime
) -> None:
    """The intent of one irreversible call."""
    await execute(
        tx, Q.insert_attempt, row.workspace_id, attempt_id, row.id, row.fence, request_hash, artefact_ref, now
    )


async def end_attempts(tx: Connection, row: PublicationRow, now: datetime, outcome: str) -> None:
    """What came of it; a late yes replaces an unknown."""
    await execute(tx, Q.end_attempts, row.id, now, outcome)


async def end_last_attempt(tx: Connection, row: PublicationRow, now: datetime, outcome: str) -> None:
    """What came of the newest send, known late or at once."""
    await execute(tx, Q.end_last_attempt, row.id, now, outcome)


async def end_own_attempt(tx: Connection, row: PublicationRow, now: datetime, outcome: str) -> None:
    """What came of the send made under the fence of ``row``."""
    await execute(tx, Q.end_own_attempt, row.id, row.fence, now, outcome)


async def doubtful_artefacts(tx: Connection, row: PublicationRow) -> list[ArtefactRow]:
    """What was sent, never settled, and given up by a person."""
    return await fetch(tx, Q.doubtful_artefacts, ArtefactRow, row.workspace_id, row.id)


async def published_since(tx: Connection, row: PublicationRow, since: datetime) -> int:
    """How many other posts we published on the account of ``row``."""
    return await fetch_value(tx, Q.published_since, int, row.workspace_id, row.account_id, row.id, since) or 0


async def last_words(tx: Connection, row: PublicationRow, kind: str) -> str | None:
    """What was last noted of that kind."""
    return await fetch_value(tx, Q.last_words, str, row.workspace_id, row.id, kind)


async def noted_since(tx: Connection, row: PublicationRow, kind: str, since: datetime) -> bool:
    """Whether a line of that kind was noted since then."""
    return bool(await fetch_value(tx, Q.noted_since, bool, row.workspace_id, row.id, kind, since))


async def insert_artefact(
    tx: Connection, row: PublicationRow, artefact_id: UUID, role: str, position: int, ref: str, upload_url: str,
    now: datetime,
) -> ArtefactRow:  # fmt: skip
    """Something made at the platform."""
    return await fetch_one(
        tx, Q.insert_artefact, ArtefactRow, row.workspace_id, artefact_id, row.id, row.attempt, role, position, ref,
        upload_url, now,
    )  # fmt: skip


async def artefacts_alive(tx: Connection, row: PublicationRow) -> list[ArtefactRow]:
    """What can still be used."""
    return await fetch(tx, Q.artefacts_alive, ArtefactRow, row.workspace_id, row.id)


async def post_artefact(tx: Connection, row: PublicationRow) -> ArtefactRow:
    """The newest artefact that can be or was published; raises ``NoSuchRow``."""
    return await fetch_one(tx, Q.post_artefact, ArtefactRow, row.workspace_id, row.id)


async def find_post_artefact(tx: Connection, row: PublicationRow) -> ArtefactRow | None:
    """The same, or None when nothing was made yet."""
    return await fetch_optional(tx, Q.post_artefact, ArtefactRow, row.workspace_id, row.id)


async def rename_artefact(tx: Connection, row: PublicationRow, ref: str) -> None:
    """The platform gave the artefact its own name in its answer."""
    await execute(tx, Q.rename_artefact, row.workspace_id, row.id, ref)


async def artefact_ready(tx: Connection, artefact_id: UUID, now: datetime, raw: str) -> None:
    """An artefact may be used now."""
    await execute(tx, Q.artefact_ready, artefact_id, now, raw)


async def end_artefact(tx: Connection, artefact_id: UUID, end: str, now: datetime, raw: str) -> None:
    """An artefact is used up or dead."""
    await execute(tx, Q.end_artefact, artefact_id, end, now, raw)


async def abandon_artefacts(tx: Connection, row: PublicationRow, now: datetime) -> None:
    """What was prepared is never armed."""
    await execute(tx, Q.abandon_artefacts, row.workspace_id, row.id, ArtefactEnd.ABANDONED.value, now)


async def insert_evidence(
    tx: Connection, workspace_id: UUID, evidence_id: UUID, publication_id: UUID, attempt: int, now: datetime,
    kind: str, words: dict[str, Any], raw: str,
) -> None:  # fmt: skip
    """One line of the timeline."""
    await execute(tx, Q.insert_evidence, workspace_id, evidence_id, publication_id, attempt, now, kind, words, raw)


async def attempts(tx: Connection, workspace_id: UUID, publication_ids: Sequence[UUID]) -> list[AttemptRow]:
    """Every send of these publications."""
    return await fetch(tx, Q.attempts_of, AttemptRow, workspace_id, list(publication_ids))


async def evidence(tx: Connection, workspace_id: UUID, publication_ids: Sequence[UUID]) -> list[EvidenceRow]:
    """The timeline of these publications."""
    return await fetch(tx, Q.evidence_of, EvidenceRow, workspace_id, list(publication_ids))


# --- idempotency keys -------------------------------------------------------------------------------------------


async def open_key(
    tx: Connection, workspace_id: UUID, route: str, key: str, body_hash: bytes, now: datetime, stale_before: datetime
) -> bool:
    """Take a key; False when it stands for something already."""
    taken = await fetch_value(tx, Q.open_key, bool, workspace_id, route, key, body_hash, now, stale_before)
    return taken is True


async def read_key(tx: Connection, workspace_id: UUID, route: str, key: str) -> IdempotencyRow | None:
    """What a key stands for."""
    return await fetch_optional(tx, Q.read_key, IdempotencyRow, workspace_id, route, key)


async def beat_key(tx: Connection, workspace_id: UUID, route: str, key: str, held_at: datetime, now: datetime) -> bool:
    """The request lives; False when it is not the holder any more."""
    return await fetch_value(tx, Q.beat_key, bool, workspace_id, route, key, held_at, now) is True


async def close_key(
    tx: Connection, workspace_id: UUID, route: str, key: str, held_at: datetime, post_id: UUID | None, status: int,
    answer: dict[str, Any],
) -> bool:  # fmt: skip
    """The answer, in the transaction that makes the post; False when somebody else is the holder now."""
    closed = await fetch_value(tx, Q.close_key, bool, workspace_id, route, key, held_at, post_id, status, answer)
    return closed is True


async def drop_key(tx: Connection, workspace_id: UUID, route: str, key: str, held_at: datetime) -> bool:
    """Forget a key whose request was refused; False when somebody else is the holder now."""
    return await fetch_value(tx, Q.drop_key, bool, workspace_id, route, key, held_at) is True


async def forget_keys(tx: Connection, before: datetime) -> None:
    """Keys older than their promise."""
    await execute(tx, Q.forget_keys, before)
