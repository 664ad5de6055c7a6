"""The Instagram accounts behind a Facebook grant, and why the others cannot be connected (instagram.md §1.4)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from huntaze.kit.secret import Secret
from huntaze.kit.text import N_, Text
from huntaze.platforms.contract import Discovery, FoundAccount, Unusable
from huntaze.platforms.errors import Reconnect, Rejected
from huntaze.platforms.instagram.client import Caller, Graph, Listing
from huntaze.platforms.instagram.permissions import NEEDED_TO_FIND, functions_off, may_work

_PAGE_FIELDS = (
    "id,name,access_token,tasks,"
    "instagram_business_account{id,username,name,profile_picture_url,followers_count},"
    "connected_instagram_account{id,username}"
)
_PAGES = {"fields": _PAGE_FIELDS, "limit": "100"}
_PORTFOLIOS = {"fields": "id,name", "limit": "100"}

_TOKEN_CODES = frozenset({"102", "190"})
"""The grant itself is dead, not only closed to one portfolio."""
_TASK_REMEDY = Text(
    N_("Ask an administrator of the Page to let you create content or manage the Page, then connect again.")
)


class _Professional(msgspec.Struct, frozen=True):
    id: str
    username: str = ""
    name: str = ""
    profile_picture_url: str = ""
    followers_count: int | None = None


class _Page(msgspec.Struct, frozen=True):
    """A Facebook Page. ``connected_instagram_account`` may be personal: it serves to explain, never to connect."""

    id: str
    name: str = ""
    access_token: Secret = Secret("")
    tasks: tuple[str, ...] = ()
    instagram_business_account: _Professional | None = None
    connected_instagram_account: _Professional | None = None


class _Portfolio(msgspec.Struct, frozen=True):
    id: str
    name: str = ""


class Discoverer:
    """Walks the Pages of a person and of their Business portfolios."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def discover(
        self, caller: Caller, scopes: frozenset[str], targets: Mapping[str, frozenset[str]]
    ) -> Discovery:
        """``targets`` are the ids that a permission is limited to (``granular_scopes``), where it is."""
        missing = [scope for scope in NEEDED_TO_FIND if scope not in scopes]
        if missing:
            return Discovery((), (_permission_missing(missing),))
        unusable: list[Unusable] = []
        pages = {page.id: page for page in await self._pages(caller, "me/accounts")}
        if "business_management" in scopes:
            for page in await self._portfolio_pages(caller, unusable):
                if page.id not in pages or not pages[page.id].access_token:
                    pages[page.id] = page
        accounts: dict[str, FoundAccount] = {}
        for page in pages.values():
            found = _account(page, scopes, targets)
            if isinstance(found, Unusable):
                unusable.append(found)
            else:
                accounts.setdefault(found.account_ref, found)
        unusable += _hidden(targets.get("pages_show_list", frozenset()) - pages.keys())
        if not accounts and not unusable:
            unusable.append(_nothing(business="business_management" in scopes))
        return Discovery(tuple(accounts.values()), tuple(unusable))

    async def _pages(self, caller: Caller, path: str) -> list[_Page]:
        return [page async for rows in self._graph.pages(caller, path, Listing[_Page], _PAGES) for page in rows]

    async def _portfolio_pages(self, caller: Caller, unusable: list[Unusable]) -> list[_Page]:
        """Pages that only hang off a portfolio (T14). A portfolio that refuses costs only itself."""
        found: list[_Page] = []
        async for portfolios in self._graph.pages(caller, "me/businesses", Listing[_Portfolio], _PORTFOLIOS):
            for portfolio in portfolios:
                try:
                    found += await self._pages(caller, f"{portfolio.id}/owned_pages")
                    found += await self._pages(caller, f"{portfolio.id}/client_pages")
                except (Rejected, Reconnect) as error:
                    if error.code in _TOKEN_CODES:
                        raise
                    unusable.append(_closed_portfolio(portfolio))
        return found


def _account(page: _Page, scopes: frozenset[str], targets: Mapping[str, frozenset[str]]) -> FoundAccount | Unusable:
    account, tasks = page.instagram_business_account, frozenset(page.tasks)
    if account is None:
        return _without_account(page)
    if not page.access_token:
        return Unusable(
            account.username or page.name,
            Text(N_("You have no role on its Page “%(page)s” yourself."), {"page": page.name}),
            Text(N_("Ask the owner of the Business portfolio for a role on the Page, then connect again.")),
        )
    if not may_work(tasks):
        return Unusable(
            account.username or page.name,
            Text(N_("Your role on its Page “%(page)s” only allows looking."), {"page": page.name}),
            _TASK_REMEDY,
        )
    return FoundAccount(
        account_ref=account.id,
        username=account.username,
        name=account.name,
        picture_url=account.profile_picture_url,
        followers=account.followers_count,
        token=page.access_token,
        page_ref=page.id,
        page_name=page.name,
        off=functions_off(account.id, page.id, scopes, targets, tasks),
    )


def _without_account(page: _Page) -> Unusable:
    if page.connected_instagram_account is not None:
        return Unusable(
            page.connected_instagram_account.username or page.name,
            Text(N_("This is a personal Instagram account; Meta gives apps no access to those.")),
            Text(N_("In Instagram, switch it to a Business or Creator account, then connect again.")),
        )
    return Unusable(
        page.name,
        Text(N_("No Instagram account is linked to this Facebook Page.")),
        Text(N_("Link a Business or Creator account in the Page's settings, then connect again.")),
    )


def _permission_missing(missing: list[str]) -> Unusable:
    return Unusable(
        "Facebook",
        Text(N_("A permission was declined: %(permissions)s"), {"permissions": ", ".join(missing)}),
        Text(N_("Connect again and allow it: without it no account can be found.")),
    )


def _hidden(page_refs: frozenset[str]) -> list[Unusable]:
    """Pages ticked in the dialog that no list shows: they hang off a Business portfolio (T14)."""
    return [
        Unusable(
            page_ref,
            Text(N_("This Page belongs to a Business portfolio and Facebook does not show it to us.")),
            Text(N_("Connect again and allow “business management”, or ask for a direct role on the Page.")),
        )
        for page_ref in sorted(page_refs)
    ]


def _closed_portfolio(portfolio: _Portfolio) -> Unusable:
    return Unusable(
        portfolio.name or portfolio.id,
        Text(N_("Facebook does not show us the Pages of this Business portfolio.")),
        Text(N_("Ask the owner of the portfolio for a role on the Page, then connect again.")),
    )


def _nothing(*, business: bool) -> Unusable:
    remedy = (
        N_("Make your Instagram account a Business or Creator account and link it to a Facebook Page you manage.")
        if business
        else N_(
            "If the Page belongs to a Business portfolio, connect again and allow “business management”. Otherwise "
            "make your Instagram account a Business or Creator account and link it to a Facebook Page you manage."
        )
    )
    return Unusable("Facebook", Text(N_("This Facebook profile shows us no Page.")), Text(remedy))
