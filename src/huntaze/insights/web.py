"""The page of figures, for signed-in people."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from huntaze.accounts import AccountRow
from huntaze.identity import Actor, Identity
from huntaze.insights.model import PostNumbers
from huntaze.insights.pages import ADDRESS, SHOWN_POSTS, SORTS, Shown, TopPost, insights_page, no_account_page
from huntaze.insights.period import Period, read_period
from huntaze.insights.report import SHOWN, report
from huntaze.insights.service import Insights
from huntaze.ui.i18n import speaker
from huntaze.ui.page import html

RUNNING_DAY = timedelta(hours=26)
"""How far behind a period its followers are looked for: those of the running day are the newest count."""


def routes(insights: Insights, identity: Identity) -> list[Route]:
    """`/insights`."""
    page = _Page(insights, identity)
    return [identity.page_route(ADDRESS, "accounts.read", page.show, name="insights")]


class _Page:
    def __init__(self, insights: Insights, identity: Identity) -> None:
        self.insights = insights
        self.identity = identity

    async def show(self, request: Request, actor: Actor) -> Response:
        accounts = await self._accounts(actor)
        viewer = self.identity.viewer(request, actor)
        if not accounts:
            with viewer.speaking():
                return html(no_account_page(viewer))
        account = _chosen(accounts, request.query_params.get("account", ""))
        reader = self.insights.reader_of(account.platform)
        if reader is None:
            raise HTTPException(404)
        sort = request.query_params.get("sort", "")
        with viewer.speaking():
            period = read_period(request.query_params, reader, self.insights.clock.now())
            shown = await self._shown(accounts, account, period, sort if sort in SORTS else SORTS[0])
            return html(insights_page(viewer, shown))

    async def _accounts(self, actor: Actor) -> list[AccountRow]:
        """Accounts of networks that tell figures."""
        async with self.insights.database.transaction() as tx:
            rows = await self.insights.accounts.list_accounts(tx, actor.workspace_id)
        return [row for row in rows if self.insights.reader_of(row.platform) is not None]

    async def _shown(self, accounts: list[AccountRow], account: AccountRow, period: Period, sort: str) -> Shown:
        here, workspace_id = self.insights, account.workspace_id
        until = period.until + RUNNING_DAY
        async with here.database.transaction() as tx:
            rows = await here.days_of(tx, workspace_id, account.id, SHOWN, period.since, until)
            posts = await here.posts(tx, workspace_id, account.id, period.days[0].starts_at, period.until)
            best = sorted(posts, key=lambda one: _rank(one, sort))[:SHOWN_POSTS]
            seen = [await here.mirror.media_item(tx, workspace_id, account.id, one.media_ref) for one in best]
            rounds = await here.rounds(tx, workspace_id, account.id)
        return Shown(
            accounts=accounts,
            account=account,
            report=report(period, rows, speaker().zone),
            posts=[TopPost(*pair) for pair in zip(best, seen, strict=True)],
            posts_in_all=len(posts),
            sort=sort,
            rounds=rounds,
            now=here.clock.now(),
        )


def _chosen(accounts: list[AccountRow], wanted: str) -> AccountRow:
    """The account that the address names, else the first. Raises 404 for one that is not here."""
    if not wanted:
        return accounts[0]
    try:
        account_id = UUID(wanted)
    except ValueError:
        raise HTTPException(404) from None
    found = next((row for row in accounts if row.id == account_id), None)
    if found is None:
        raise HTTPException(404)
    return found


def _rank(post: PostNumbers, metric: str) -> tuple[bool, float]:
    """Most first; posts without a figure last."""
    value = post.values.get(metric)
    return value is None, -(value or 0.0)
