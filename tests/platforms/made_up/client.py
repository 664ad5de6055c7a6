"""The client side of a made-up platform: the contract's parts that are the same for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from huntaze.kit.secret import Secret
from huntaze.kit.text import Text
from huntaze.platforms.contract import (
    Access,
    Baseline,
    Comment,
    Commenter,
    Events,
    Finding,
    InsightsReader,
    IntakeItem,
    Limits,
    Login,
    MediaItem,
    MediaRules,
    More,
    NeutralEvent,
    Onward,
    Opening,
    Page,
    PeopleReader,
    PostContent,
    PostType,
    Profile,
    PublishedMedia,
    Publisher,
    Quota,
    Reader,
    Unhandled,
)
from huntaze.platforms.errors import Later, PlatformError, Rejected, UnknownOutcome, no_answer, unreachable

Json = dict[str, Any]

_ANY = MediaRules(("image/jpeg", "video/mp4"), 100_000_000, 0.1, 10.0)
LIMITS = Limits((PostType.IMAGE, PostType.REELS), 500, 10, 10, 2, 10, _ANY, _ANY, _ANY)


class Wire:
    """Asks one made-up platform; its errors in the tree."""

    def __init__(self, name: str, base_url: str, client: httpx2.AsyncClient, irreversible: httpx2.AsyncClient) -> None:
        self.name = name
        self._base = base_url
        self._client = client
        self._irreversible = irreversible

    async def get(self, path: str) -> Any:
        """Read."""
        return await self._repeatable("GET", path)

    async def post(self, path: str, form: Mapping[str, str]) -> Json:
        """Write what may be written twice."""
        made: Json = await self._repeatable("POST", path, data=dict(form))
        return made

    async def put(self, url: str, content: bytes) -> Json:
        """Push bytes to an address the platform named."""
        done: Json = self._read(await self._send(self._client, "PUT", url, content=content))
        return done

    async def once(self, method: str, url: str, **what: Any) -> Json:
        """What cannot be taken back: only a named 4xx is a refusal, everything else may have happened."""
        answer = await self._send(self._irreversible, method, url if url.startswith("http") else self._url(url), **what)
        if 400 <= answer.status_code < 500:
            raise self._refusal(answer)
        if answer.status_code != 200:
            raise no_answer(self.name, f"HTTP {answer.status_code}")
        done: Json = answer.json()
        return done

    def _url(self, path: str) -> str:
        return f"{self._base}/{path}"

    async def _repeatable(self, method: str, path: str, **what: Any) -> Any:
        try:
            return self._read(await self._send(self._client, method, self._url(path), **what))
        except UnknownOutcome as error:
            raise Later(error.message, error.remedy, platform=self.name, raw=error.raw) from error

    async def _send(self, client: httpx2.AsyncClient, method: str, url: str, **what: Any) -> httpx2.Response:
        try:
            return await client.request(method, url, **what)
        except httpx2.ConnectError as error:
            raise unreachable(self.name, str(error)) from error
        except httpx2.HTTPError as error:
            raise no_answer(self.name, type(error).__name__) from error

    def _read(self, answer: httpx2.Response) -> Any:
        if answer.status_code >= 500:
            raise Later(Text("It is down."), Text("We try again."), platform=self.name)
        if answer.status_code >= 400:
            raise self._refusal(answer)
        return answer.json()

    def _refusal(self, answer: httpx2.Response) -> PlatformError:
        error = answer.json()["error"]
        return Rejected(
            Text("It said no: %(words)s", {"words": error["message"]}),
            Text("Change the post."),
            platform=self.name,
            code=error["code"],
            raw=answer.text,
        )


class Lists:
    """What is public, and how much may still be published."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    async def baseline(self, access: Access) -> Baseline:
        """The newest 25."""
        posts = await self.wire.get(f"{access.account_ref}/posts")
        return Baseline(tuple(str(post["id"]) for post in posts[:25]), (await self.quota(access)).used)

    async def recent(self, access: Access, since: datetime) -> Sequence[PublishedMedia]:
        """Newest first."""
        posts = await self.wire.get(f"{access.account_ref}/posts")
        found = [
            PublishedMedia(
                str(post["id"]), PostType(post["type"]), post["caption"], datetime.fromtimestamp(post["at"], UTC), 0
            )
            for post in posts
        ]
        return [one for one in found if one.published_at >= since]

    async def permalink(self, access: Access, media_ref: str) -> str:
        """Made up."""
        return f"https://{self.wire.name}.example/{media_ref}"

    async def quota(self, access: Access) -> Quota:
        """As told now."""
        told = await self.wire.get(f"{access.account_ref}/quota")
        return Quota(int(told["used"]), int(told["total"]), timedelta(hours=24))


class NothingToRead:
    """A platform without reading."""

    together = 10

    async def opening(self, access: Access, limit: int = 50) -> Opening:
        """Nothing but the id."""
        return Opening(await self.profile(access), (), await self.media(access))

    async def profile(self, access: Access) -> Profile:
        """Nothing but the id."""
        return Profile(access.account_ref, access.account_ref, "", "", "", "", None, None, None)

    async def media(self, access: Access, cursor: str = "", limit: int = 50) -> Page:
        """None."""
        return Page((), "")

    async def media_item(self, access: Access, media_ref: str) -> MediaItem:
        """None."""
        raise NotImplementedError

    async def media_items(self, access: Access, media_refs: Sequence[str]) -> Mapping[str, MediaItem | None]:
        """None."""
        return dict.fromkeys(media_refs)

    async def more(self, access: Access, lists: Sequence[Onward]) -> Sequence[More]:
        """None."""
        return [More(one, gone=True) for one in lists]

    async def comments_there(self, access: Access, comment_refs: Sequence[str]) -> Mapping[str, bool]:
        """None."""
        return dict.fromkeys(comment_refs, False)

    async def comments(self, access: Access, media_ref: str, cursor: str = "") -> tuple[tuple[Comment, ...], str]:
        """None."""
        return (), ""

    async def comment(self, access: Access, comment_ref: str) -> Comment:
        """None."""
        raise NotImplementedError


class NoEvents:
    """A platform without webhooks."""

    def handshake(self, query: Mapping[str, str], verify_token: Secret) -> str | None:
        """Never ours."""
        return None

    def authentic(self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[Secret]) -> bool:
        """Never ours."""
        return False

    def split(self, raw: bytes) -> list[IntakeItem]:
        """Nothing."""
        return []

    def decode(self, kind: str, account_ref: str, payload: bytes) -> NeutralEvent:
        """Nothing we know."""
        return Unhandled(kind, account_ref)


class MadeUp:
    """``contract.Platform`` around one publisher."""

    limits = LIMITS

    def __init__(self, name: str, publisher: Publisher) -> None:
        self.name = name
        self.label = name.replace("_", " ").capitalize()
        self.logins: Mapping[str, Login] = {}
        self.publisher = publisher
        self.reader: Reader = NothingToRead()
        self.people: PeopleReader | None = None
        self.commenter: Commenter | None = None
        self.insights: InsightsReader | None = None
        self.events: Events = NoEvents()

    def check(self, content: PostContent) -> list[Finding]:
        """Everything goes."""
        return []
