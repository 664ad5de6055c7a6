"""A Graph API with either login: from method and path to an operation (instagram.md §9 for the versions)."""

from dataclasses import replace
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from socialsim.kernel.faults import FaultRule
from socialsim.kernel.services import Services
from socialsim.kernel.wire import Answer, Call, Route, json_answer
from socialsim.meta import errors
from socialsim.meta.access import Context, token_of
from socialsim.meta.errors import GraphError, Problem, bad_parameter, envelope
from socialsim.meta.limits import Charge, Limits
from socialsim.meta.login.removal import revoke
from socialsim.meta.model import World
from socialsim.meta.operations import Operation, Operations
from socialsim.meta.versions import split

BATCH_LIMIT = 50
_OTHER_NAMES = {"mediapublish": "media_publish", "messageattachments": "message_attachments"}
"""How Meta's SDK spells edges on graph.instagram.com; the documents have the underscore."""
SESSION_CODES = frozenset({1, 2, 4, 17, 32, 101, 102, 190, 341, 613, 2500, 80001, 80002, 80006})
"""Errors of token, path and limits say ``OAuthException`` under both logins; the split itself is assumed (§8.3)."""


class _Target(Struct, frozen=True):
    template: str
    operation: Operation
    node_id: str
    account_id: str


class GraphHost:
    """A Graph API with its operations. ``world`` may be replaced (reset, restore) by making a new host."""

    takes_bytes = 0

    def __init__(self, services: Services, world: World, operations: Operations, *, by_instagram: bool = False) -> None:
        self._services = services
        self._world = world
        self._operations = operations
        self._by_instagram = by_instagram
        self._limits = Limits(services, world)

    @property
    def endpoints(self) -> list[str]:
        """See :class:`socialsim.kernel.wire.Host`."""
        return [f"{method} /{'/'.join(path)}" for method, *path in self._operations]

    def route(self, call: Call) -> Route:
        """See :class:`socialsim.kernel.wire.Host`. A POST may name another method in a parameter, as old clients do."""
        if call.method == "POST":
            call.method = call.params.get("method", "POST").upper()
        version, segments = split(call.path, call.at)
        if not segments:
            return self._root(call, version)
        target = self._target(call.method, segments, token_of(call))
        return Route(target.template, lambda: self._run(call, version, target), target.account_id)

    def error(self, rule: FaultRule) -> Answer:
        """See :class:`socialsim.kernel.wire.Host`."""
        status = rule.status or 400
        problem = Problem(rule.code, rule.subcode, rule.message, status=status, transient=rule.transient)
        return self._refusal(GraphError(problem))

    def _refusal(self, error: GraphError) -> Answer:
        """The envelope; graph.instagram.com has a type of its own (§8.3)."""
        problem = error.problem
        if self._by_instagram and problem.code not in SESSION_CODES:
            problem = replace(problem, type="IGApiException")
        return envelope(problem, str(error), f"A{self._services.mint.number('trace'):010x}")

    async def _run(self, call: Call, version: str, target: _Target) -> Answer:
        context = Context(self._services, self._world, call, version)
        charge = self._charge(call, version, target)
        try:
            answer = json_answer(await _charged(charge, target, context))
        except GraphError as error:
            answer = self._refusal(error)
        answer.headers += charge.headers
        return answer

    def _charge(self, call: Call, version: str, target: _Target) -> Charge:
        return self._limits.charge(call, target.template, target.node_id, target.account_id, version)

    # Finding the operation

    def _target(self, method: str, segments: list[str], token: str) -> _Target:
        first = segments[0]
        node_id = self._me(token) if first == "me" else first
        if self._by_instagram:
            node_id = self._world.scoped.get(node_id, node_id)
        kind, account_id = self._kind(node_id)
        name = "me" if first == "me" else kind
        if (method, *segments) in self._operations:
            key: tuple[str, ...] = (method, *segments)
            return _Target(f"{method} /{'/'.join(segments)}", self._operations[key], first, "")
        edge = [_OTHER_NAMES.get(name, name) for name in segments[1:2]]
        rest = segments[2:]
        operation = self._operations.get((method, f"{{{kind}}}", *edge))
        if operation is None or (rest and edge != ["permissions"]) or len(rest) > 1:
            gone = len(segments) == 1 or (not kind and first.isdigit())
            unknown = _not_found if gone else _unsupported
            path = "/".join((f"{{{kind or 'unknown'}}}", *segments[1:]))
            return _Target(f"{method} /{path}", unknown, node_id, account_id)
        template = "/".join(("me" if name == "me" else f"{{{kind}}}", *edge, *(["{permission}"] if rest else [])))
        if rest:
            operation = _one_permission(rest[0])
        return _Target(f"{method} /{template}", operation, node_id, account_id)

    def _me(self, token: str) -> str:
        known = self._world.tokens.get(token)
        return "" if known is None else known.page_id or known.user_id

    def _kind(self, node_id: str) -> tuple[str, str]:
        """Kind of a node and the Instagram account it belongs to."""
        world = self._world
        if (container := world.containers.get(node_id)) is not None:
            return "c", container.account_id
        if (media := world.media.get(node_id)) is not None:
            return "m", media.account_id
        if (comment := world.comments.get(node_id)) is not None:
            return "comment", world.media[comment.media_id].account_id
        if node_id in world.accounts:
            return "ig", node_id
        if (found := world.inbox.node(node_id)) is not None:
            return found
        if self._by_instagram:
            return ("ig", "") if node_id == "" else ("", "")
        if (page := world.pages.get(node_id)) is not None:
            return "page", page.instagram_id
        for kind, table in (("user", world.people), ("app", world.apps), ("biz", world.portfolios)):
            if node_id in table:
                return kind, ""
        if node_id in world.hashtags:
            return "hashtag", ""
        return ("user", "") if node_id == "" else ("", "")

    # Many in one

    def _root(self, call: Call, version: str) -> Route:
        ids = [part for part in call.params.get("ids", "").split(",") if part]
        if call.method == "GET" and ids:
            targets = [self._target("GET", [node_id], token_of(call)) for node_id in ids]
            return Route(
                targets[0].template, lambda: self._many(call, version, targets), targets[0].account_id, len(ids)
            )
        if call.method == "POST" and call.params.get("batch"):
            return Route("POST /?batch", lambda: self._batch(call), weight=0)
        target = _Target(f"{call.method} /", _unknown_path, "", "")
        return Route(target.template, lambda: self._run(call, version, target))

    async def _many(self, call: Call, version: str, targets: list[_Target]) -> Answer:
        """``ids=``: an object keyed by id; one bad id fails the whole call (§4.2)."""
        out: dict[str, object] = {}
        charge = Charge()
        context = Context(self._services, self._world, call, version)
        try:
            if len(targets) > BATCH_LIMIT:
                raise bad_parameter(f"At most {BATCH_LIMIT} ids")
            for target in targets:
                charge = self._charge(call, version, target)
                out[target.node_id] = await _charged(charge, target, context)
            answer = json_answer(out)
        except GraphError as error:
            answer = self._refusal(error)
        answer.headers += charge.headers
        return answer

    async def _batch(self, call: Call) -> Answer:
        """Items in their order, each answered with code and body text; each counts (§4.2)."""
        try:
            items: object = msgspec.json.decode(call.params["batch"])
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            items = None
        if not isinstance(items, list) or len(items) > BATCH_LIMIT:
            return self._refusal(bad_parameter(f"batch must be a JSON array of at most {BATCH_LIMIT} items"))
        with_headers = call.params.get("include_headers", "true").lower() != "false"
        every = self._services.config.reading.null_batch_every
        return json_answer(
            [
                await self._item(call, item, with_headers=with_headers, late=bool(every) and number % every == 0)
                for number, item in enumerate(items, 1)
            ]
        )

    async def _item(self, call: Call, item: object, *, with_headers: bool, late: bool) -> dict[str, object] | None:
        """One answer, or null without any effect if the item is ``late``: it counts all the same.

        An item speaks the version of the outer call unless it names its own; no batch within a batch.
        """
        if not isinstance(item, dict):
            return _as_item(
                self._refusal(bad_parameter("Each item of a batch is an object")), with_headers=with_headers
            )
        path, _, query = str(item.get("relative_url", "")).partition("?")
        path = "/" + path.lstrip("/")
        outer, _segments = split(call.path, call.at)
        params = {"access_token": token_of(call)} if token_of(call) else {}
        if call.params.get("appsecret_proof"):
            params["appsecret_proof"] = call.params["appsecret_proof"]
        form = parse_qsl(str(item.get("body", "")), keep_blank_values=True)
        params |= dict(parse_qsl(query, keep_blank_values=True)) | dict(form)
        params.pop("batch", None)
        inner = replace(
            call,
            method=str(item.get("method", "GET")).upper(),
            path=path if split(path, call.at)[0] or not outer else f"/{outer}{path}",
            query=query,
            params=params,
            form=form,
            headers={},
        )
        route = self.route(inner)
        self._services.calls.count(route.template, route.account_id, route.weight)
        answer = None if late else await self._served(route, call.at)
        return None if answer is None else _as_item(answer, with_headers=with_headers)

    async def _served(self, route: Route, now: float) -> Answer | None:
        """What an item answers, unless a fault rule strikes it: then an error, or None where a client of its own would
        see no answer, with the effect or without, as the rule says.
        """
        rule = self._services.faults.strike(route.template, route.account_id, now) if self._services.faults else None
        if rule is None:
            return await route.action()
        if rule.what == "late-commit":
            self._services.timers.at(now + rule.seconds, lambda _: _effect(route))
            return None
        if rule.where != "before":
            await route.action()
        return self.error(rule) if rule.what in {"error", "status"} else None


