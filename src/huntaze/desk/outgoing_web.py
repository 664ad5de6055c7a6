"""`/settings/webhooks`: pages and forms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from huntaze.desk.outgoing_door import VERB, OutgoingDoor, check_content
from huntaze.desk.outgoing_form import Entered
from huntaze.desk.outgoing_page import (
    HOME,
    TargetPage,
    TargetsPage,
    delivery_page,
    target_page,
    targets_page,
)
from huntaze.identity import Actor
from huntaze.kit.cursors import BadCursor
from huntaze.kit.problems import not_found
from huntaze.kit.text import N_, Text
from huntaze.outbox.outgoing import (
    KEPT_FOR,
    BadTarget,
    DeliveryRow,
    DeliveryState,
    NoSuchDelivery,
    NoSuchTarget,
    Replay,
    TargetDraft,
    TargetPatch,
    TargetRow,
    TooManyTargets,
)
from huntaze.ui.i18n import _
from huntaze.ui.page import html
from huntaze.ui.parts import parse_date_time

PageHandler = Callable[[Request, Actor], Awaitable[Response]]
PAGE = 25


def routes(door: OutgoingDoor) -> list[Route]:
    """Every page and form of webhooks."""
    desk = _Desk(door)

    def page(
        path: str, verb: str, handler: PageHandler, methods: Sequence[str] = ("GET",), name: str | None = None
    ) -> Route:
        async def found(request: Request, actor: Actor) -> Response:
            try:
                return await handler(request, actor)
            except (NoSuchTarget, NoSuchDelivery):
                raise not_found() from None

        return door.identity.page_route(path, verb, found, methods, name)

    one = HOME + "/{webhook_id:uuid}"
    delivery = one + "/deliveries/{delivery_id:uuid}"
    return [
        page(HOME, VERB, desk.show_all, name="webhooks"),
        page(HOME, VERB, desk.create, methods=("POST",)),
        page(one, VERB, desk.show, name="webhook"),
        page(one, VERB, desk.change, methods=("POST",)),
        page(f"{one}/enable", VERB, desk.enable, methods=("POST",)),
        page(f"{one}/disable", VERB, desk.disable, methods=("POST",)),
        page(f"{one}/rotate", VERB, desk.rotate, methods=("POST",)),
        page(f"{one}/test", VERB, desk.test, methods=("POST",)),
        page(f"{one}/delete", VERB, desk.delete, methods=("POST",)),
        page(f"{one}/replay", VERB, desk.replay, methods=("POST",)),
        page(delivery, VERB, desk.delivery, name="webhook-delivery"),
        page(f"{delivery}/replay", VERB, desk.replay_one, methods=("POST",)),
    ]


class _Desk:
    def __init__(self, door: OutgoingDoor) -> None:
        self.door = door
        self.targets = door.outgoing.targets
        self.log = door.outgoing.log

    async def show_all(self, request: Request, actor: Actor) -> Response:
        """All webhooks and the form for a new one."""
        return await self._all(request, actor, Entered())

    async def create(self, request: Request, actor: Actor) -> Response:
        """Answers the new webhook's page with its secret, this once."""
        entered = Entered.read(await request.form())
        check_content(actor, entered.include_content)
        try:
            draft = TargetDraft(
                entered.name, entered.url, entered.types, _ids(entered.account_ids), entered.include_content
            )
            await self.door.check_accounts(actor.workspace_id, draft.account_ids)
            row, secret = await self.targets.create(actor.workspace_id, draft)
        except BadTarget as bad:
            return await self._all(request, actor, _with(entered, bad.faults), status=422)
        except TooManyTargets:
            return await self._all(request, actor, entered, status=409)
        return await self._one(request, actor, row, secret=secret.reveal())

    async def show(self, request: Request, actor: Actor) -> Response:
        """One webhook."""
        return await self._one(request, actor, await self._target(request, actor))

    async def change(self, request: Request, actor: Actor) -> Response:
        """What the form brings is how it is from now on."""
        row, entered = await self._target(request, actor), Entered.read(await request.form())
        check_content(actor, row.include_content, entered.include_content)
        try:
            ids = _ids(entered.account_ids)
            await self.door.check_accounts(actor.workspace_id, ids - {*row.account_ids})
            patch = TargetPatch(entered.name, entered.url, entered.types, ids, entered.include_content)
            await self.targets.change(actor.workspace_id, row.id, patch)
        except BadTarget as bad:
            return await self._one(request, actor, row, entered=_with(entered, bad.faults), status=422)
        return _back_to(row.id)

    async def enable(self, request: Request, actor: Actor) -> Response:
        """Told again."""
        row = await self._target(request, actor)
        await self.targets.enable(actor.workspace_id, row.id)
        return _back_to(row.id)

    async def disable(self, request: Request, actor: Actor) -> Response:
        """Not told until it is switched on."""
        row = await self._target(request, actor)
        await self.targets.disable(actor.workspace_id, row.id)
        return _back_to(row.id)

    async def rotate(self, request: Request, actor: Actor) -> Response:
        """Answers the page with the new secret, this once."""
        row = await self._target(request, actor)
        check_content(actor, row.include_content)
        row, secret = await self.targets.rotate(actor.workspace_id, row.id)
        return await self._one(request, actor, row, secret=secret.reveal())

    async def test(self, request: Request, actor: Actor) -> Response:
        """Answers the page with what came of it."""
        row = await self._target(request, actor)
        tested = await self.door.outgoing.sender.test(actor.workspace_id, row.id)
        return await self._one(request, actor, await self.targets.get(actor.workspace_id, row.id), tested=tested)

    async def delete(self, request: Request, actor: Actor) -> Response:
        """Gone with its log."""
        row = await self._target(request, actor)
        await self.targets.delete(actor.workspace_id, row.id)
        return RedirectResponse(HOME, status_code=303)

    async def replay(self, request: Request, actor: Actor) -> Response:
        """Send several again."""
        row, form = await self._target(request, actor), await request.form()
        now = self.door.clock.now()
        try:
            since = self._since(request, actor, form) or now - KEPT_FOR
        except ValueError:
            return await self._one(request, actor, row, problem=N_("Choose a day and a time."), status=422)
        asked = Replay(since, now, "delivered" in form, "missed" in form)
        again = await self.log.replay_many(actor.workspace_id, row.id, asked)
        return _back_to(row.id, again=again)

    async def replay_one(self, request: Request, actor: Actor) -> Response:
        """Send one again; answers its own page."""
        webhook_id, delivery_id = request.path_params["webhook_id"], request.path_params["delivery_id"]
        await self.log.replay(actor.workspace_id, webhook_id, delivery_id)
        return RedirectResponse(f"{HOME}/{webhook_id}/deliveries/{delivery_id}", status_code=303)

    async def delivery(self, request: Request, actor: Actor) -> Response:
        """One delivery with its attempts."""
        row = await self._target(request, actor)
        sent, attempts = await self.log.one(actor.workspace_id, row.id, request.path_params["delivery_id"])
        viewer = self.door.identity.viewer(request, actor)
        with viewer.speaking():
            return html(delivery_page(viewer, row, sent, attempts, self.door.clock.now()))

    async def _target(self, request: Request, actor: Actor) -> TargetRow:
        return await self.targets.get(actor.workspace_id, request.path_params["webhook_id"])

    async def _all(self, request: Request, actor: Actor, entered: Entered, status: int = 200) -> Response:
        rows = await self.targets.all(actor.workspace_id)
        health = await self.log.lately(actor.workspace_id)
        accounts = await self.door.connected(actor.workspace_id)
        viewer = self.door.identity.viewer(request, actor)
        with viewer.speaking():
            problem = _("There are too many webhooks. Delete one that is no longer needed.") if status == 409 else ""
            return html(targets_page(viewer, TargetsPage(rows, health, accounts, entered, problem)), status)

    async def _one(
        self,
        request: Request,
        actor: Actor,
        row: TargetRow,
        *,
        entered: Entered | None = None,
        secret: str = "",
        tested: DeliveryRow | None = None,
        problem: str = "",
        status: int = 200,
    ) -> Response:
        state = request.query_params.get("state", "")
        states = [state] if state in {one.value for one in DeliveryState} else []
        cursor = request.query_params.get("before", "")
        try:
            rows, older = await self.door.page(actor.workspace_id, row.id, cursor, PAGE, states)
        except BadCursor:
            return _back_to(row.id)
        more = {"state": state, "before": older} if older else {}
        shown = TargetPage(
            row=row,
            accounts=await self.door.connected(actor.workspace_id),
            deliveries=rows,
            older=f"{HOME}/{row.id}?{urlencode(more)}" if more else "",
            state=state if states else "",
            now=self.door.clock.now(),
            entered=entered or Entered.of(row),
            secret=secret,
            tested=tested,
            again=_count(request.query_params.get("again", "")),
            problem=problem,
        )
        viewer = self.door.identity.viewer(request, actor)
        with viewer.speaking():
            return html(target_page(viewer, shown), status)

    def _since(self, request: Request, actor: Actor, form: FormData) -> datetime | None:
        """The chosen time, in the viewer's zone; None without one. Raises ``ValueError``."""
        sent = form.get("since", "")
        with self.door.identity.viewer(request, actor).speaking():
            return parse_date_time(sent) if isinstance(sent, str) and sent else None


def _with(entered: Entered, faults: Mapping[str, Text]) -> Entered:
    return Entered(entered.name, entered.url, entered.types, entered.account_ids, entered.include_content, dict(faults))


def _ids(texts: frozenset[str]) -> frozenset[UUID]:
    """The accounts of a form. Raises ``BadTarget`` for what no page of ours sends."""
    try:
        return frozenset(UUID(text) for text in texts)
    except ValueError:
        raise BadTarget({"accountIds": Text(N_("This account is not connected."))}) from None


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _back_to(target_id: UUID, again: int | None = None) -> Response:
    told = "" if again is None else f"?again={again}"
    return RedirectResponse(f"{HOME}/{target_id}{told}", status_code=303)
