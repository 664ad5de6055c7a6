"""Hashtags: 30 different ones in 7 days per account, their newest and their most liked media (instagram.md §4.6)."""

import hashlib

from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError, Problem, bad_parameter
from socialsim.meta.fields import Field, parse
from socialsim.meta.model import Account, Timeline, World, put
from socialsim.meta.paging import connection, window_of, window_of_field
from socialsim.meta.reading.insights.asking import UNKNOWN
from socialsim.meta.reading.media import media_node
from socialsim.meta.reading.public import HASHTAG_MEDIA
from socialsim.meta.words import hashtags

MOST_TAGS = 30
WEEK = 7 * 86_400.0
DAY = 86_400.0
PER_PAGE = 50
FEATURE = "instagram_public_content_access"
_TOO_MANY = Problem(
    18,
    2207034,
    "(#18) Too many hashtags",
    "Hashtag limit reached",
    "An account may ask for 30 different hashtags within 7 days.",
)


def hashtag_id(name: str) -> str:
    """Global and for ever: the same for every app and account."""
    return f"178{int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % 10**14:014d}"


class Hashtags:
    """Keeps a register of the public media of one world by hashtag; it reads each medium once."""

    def __init__(self) -> None:
        self._register: dict[str, Timeline] = {}
        self._last = ""

    async def search(self, context: Context, _: str) -> object:
        """``GET /ig_hashtag_search?user_id=&q=``."""
        account = _asking(context)
        name = context.parameter("q").strip().removeprefix("#").lower()
        if hashtags(f"#{name}") != [name]:
            raise bad_parameter("q must be one hashtag of letters, digits and underscores")
        if name in context.services.config.reading.sensitive_hashtags:
            raise GraphError(UNKNOWN)
        number = hashtag_id(name)
        _count(context, account, number)
        context.world.hashtags[number] = name
        return {"data": [{"id": number}]}

    async def node(self, context: Context, number: str) -> object:
        """``GET /{hashtag}?fields=id,name``."""
        _ = context.actor
        known: dict[str, object] = {"id": number, "name": context.world.hashtags[number]}
        out: dict[str, object] = {"id": number}
        for field in parse(context.call.params.get("fields") or "id"):
            if field.name not in known:
                raise bad_parameter(f"Tried accessing nonexisting field ({field.name}) on node type (IGHashtag)")
            out[field.name] = known[field.name]
        return out

    async def recent(self, context: Context, number: str) -> object:
        """``GET /{hashtag}/recent_media``: the last 24 hours, newest first."""
        since = context.call.at - DAY
        return self._media(
            context, number, "recent_media", [entry for entry in self._of(context, number) if entry[0] > since]
        )

    async def top(self, context: Context, number: str) -> object:
        """``GET /{hashtag}/top_media``: the most liked first."""
        media = context.world.media
        ranked = sorted((float(media[media_id].likes), media_id) for _, media_id in self._of(context, number))
        return self._media(context, number, "top_media", ranked)

    def _media(self, context: Context, number: str, edge: str, timeline: Timeline) -> object:
        account = _asking(context)
        _count(context, account, number)
        text = context.call.params.get("fields", "")
        below = parse(text) if text else ()
        keys = ("limit", "after", "before")
        field = Field("", tuple((key, context.call.params[key]) for key in keys if key in context.call.params))
        return connection(
            context,
            timeline,
            window_of_field(field, largest=PER_PAGE),
            lambda media_id: media_node(context, context.world.media[media_id], below, HASHTAG_MEDIA),
            edge=f"/{number}/{edge}",
            fields=text,
            carried={"user_id": account.id},
        )

    def _of(self, context: Context, number: str) -> Timeline:
        self._read_new(context.world)
        found = self._register.get(context.world.hashtags[number], [])
        return [entry for entry in found if entry[1] in context.world.media]

    def _read_new(self, world: World) -> None:
        """Go back from the newest medium to the last one that was read."""
        unread = []
        if self._last not in world.media:
            self._register.clear()
        for media in reversed(world.media.values()):
            if media.id == self._last:
                break
            unread.append(media)
        for media in unread:
            for name in set(hashtags(media.caption)) if media.product in {"FEED", "REELS"} else ():
                put(self._register.setdefault(name, []), media.timestamp, media.id)
        if unread:
            self._last = unread[0].id


async def recently_searched(context: Context, account_id: str) -> object:
    """``GET /{ig}/recently_searched_hashtags``: those of the last 7 days."""
    account = context.account(account_id)
    context.need_feature(FEATURE)
    _forget_old(context, account)
    names = context.world.hashtags
    return connection(
        context,
        sorted((at, number) for number, at in account.hashtag_searches.items()),
        window_of(context.call.params, largest=MOST_TAGS),
        lambda number: {"id": number, "name": names[number]},
        edge=f"/{account_id}/recently_searched_hashtags",
    )


def _asking(context: Context) -> Account:
    account = context.account(context.parameter("user_id"))
    context.need_feature(FEATURE)
    return account


def _forget_old(context: Context, account: Account) -> None:
    over = [number for number, at in account.hashtag_searches.items() if at <= context.call.at - WEEK]
    for number in over:
        del account.hashtag_searches[number]


def _count(context: Context, account: Account, number: str) -> None:
    """A tag counts from its first question on; asking again neither counts nor begins anew."""
    _forget_old(context, account)
    if number in account.hashtag_searches:
        return
    if len(account.hashtag_searches) >= MOST_TAGS:
        raise GraphError(_TOO_MANY)
    account.hashtag_searches[number] = context.call.at
    context.record("hashtag.searched", account_id=account.id, object_id=number)
