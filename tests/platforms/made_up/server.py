"""A tiny platform over real HTTP: the kernel's faults, ledger and clock around a few routes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from socialsim.kernel.dispatch import Dispatcher
from socialsim.kernel.faults import FaultRule, Match
from socialsim.kernel.ledger import TruthRow
from socialsim.kernel.services import Services
from socialsim.kernel.wire import Answer, Call, Route, json_answer
from socialsim.server import CuttableProtocol

Json = dict[str, Any]


@dataclass(frozen=True)
class Public:
    """A post that everybody sees."""

    id: str
    account: str
    type: str
    caption: str
    at: float

    def shown(self) -> Json:
        """As the list tells it."""
        return {"id": self.id, "type": self.type, "caption": self.caption, "at": self.at}


class MadeUpHost:
    """One platform: lists what is public; what is made before that, and how it becomes public, each platform says."""

    takes_bytes = 0
    endpoints: Sequence[str] = ()
    name = ""
    publishing = ""
    """The endpoint of its irreversible call."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.public: list[Public] = []

    def publish(self, call: Call, account: str, post_type: str, caption: str, made_from: str) -> Public:
        """The one irreversible effect, told to the ledger."""
        now = self.services.clock.epoch()
        post = Public(self.services.mint.id("5"), account, post_type, caption, now)
        self.public.append(post)
        self.services.ledger.write(
            self.name,
            "media.published",
            account_id=account,
            object_id=post.id,
            request_id=call.request_id,
            source="api",
            container_id=made_from,
            text=caption,
        )
        return post

    def route(self, call: Call) -> Route:
        """The kernel asks where a call leads."""
        account, _, rest = call.path.strip("/").partition("/")
        match call.method, rest:
            case "GET", "posts":
                return Route("GET /{a}/posts", self._answering(self._list(account)), account)
            case "GET", "quota":
                return Route("GET /{a}/quota", self._answering(self._quota(account)), account)
        return self.way(call, account, rest)

    def way(self, call: Call, account: str, rest: str) -> Route:
        """The routes of one platform."""
        raise NotImplementedError

    def error(self, rule: FaultRule) -> Answer:
        """An error of the fault grammar, in the platforms' envelope."""
        return refused(str(rule.code), rule.message, rule.status or 400)

    def nothing(self, call: Call) -> Route:
        """An address that is not there."""

        async def answer() -> Answer:
            return refused("no_such_thing", call.path, 404)

        return Route(f"{call.method} ?", answer)

    def _answering(self, value: object) -> Callable[[], Awaitable[Answer]]:
        async def answer() -> Answer:
            return json_answer(value)

        return answer

    def _list(self, account: str) -> list[Json]:
        return [post.shown() for post in reversed(self.public) if post.account == account]

    def _quota(self, account: str) -> Json:
        return {"used": len(self._list(account)), "total": 50}


def refused(code: str, message: str, status: int = 400) -> Answer:
    """A definite no."""
    return json_answer({"error": {"code": code, "message": message}}, status)


class MadeUpServer:
    """A made-up platform on a free port, in a thread; a test holds it."""

    def __init__(self, host_class: type[MadeUpHost]) -> None:
        self.services = Services(1, None)
        self.host = host_class(self.services)
        self.url = ""
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        config = uvicorn.Config(
            self, host="127.0.0.1", port=0, http=CuttableProtocol, ws="none", lifespan="on",
            log_level="critical", timeout_graceful_shutdown=0,
        )  # fmt: skip
        self._server = uvicorn.Server(config)

    @classmethod
    @contextmanager
    def running(cls, host_class: type[MadeUpHost]) -> Iterator[MadeUpServer]:
        """Serve until the end of the ``with``."""
        server = cls(host_class)
        thread = threading.Thread(target=server._server.run, daemon=True)
        thread.start()
        try:
            while not server._server.started:
                if not thread.is_alive():
                    raise RuntimeError("the made-up platform did not start")
                server._ready.wait(0.01)
            port = server._server.servers[0].sockets[0].getsockname()[1]
            server.url = server.services.home = f"http://127.0.0.1:{port}"
            yield server
        finally:
            server._server.should_exit = True
            thread.join(10)

    @property
    def base_url(self) -> str:
        """The platform's address, as its client gets it."""
        return f"{self.url}/{self.host.name}"

    def fault(self, endpoint: str, **rule: Any) -> None:
        """Arm a fault."""
        self.services.faults.add(FaultRule(match=Match(endpoint=endpoint), **rule), self.services.clock.epoch())

    def truth(self) -> list[TruthRow]:
        """What is really public."""
        return list(self.services.ledger.rows)

    def calls(self, endpoint: str) -> int:
        """How often an endpoint was asked."""
        return self.services.calls.counts.get(endpoint, 0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        await Dispatcher(self.services, {self.host.name: self.host}, _closed, _closed)(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self._timers():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await self.services.close()
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def _timers(self) -> AsyncIterator[None]:
        running = asyncio.ensure_future(self.services.timers.run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


_closed: ASGIApp = JSONResponse({"error": "nothing here"}, 404)
