"""Finding the post of a comment: a webhook names a carousel's picture, or nothing (instagram.md §4.3)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from huntaze.accounts import AccountRow, Accounts, AccountUnavailable, CallKind, Wait
from huntaze.crm import store
from huntaze.crm.service import Mirror
from huntaze.kit.db import Database
from huntaze.kit.jobs import RetryLater
from huntaze.kit.log import get_logger
from huntaze.platforms.contract import Comment, MediaItem
from huntaze.platforms.errors import Later, PlatformError, Reconnect, UnknownOutcome
from huntaze.platforms.registry import Platforms

log = get_logger(__name__)

AGAIN = timedelta(minutes=1)


class Placing:
    """The comment is stored and told by then; this only puts it where it belongs."""

    def __init__(self, database: Database, platforms: Platforms, accounts: Accounts, mirror: Mirror) -> None:
        self.database = database
        self.platforms = platforms
        self.accounts = accounts
        self.mirror = mirror

    async def run(self, workspace_id: UUID, account_id: UUID, comment_ref: str, media_ref: str = "") -> None:
        """Ask the platform for the comment, and for its post if the mirror does not know it. Where the one comment
        belongs, all others that named the same ``media_ref`` belong."""
        async with self.database.transaction() as tx:
            account = await self.accounts.get(tx, workspace_id, account_id)
        if account is None:
            return
        answer = await self.accounts.governor.allow(CallKind.OTHER, workspace_id, account_id)
        if isinstance(answer, Wait):
            raise RetryLater(answer.until - self.accounts.clock.now())
        try:
            comment, post = await self._ask(account, comment_ref)
        except Reconnect as error:
            await self.accounts.needs_reconnect(account_id, error)
            return
        except (Later, UnknownOutcome) as error:
            raise RetryLater((error.after if isinstance(error, Later) else None) or AGAIN) from error
        except (AccountUnavailable, PlatformError) as error:
            # The next sync lists it under its post, if there still is one.
            log.info("comment_not_placed", account=str(account_id), why=type(error).__name__)
            return
        async with self.database.transaction() as tx:
            if post is not None:
                await self.mirror.keep_media(tx, workspace_id, account_id, [post])
            await self.mirror.keep_comments(tx, workspace_id, account_id, [comment], account.connected_at)
            if media_ref:
                await store.place_comments(tx, workspace_id, account_id, media_ref)
            await self.mirror.tell_media(tx, workspace_id, account_id, comment.media_ref)

    async def _ask(self, account: AccountRow, comment_ref: str) -> tuple[Comment, MediaItem | None]:
        reader = self.platforms[account.platform].reader
        access = await self.accounts.access(account.id)
        comment = await reader.comment(access, comment_ref)
        async with self.database.transaction() as tx:
            known = await store.places(tx, account.workspace_id, account.id, [comment.media_ref])
        if not comment.media_ref or comment.media_ref in known:
            return comment, None
        return comment, await reader.media_item(access, comment.media_ref)
