"""The only SQL of the library: asset, variant, link, link_fetch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from huntaze.kit.cursors import Place
from huntaze.kit.db import Connection, Queries, execute, execute_many, fetch, fetch_optional
from huntaze.library.model import Asset, AssetRow, LinkFetch, LinkRow, VariantRow
from huntaze.platforms.contract import MediaFacts

Q = Queries(__package__)


async def accept_asset(connection: Connection, row: AssetRow) -> None:
    await execute(
        connection,
        Q.accept_asset,
        row.workspace_id,
        row.id,
        row.name,
        row.source,
        row.origin,
        row.kind,
        row.mime,
        row.size,
        row.sha256,
        row.path,
        row.created_at,
    )


async def settle_asset(
    connection: Connection, workspace_id: UUID, asset_id: UUID, facts: MediaFacts, at: datetime
) -> bool:
    """Store the probe's facts; False when somebody else settled or deleted the asset meanwhile."""
    return (
        await execute(
            connection,
            Q.settle_asset,
            workspace_id,
            asset_id,
            facts.width,
            facts.height,
            facts.duration,
            facts.fps,
            facts.video_codec,
            facts.audio_codec,
            at,
        )
        > 0
    )


async def refuse_asset(connection: Connection, workspace_id: UUID, asset_id: UUID, problem: Mapping[str, str]) -> bool:
    return await execute(connection, Q.refuse_asset, workspace_id, asset_id, dict(problem)) > 0


async def add_variants(connection: Connection, workspace_id: UUID, variants: Sequence[tuple[UUID, VariantRow]]) -> None:
    """Store what was made; each with its own new id."""
    rows = [
        (workspace_id, new, v.asset_id, v.purpose, v.mime, v.size, v.width, v.height, v.sha256, v.path)
        for new, v in variants
    ]
    await execute_many(connection, Q.add_variant, rows)


async def get_asset(connection: Connection, workspace_id: UUID, asset_id: UUID) -> Asset | None:
    row = await fetch_optional(connection, Q.get_asset, AssetRow, workspace_id, asset_id)
    return None if row is None else (await with_variants(connection, workspace_id, [row]))[0]


async def get_assets(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> list[Asset]:
    """The known ones of ``ids``, in the order asked and as often as asked."""
    rows = await fetch(connection, Q.get_assets, AssetRow, workspace_id, list(ids))
    found = {asset.id: asset for asset in await with_variants(connection, workspace_id, rows)}
    return [found[each] for each in ids if each in found]


async def find_same(connection: Connection, workspace_id: UUID, source: str, sha256: bytes) -> Asset | None:
    row = await fetch_optional(connection, Q.find_same, AssetRow, workspace_id, source, sha256)
    return None if row is None else (await with_variants(connection, workspace_id, [row]))[0]


async def list_assets(
    connection: Connection, workspace_id: UUID, before: Place | None, kind: str, limit: int
) -> list[Asset]:
    at, asset_id = before or (None, None)
    rows = await fetch(connection, Q.list_assets, AssetRow, workspace_id, at, asset_id, kind, limit)
    return await with_variants(connection, workspace_id, rows)


async def with_variants(connection: Connection, workspace_id: UUID, rows: Sequence[AssetRow]) -> list[Asset]:
    made = await fetch(connection, Q.list_variants, VariantRow, workspace_id, [row.id for row in rows])
    return [Asset(row, tuple(each for each in made if each.asset_id == row.id)) for row in rows]


async def describe_asset(connection: Connection, workspace_id: UUID, asset_id: UUID, alt_text: str) -> bool:
    return await execute(connection, Q.describe_asset, workspace_id, asset_id, alt_text) > 0


async def take_stale(connection: Connection, now: datetime, before: datetime, limit: int) -> list[AssetRow]:
    return await fetch(connection, Q.take_stale, AssetRow, now, before, limit)


async def lock_asset(connection: Connection, workspace_id: UUID, asset_id: UUID) -> AssetRow | None:
    return await fetch_optional(connection, Q.lock_asset, AssetRow, workspace_id, asset_id)


async def begin_deletion(connection: Connection, workspace_id: UUID, asset_id: UUID) -> None:
    await execute(connection, Q.begin_deletion, workspace_id, asset_id)


async def begin_copies_deletion(connection: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> int:
    return await execute(connection, Q.begin_copies_deletion, workspace_id, list(ids))


async def list_deleting(connection: Connection, limit: int) -> list[AssetRow]:
    return await fetch(connection, Q.list_deleting, AssetRow, limit)


async def end_deletion(connection: Connection, workspace_id: UUID, asset_id: UUID) -> None:
    await execute(connection, Q.delete_links, workspace_id, asset_id)
    await execute(connection, Q.delete_asset, workspace_id, asset_id)


async def add_link(connection: Connection, row: LinkRow, made_at: datetime) -> None:
    await execute(
        connection,
        Q.add_link,
        row.workspace_id,
        row.id,
        row.asset_id,
        row.purpose,
        row.made_for,
        made_at,
        row.ends_at,
    )


async def hold_link(connection: Connection, link_id: UUID) -> LinkRow | None:
    return await fetch_optional(connection, Q.hold_link, LinkRow, link_id)


async def extend_links(connection: Connection, workspace_id: UUID, made_for: str, ends_at: datetime) -> int:
    return await execute(connection, Q.extend_links, workspace_id, made_for, ends_at)


async def revoke_links(connection: Connection, workspace_id: UUID, made_for: str, at: datetime) -> int:
    return await execute(connection, Q.revoke_links, workspace_id, made_for, at)


async def log_fetch(connection: Connection, workspace_id: UUID, fetched: LinkFetch) -> None:
    await execute(
        connection,
        Q.log_fetch,
        workspace_id,
        fetched.link_id,
        fetched.at,
        fetched.method,
        fetched.status,
        fetched.range_header,
        fetched.user_agent,
    )


async def list_fetches(connection: Connection, workspace_id: UUID, made_for: str) -> list[LinkFetch]:
    return await fetch(connection, Q.list_fetches, LinkFetch, workspace_id, made_for)
