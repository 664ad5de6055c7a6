"""What stands around posts where they are shown: their accounts with their faces, and their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from huntaze.accounts import AccountRow, Accounts
from huntaze.crm import Mirror
from huntaze.kit.db import Database
from huntaze.library import Asset, Library
from huntaze.publishing.model import PostView


@dataclass(frozen=True, slots=True)
class Around:
    """By id: the accounts of a workspace, also disconnected ones, where their faces are, and the files of posts."""

    accounts: Mapping[UUID, AccountRow] = field(default_factory=dict)
    faces: Mapping[UUID, str] = field(default_factory=dict)
    assets: Mapping[UUID, Asset] = field(default_factory=dict)


class Surroundings:
    """Gathers what stands around posts from the rooms below."""

    def __init__(self, database: Database, accounts: Accounts, library: Library, mirror: Mirror) -> None:
        self._database = database
        self._accounts = accounts
        self._library = library
        self._mirror = mirror

    async def of(self, workspace_id: UUID, asset_ids: Sequence[UUID] = ()) -> Around:
        """The accounts of the workspace and these files, in one read."""
        async with self._database.transaction() as tx:
            accounts = await self._accounts.list_accounts(tx, workspace_id)
            profiles = await self._mirror.profiles(tx, workspace_id)
            assets = await self._library.assets(tx, workspace_id, asset_ids) if asset_ids else []
        faces = {one.account_id: f"/media/{one.picture_id}/thumbnail" for one in profiles.values() if one.picture_id}
        return Around({row.id: row for row in accounts}, faces, {asset.id: asset for asset in assets})

    async def of_posts(self, workspace_id: UUID, views: Sequence[PostView]) -> Around:
        """The accounts and the first picture of each post: what a list shows."""
        return await self.of(workspace_id, [view.post.asset_ids[0] for view in views if view.post.asset_ids])
