"""Whose an account is or was, and forgetting it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huntaze.accounts.model import AccountSpan
from huntaze.kit import db
from huntaze.kit.db import Connection, Queries

Q = Queries(__package__)


async def account_spans(connection: Connection, workspace_id: UUID) -> list[AccountSpan]:
    """Every account that the workspace has or had."""
    return await db.fetch(connection, Q.account_spans, AccountSpan, workspace_id)


async def every_account_span(connection: Connection) -> list[AccountSpan]:
    """Every account that anybody has or had."""
    return await db.fetch(connection, Q.every_account_span, AccountSpan)


async def account_spans_of_user(
    connection: Connection, platform: str, user_ref: str, before: datetime
) -> list[AccountSpan]:
    """The accounts, live or not, that live by a person's grants made ``before``."""
    return await db.fetch(connection, Q.account_spans_of_user, AccountSpan, platform, user_ref, before)


async def erase_account(connection: Connection, workspace_id: UUID, account_id: UUID) -> int:
    """A disconnected account does not tell any more who it was; 1, or 0 for a live one."""
    return await db.execute(connection, Q.erase_account, workspace_id, account_id)


async def erase_user(connection: Connection, platform: str, user_ref: str, before: datetime) -> int:
    """A person's grants made ``before`` do not know them any more; how many."""
    return await db.fetch_value(connection, Q.erase_user, int, platform, user_ref, before) or 0
