"""The outermost application: finds the host a request is for, counts it, lets fault rules strike, answers."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from urllib.parse import parse_qsl

import msgspec
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import ASGIApp, Receive, Scope, Send

from socialsim.kernel.calls import CallRecord, first_part, short_values
from socialsim.kernel.faults import FaultRule
from socialsim.kernel.services import Services
from socialsim.kernel.wire import Answer, Call, Connection, Host, Route, json_answer

BODY_CAP = 8 * 1024 * 1024
_TOO_LARGE = FaultRule(what="error", status=413, error="invalid_params", message="The request is too large")
"""Worded by each host in its own envelope. Neither sheet says what a body beyond all measure is answered."""


class Dispatcher:
    """ASGI application. Hosts are found by the first path segment, else by the Host header, else it is the UI."""

    def __init__(
        self,
        services: Services,
        hosts: Mapping[str, Host],
        control: ASGIApp,
        pages: ASGIApp,
        permalinks: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """``permalinks``: by host the beginnings of paths that our own pages show."""
        self._services = services
        self._hosts = hosts
        self._permalinks = permalinks or {}
        self._control = control
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        if path.startswith("/_sim"):
            await _own(self._control, headers, scope, receive, send)
            return
        authority = headers.get("host", "")
        first, _, rest = path[1:].partition("/")
        if first in self._hosts:
            name, path, prefix = first, "/" + rest, "/" + first
        else:
            name, prefix = authority.partition(":")[0], ""
        host = self._hosts.get(name)
        if host is None or path.startswith(self._permalinks.get(name, ())):
            await _own(self._pages, headers, scope, receive, send)
            return
        connection = Connection(scope, receive, send)
        base = f"{scope['scheme']}://{authority}{prefix}"
        body, whole = (b"", True) if scope["method"] == "GET" else await connection.body(host.takes_bytes or BODY_CAP)
        if connection.overfull:
            await connection.answer(host.error(_TOO_LARGE))
            return
        if not whole and not (host.takes_bytes and body):
            return
        parsed = body if not host.takes_bytes else b""
        call = await self._call(scope, headers, parsed, name=name, path=path, base=base)
        call.body, call.whole = body, whole
        await self._serve(call, host, connection)

    async def _call(
        self, scope: Scope, headers: dict[str, str], body: bytes, *, name: str, path: str, base: str
    ) -> Call:
        services = self._services
        query = scope["query_string"].decode("utf-8", "replace")
        params = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
        form = await form_of(body, headers.get("content-type", "")) if body else []
        params.update(form)
        return Call(
            request_id=f"req-{services.mint.number('request')}",
            method=scope["method"],
            host=name,
            path=path,
            query=query,
            params=params,
            form=form,
            body=body,
            whole=True,
            headers=headers,
            at=services.clock.epoch(),
            base=base,
            home=services.home,
        )

    async def _serve(self, call: Call, host: Host, connection: Connection) -> None:
        services = self._services
        started = time.perf_counter()
        route = host.route(call)
        services.calls.count(route.template, route.account_id, route.weight)
        rule = services.faults.strike(route.template, route.account_id, call.at) if services.faults else None
        status = 0
        try:
            if rule is None:
                answer = await route.action()
                status = answer.status
                await connection.answer(answer)
            else:
                status = await self._strike(rule, route, host, connection)
        finally:
            sent = connection.sent or Answer(0, b"", b"")
            milliseconds = (time.perf_counter() - started) * 1000
            services.calls.keep(_record(call, route, rule, sent, status=status, milliseconds=milliseconds))

    async def _strike(self, rule: FaultRule, route: Route, host: Host, connection: Connection) -> int:
        if rule.what == "late-commit":
            self._services.timers.at(self._services.clock.epoch() + rule.seconds, lambda _: _effect(route))
            if rule.hold:
                await connection.hold(rule.hold)
            await connection.cut()
            return 0
        if rule.what == "slow" and rule.where == "before":
            await asyncio.sleep(rule.seconds)
        answer = json_answer({"success": True})
        if rule.where != "before" or rule.what == "slow":
            answer = await route.action()
        if rule.where == "mid":
            await connection.half(answer)
            return 0
        return await _fail(rule, answer, route.error or host.error, connection)


def _record(
    call: Call, route: Route, rule: FaultRule | None, sent: Answer, *, status: int, milliseconds: float
) -> CallRecord:
    return CallRecord(
        request_id=call.request_id,
        at=call.at,
        method=call.method,
        host=call.host,
        path=call.path,
        query=call.query,
        template=route.template,
        account_id=route.account_id,
        status=status,
        milliseconds=milliseconds,
        fault=f"{rule.where} {rule.what}" if rule else "",
        params=short_values(call.params),
        headers=call.headers,
        answer=first_part(sent.body),
        answer_size=len(sent.body),
        answer_type=sent.content_type,
        answer_headers=tuple(sent.headers),
    )


async def _own(app: ASGIApp, headers: dict[str, str], scope: Scope, receive: Receive, send: Send) -> None:
    """Our own pages and commands: a page of another site may not send to them from a browser."""
    if scope["method"] not in {"GET", "HEAD"} and headers.get("sec-fetch-site") == "cross-site":
        await Connection(scope, receive, send).answer(json_answer({"error": "not from another site"}, 403))
        return
    await app(scope, receive, send)


async def _effect(route: Route) -> None:
    await route.action()


async def _fail(rule: FaultRule, answer: Answer, word: Callable[[FaultRule], Answer], connection: Connection) -> int:
    """Answer wrongly or not at all; gives the status sent, 0 for a cut socket."""
    match rule.what:
        case "timeout":
            await connection.hold(rule.seconds)
            await connection.cut()
            return 0
        case "reset":
            await connection.cut()
            return 0
        case "slow":
            if rule.where == "after":
                await asyncio.sleep(rule.seconds)
        case "status":
            page = b"<html><body>Sorry, something went wrong.</body></html>" if rule.message else b""
            answer = Answer(rule.status or 500, page, b"text/html")
        case "malformed":
            answer = Answer(200, answer.body[: max(1, len(answer.body) // 2)])
        case "error":
            answer = word(rule)
        case "late-commit":
            raise AssertionError("late commits never come here")
    await connection.answer(answer)
    return answer.status


async def form_of(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """Body parameters as text: url-encoded, multipart (text fields) or a JSON object whose nested values stay JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            decoded = msgspec.json.decode(body, type=dict[str, object])
        except (ValueError, RecursionError):
            return []
        return [(key, _as_text(value)) for key, value in decoded.items() if value is not None]
    if kind == "multipart/form-data":
        return await _multipart(body, content_type)
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


async def _multipart(body: bytes, content_type: str) -> list[tuple[str, str]]:
    parser = MultiPartParser(Headers({"content-type": content_type}), _pieces(body))
    try:
        form = await parser.parse()
    except MultiPartException:
        return []
    return [(key, value) for key, value in form.multi_items() if isinstance(value, str)]


async def _pieces(body: bytes) -> AsyncGenerator[bytes]:
    yield body
    yield b""
