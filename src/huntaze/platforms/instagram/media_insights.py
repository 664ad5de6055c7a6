"""Figures of posts and stories, in few counted calls (instagram.md §4.4).

Field expansion brings the figures of a whole page of posts in one counted call, where ``ids=`` and batches count each
post (§4.2). Over mixed kinds a page is asked for once for each kind: a post that lacks one of the metrics comes without
any (§4.4). Where it spoils the call for all, what every kind has is asked first and what one kind has in a call of its
own. A post whose key is missing is asked by itself, which tells why; if expansion fails altogether every post is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

import msgspec

from huntaze.platforms.contract import Access, MediaNumbers, Missing, Number, NumbersPage, Refused
from huntaze.platforms.errors import Later, PlatformError, Rejected
from huntaze.platforms.instagram import metrics
from huntaze.platforms.instagram.client import Caller, Graph, Listing, Moment
from huntaze.platforms.instagram.codes import TOO_FEW_VIEWERS
from huntaze.platforms.instagram.errors import is_invisible
from huntaze.platforms.instagram.insight_shapes import Insight, Insights, is_too_much, is_too_old, permitted

T = TypeVar("T")
Own = Mapping[str, tuple[Number, ...]]
"""What only one kind has, by post."""

PAGE = 40
"""Posts a call, each with all figures of a kind: large pages with nested insights run into "reduce the amount of data"
(§4.2)."""
_ABOUT = "id,media_product_type,timestamp"
_MOST_HOPELESS = 2
"""Posts of a page that may refuse every single metric before it is the account, or we, that are refused."""


class _Post(msgspec.Struct, frozen=True):
    id: str
    timestamp: Moment
    media_product_type: str = metrics.FEED
    insights: Insights | None = None


@dataclass(slots=True)
class _Ask:
    """One reading: who asks, and what was found to be unserved on the way."""

    access: Access
    known: Refused
    found: dict[str, set[str]] = field(default_factory=dict)
    hopeless: int = 0

    def served(self, kind: str, names: Sequence[str]) -> tuple[str, ...]:
        """Those of ``names`` that are worth asking of a kind."""
        gone = {*self.known.get(kind, ()), *self.found.get(kind, ())}
        return tuple(name for name in names if name not in gone)

    def every_post(self) -> tuple[str, ...]:
        """What a whole page is asked for: what both kinds serve."""
        names = metrics.EVERY_POST + (metrics.EVERY_SURFACE if self.access.page_ref else ())
        return self.served(metrics.REELS, self.served(metrics.FEED, names))

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """Everything a kind of post has."""
        if kind == metrics.STORY:
            return self.served(kind, metrics.STORIES)
        return self.every_post() + self.served(kind, metrics.OWN.get(kind, ()))

    def refused(self) -> Refused:
        """What is new about what is unserved."""
        return {kind: sorted(names) for kind, names in self.found.items()}


class MediaInsights:
    """Reading the figures of posts over one Graph host."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def posts(
        self, access: Access, since: datetime, until: datetime, cursor: str, refused: Refused
    ) -> NumbersPage:
        """A page of posts with their figures: one counted call for each kind on it."""
        ask = _Ask(access, refused)
        window = {"since": str(int(since.timestamp())), "until": str(int(until.timestamp()))}
        window |= {"after": cursor} if cursor else {}
        size, path = PAGE, f"{access.account_ref}/media"
        while True:
            params = {**window, "limit": str(size)}
            try:
                page, own = await self._posts(ask, path, params)
            except Later as error:
                if not is_too_much(error) or size == 1:
                    raise
                size = max(1, size // 4)
            else:
                break
        items = [await self._whole(ask, post, own) for post in page.data]
        return NumbersPage(tuple(one for one in items if one is not None), page.paging.cursor(), ask.refused())

    async def stories(self, access: Access, refused: Refused) -> NumbersPage:
        """Living stories: one counted call, and one for the ways out of them."""
        ask, path = _Ask(access, refused), f"{access.account_ref}/stories"
        page, _ = await self._page(ask, path, {}, ask.of_kind(metrics.STORY))
        ways = await self._ways(ask, path) if page.data and ask.served(metrics.STORY, (metrics.NAVIGATION,)) else {}
        items = []
        for post in page.data:
            one = await self._whole(ask, msgspec.structs.replace(post, media_product_type=metrics.STORY), {})
            if one is not None:
                items.append(replace(one, numbers=one.numbers + ways.get(post.id, ())))
        return NumbersPage(tuple(items), "", ask.refused())

    async def _posts(self, ask: _Ask, path: str, params: Mapping[str, str]) -> tuple[Listing[_Post], Own]:
        """A page with its figures, and what only one kind has. A post that is missing there is asked by itself."""
        if all(ask.of_kind(kind) for kind in metrics.OWN):
            with suppress(Rejected):
                return await self._kind_by_kind(ask, path, params)
        page, expanded = await self._page(ask, path, params, ask.every_post())
        return page, await self._own(ask, path, params, page.data) if expanded else {}

    async def _kind_by_kind(self, ask: _Ask, path: str, params: Mapping[str, str]) -> tuple[Listing[_Post], Own]:
        """A call for each kind on the page, with all figures of the kind. Raises ``Rejected`` where posts of another
        spoil it."""
        page = await self._expanded(ask, path, params, ask.of_kind(metrics.FEED))
        found = {post.id: post for post in page.data}
        kinds = {post.media_product_type for post in page.data} & metrics.OWN.keys()
        for kind in sorted(kinds - {metrics.FEED}):
            again = await self._expanded(ask, path, params, ask.of_kind(kind))
            found |= {post.id: post for post in again.data if post.media_product_type == kind and post.id in found}
        own = {
            post.id: _numbers(post.insights.data, ask.served(post.media_product_type, own_of_kind))
            for post in found.values()
            if post.insights and (own_of_kind := metrics.OWN.get(post.media_product_type))
        }
        return msgspec.structs.replace(page, data=tuple(found.values())), own

    async def _page(
        self, ask: _Ask, path: str, params: Mapping[str, str], names: Sequence[str]
    ) -> tuple[Listing[_Post], bool]:
        """A list with its figures; without them, and False, where one post spoils the whole call."""
        if names:
            with suppress(Rejected):
                return await self._expanded(ask, path, params, names), True
        return await self._get(ask, path, Listing[_Post], {**params, "fields": _ABOUT}), False

    async def _own(self, ask: _Ask, path: str, params: Mapping[str, str], posts: Sequence[_Post]) -> Own:
        """What only one kind has."""
        found: dict[str, tuple[Number, ...]] = {}
        for kind in sorted({post.media_product_type for post in posts if post.insights} & metrics.OWN.keys()):
            names = ask.served(kind, metrics.OWN[kind])
            if not names:
                continue
            with suppress(Rejected):
                page = await self._expanded(ask, path, params, names)
                found |= {post.id: _numbers(post.insights.data, names) for post in page.data if post.insights}
        return found

    async def _ways(self, ask: _Ask, path: str) -> dict[str, tuple[Number, ...]]:
        """How people left stories, by story: an extra that fails alone."""
        divided = f"metric({metrics.NAVIGATION}).breakdown({metrics.NAVIGATION_DIMENSION}){{name,total_value}}"
        try:
            page = await self._get(ask, path, Listing[_Post], {"fields": f"{_ABOUT},insights.{divided}"})
        except (Rejected, Later):
            return {}
        return {
            post.id: tuple(number for one in post.insights.data for number in one.parts())
            for post in page.data
            if post.insights
        }

    async def _whole(self, ask: _Ask, post: _Post, own: Own) -> MediaNumbers | None:
        """All figures of a post, from what came along or by itself; None if it is gone by now."""
        kind, extra = post.media_product_type, metrics.OWN.get(post.media_product_type, ())
        names = ask.of_kind(kind)
        if post.insights is None:
            numbers = await self._alone(ask, post, names)
        elif kind == metrics.STORY or not post.insights.data:
            numbers = _numbers(post.insights.data, names)
        else:
            numbers = _numbers(post.insights.data, ask.every_post())
            rest = ask.served(kind, extra)
            if rest and post.id in own:
                numbers += own[post.id]
            elif rest:
                alone = await self._alone(ask, post, rest, served=True)
                numbers = None if alone is None else numbers + alone
        return None if numbers is None else MediaNumbers(post.id, kind, post.timestamp, numbers)

    async def _alone(
        self, ask: _Ask, post: _Post, names: Sequence[str], *, served: bool = False
    ) -> tuple[Number, ...] | None:
        """One post's figures: one counted call, if it serves them all. ``served``: it is known to serve some. None if
        the post is gone (100/33 after a list that named it)."""
        try:
            return await self._figures(ask, post, names)
        except Rejected as error:
            why = _missing(error)
            if why:
                return tuple(Number(name, None, note=why) for name in names)
            if is_invisible(error):
                return None
            return await self._one_by_one(ask, post, names, error, served=served)

    async def _one_by_one(
        self, ask: _Ask, post: _Post, names: Sequence[str], error: PlatformError, *, served: bool
    ) -> tuple[Number, ...]:
        """Each metric by itself: those that spoil the call are named, so that they are not asked again. If a post
        serves none that is no news of the metrics; if several do, the error stands."""
        found: list[Number] = []
        culprits: set[str] = set()
        for name in names if len(names) > 1 else ():
            try:
                found += await self._figures(ask, post, (name,))
            except Rejected:
                culprits.add(name)
        if found or served:
            ask.found.setdefault(post.media_product_type, set()).update(culprits or names)
            return tuple(found)
        ask.hopeless += 1
        if ask.hopeless > _MOST_HOPELESS:
            raise error
        return tuple(Number(name, None, note=Missing.NOT_YET) for name in names)

    async def _figures(self, ask: _Ask, post: _Post, names: Sequence[str]) -> tuple[Number, ...]:
        answer = await self._get(ask, f"{post.id}/insights", Insights, {"metric": ",".join(names)})
        return _numbers(answer.data, names)

    async def _expanded(self, ask: _Ask, path: str, params: Mapping[str, str], names: Sequence[str]) -> Listing[_Post]:
        """A list with these figures of each post."""
        fields = f"{_ABOUT},insights.metric({','.join(names)}){{name,values,total_value}}"
        return await self._get(ask, path, Listing[_Post], {**params, "fields": fields})

    async def _get(self, ask: _Ask, path: str, reply: type[T], params: Mapping[str, str]) -> T:
        with permitted():
            return await self._graph.get(Caller.acting(ask.access), path, reply, params)


def _numbers(told: Sequence[Insight], names: Sequence[str]) -> tuple[Number, ...]:
    """A number for each name; one that was not told is missing, never zero (§4.4)."""
    values = {one.name: one.value() for one in told}
    return tuple(_number(name, values.get(name)) for name in names)


def _number(name: str, value: float | None) -> Number:
    return Number(name, value, note="" if value is not None else Missing.NOT_YET)


def _missing(error: PlatformError) -> str:
    """Why a post has no figures; empty if the error is about something else."""
    if error.subcode == TOO_FEW_VIEWERS:
        return Missing.FEW
    return Missing.TOO_OLD if is_too_old(error) else ""
