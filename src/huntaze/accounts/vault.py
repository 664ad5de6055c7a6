"""Sealing the room's secrets, each bound to its own table, row, column and workspace."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from huntaze.accounts.model import GrantRow, TokenRow
from huntaze.kit.crypto import KeyRing
from huntaze.kit.secret import Secret
from huntaze.platforms.contract import Grant


class Vault:
    """Opens and seals tokens. Nothing else in the room touches the key ring for them."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def seal_account_token(self, token: Secret, workspace_id: UUID, account_id: UUID) -> bytes:
        """The token of an account, for its row."""
        return self._ring.seal(token, table="account", row=account_id, column="token", workspace=workspace_id)

    def open_account_token(self, row: TokenRow) -> Secret:
        """Raises ``kit.crypto.SealBroken``."""
        return self._ring.open(row.token, table="account", row=row.id, column="token", workspace=row.workspace_id)

    def seal_grant(self, row: GrantRow, grant: Grant, refresh_at: datetime | None) -> GrantRow:
        """``row`` with everything that ``grant`` says, sealed. A grant without a refresh token keeps the row's."""
        return replace(
            row,
            user_ref=grant.user_ref or row.user_ref,
            token=self._seal(grant.token, row, "token"),
            refresh_token=self._seal(grant.refresh_token, row, "refresh_token") if grant.refresh_token else None,
            scopes=sorted(grant.scopes),
            declined=sorted(grant.declined),
            issued_at=grant.issued_at,
            expires_at=grant.expires_at,
            data_access_expires_at=grant.data_access_expires_at,
            refresh_at=refresh_at,
        )

    def open_grant(self, row: GrantRow) -> Grant:
        """Raises ``kit.crypto.SealBroken``, also for a grant whose tokens are wiped."""
        return Grant(
            user_ref=row.user_ref,
            token=self._open(row.token, row, "token"),
            issued_at=row.issued_at,
            expires_at=row.expires_at,
            data_access_expires_at=row.data_access_expires_at,
            scopes=frozenset(row.scopes),
            declined=frozenset(row.declined),
            refresh_token=self._open(row.refresh_token, row, "refresh_token") if row.refresh_token else None,
        )

    def _seal(self, secret: Secret, row: GrantRow, column: str) -> bytes:
        return self._ring.seal(secret, table="grants", row=row.id, column=column, workspace=row.workspace_id)

    def _open(self, sealed: bytes, row: GrantRow, column: str) -> Secret:
        return self._ring.open(sealed, table="grants", row=row.id, column=column, workspace=row.workspace_id)