async def _effect(route: Route) -> None:
    await route.action()


async def _charged(charge: Charge, target: _Target, context: Context) -> object:
    """What the operation answers, unless the limits are used up."""
    if charge.problem is not None:
        raise GraphError(charge.problem)
    return await target.operation(context, target.node_id)


def _as_item(answer: Answer, *, with_headers: bool) -> dict[str, object]:
    out: dict[str, object] = {"code": answer.status, "body": answer.body.decode()}
    if with_headers:
        headers = [(b"Content-Type", answer.content_type), *answer.headers]
        out["headers"] = [{"name": name.decode(), "value": value.decode()} for name, value in headers]
    return out


async def _unknown_path(context: Context, node_id: str) -> object:
    raise GraphError(errors.UNKNOWN_PATH)


async def _unsupported(context: Context, node_id: str) -> object:
    _ = context.actor
    raise GraphError(errors.UNKNOWN_PATH, f"Unknown path components: {context.call.path} (or not simulated)")


async def _not_found(context: Context, node_id: str) -> object:
    _ = context.actor
    raise GraphError(errors.NOT_VISIBLE)


def _one_permission(name: str) -> Operation:
    async def revoke_one(context: Context, user_id: str) -> object:
        return await revoke(context, user_id, name)

    return revoke_one
