"""What the pages of long lists share: what their address asks for, where they go on, and how they are framed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from htpy import Renderable
from starlette.requests import Request

from huntaze.accounts import AccountRow
from huntaze.kit.shapes import LONGEST_SEARCH
from huntaze.ui import parts
from huntaze.ui.i18n import _
from huntaze.ui.page import page
from huntaze.ui.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as its address asks for it."""

    path: str
    accounts: Mapping[UUID, AccountRow]
    chosen: Mapping[str, str]
    """Every choice as it stands in the address; empty: any."""
    cursor: str
    """From where the list goes on; empty: its beginning."""

    @classmethod
    def read(
        cls, request: Request, accounts: Mapping[UUID, AccountRow], choices: Mapping[str, Collection[str]]
    ) -> Listing:
        """What the address says; what it asks for that there is not is left out."""
        asked = request.query_params
        known = {"account": {str(one) for one in accounts}, **choices}
        chosen = {name: asked[name] if asked.get(name) in values else "" for name, values in known.items()}
        chosen["q"] = asked.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
        return cls(request.url.path, accounts, chosen, asked.get("before", ""))

    @property
    def filtered(self) -> bool:
        """Whether not everything is asked for."""
        return any(self.chosen.values())

    @property
    def account_ids(self) -> tuple[UUID, ...]:
        """As the mirror is asked."""
        return (UUID(self.chosen["account"]),) if self.chosen["account"] else ()

    def file(self, path: str, query: Mapping[str, str]) -> str:
        """The address of the same list for programs; ``query`` are choices of its own."""
        return address(path, {"accountId": self.chosen["account"], "q": self.chosen["q"], **query})

    def filter(self, name: str, label: str, any_of: str, options: Mapping[str, str]) -> parts.Filter:
        """One choice for the filter bar; ``options`` are told by their values."""
        return parts.choice(name, label, any_of, {key: _(words) for key, words in options.items()}, self.chosen[name])


@dataclass(frozen=True, slots=True)
class ListWords:
    """What a page of a list says of itself. ``nothing``: that nothing matches; ``beginning``: what stands there before
    anything came."""

    title: str
    lead: str
    search: str
    nothing: str
    beginning: Renderable


def list_page(
    viewer: Viewer,
    words: ListWords,
    listing: Listing,
    filters: Sequence[parts.Filter],
    *,
    body: Renderable | None,
    counted: str,
    onward: str,
    file: str,
) -> Renderable:
    """The whole page. ``body`` None: there is nothing to show. ``onward``: the cursor of the next page."""
    newest = address(listing.path, listing.chosen) if listing.cursor else ""
    older = address(listing.path, {**listing.chosen, "before": onward}) if onward else ""
    accounts = {str(one.id): f"@{one.username}" for one in listing.accounts.values()}
    of_account = parts.choice("account", _("Account"), _("All accounts"), accounts, listing.chosen["account"])
    return page(
        viewer,
        words.title,
        (body is not None or listing.filtered or listing.cursor)
        and parts.filter_bar(
            listing.path, [of_account, *filters], search=listing.chosen["q"], search_label=words.search
        ),
        parts.card(_nothing(words, listing)) if body is None else body,
        (newest or older) and parts.pager(counted, newer=newest, older=older),
        lead=words.lead,
        actions=None if body is None else parts.link_button(_("Save as CSV"), file, icon_name="download"),
    )


def address(path: str, query: Mapping[str, str]) -> str:
    """A path with what of its query says anything."""
    told = urlencode({name: value for name, value in query.items() if value})
    return f"{path}?{told}" if told else path


def _nothing(words: ListWords, listing: Listing) -> Renderable:
    if not listing.filtered:
        return words.beginning
    clear = parts.link_button(_("Clear"), listing.path)
    return parts.empty(_("Nothing matches"), words.nothing, action=clear, icon_name="search")
