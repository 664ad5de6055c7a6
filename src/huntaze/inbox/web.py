"""`/comments`: pages, boxes and forms. Every action is a real form; htmx gets the parts that changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from htpy import fragment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from huntaze.crm import CommentFilter
from huntaze.identity import Actor, Identity
from huntaze.inbox import pages
from huntaze.inbox.asking import THREADS
from huntaze.inbox.boxes import BOX_NAMES, BOXES, Box, box_part
from huntaze.inbox.errors import InboxError, UnknownComment
from huntaze.inbox.model import DeedRow
from huntaze.inbox.parts import said, thread_key
from huntaze.inbox.service import CommentWork
from huntaze.inbox.views import CommentView, ThreadView
from huntaze.kit.cursors import page_of, place_of
from huntaze.kit.shapes import LONGEST_SEARCH
from huntaze.kit.signing import Signer
from huntaze.once import CallAction
from huntaze.platforms.contract import CommentDeed
from huntaze.publishing import Surroundings
from huntaze.ui import parts
from huntaze.ui.htmx import is_htmx, partial
from huntaze.ui.i18n import spoken
from huntaze.ui.page import html

PAGE = 20
Act = Callable[[Actor, UUID], Awaitable[DeedRow]]


def routes(work: CommentWork, surroundings: Surroundings, identity: Identity, cursors: Signer) -> list[Route]:
    """`/comments` and what hangs on it."""
    desk = _Desk(work, surroundings, identity, cursors)
    page = identity.page_route

    async def looked(actor: Actor, deed_id: UUID) -> DeedRow:
        return await work.retry(actor, deed_id, looked=True)

    acts: dict[CallAction, Act] = {
        CallAction.RETRY: work.retry,
        CallAction.RETRY_LOOKED: looked,
        CallAction.CONFIRM: work.there,
        CallAction.DISMISS: work.dismiss,
    }
    return [
        page("/comments", "comments.read", desk.index),
        page("/comments/{comment_id:uuid}", "comments.read", desk.show),
        *(
            page(
                f"/comments/{{comment_id:uuid}}/{deed}",
                "comments.write",
                desk.asking(deed),
                methods=("POST",),
                name=f"comment-{deed}",
            )
            for deed in CommentDeed
        ),
        *(
            page(
                f"/comments/deeds/{{deed_id:uuid}}/{action.value.replace('_', '-')}",
                "comments.write",
                desk.deciding(act),
                methods=("POST",),
                name=f"comment-deed-{action}",
            )
            for action, act in acts.items()
        ),
    ]


class _Desk:
    def __init__(self, work: CommentWork, surroundings: Surroundings, identity: Identity, cursors: Signer) -> None:
        self._work = work
        self._surroundings = surroundings
        self._identity = identity
        self._cursors = cursors

    async def index(self, request: Request, actor: Actor) -> Response:
        chosen, cursor = _chosen(request), request.query_params.get("before", "")
        before = place_of(self._cursors, THREADS, cursor)
        async with self._work.database.transaction() as tx:
            own = await self._work.own(tx, actor.workspace_id)
        wanted = CommentFilter(
            account_ids=(UUID(chosen.account),) if chosen.account else (),
            media_ref=chosen.post,
            unanswered=True if chosen.show == "unanswered" else None,
            hidden=True if chosen.show == "hidden" else None,
            words=chosen.words,
            own=own,
        )
        found = await self._work.threads(actor.workspace_id, wanted, before, PAGE + 1)
        shown, older = page_of(self._cursors, THREADS, found, PAGE)
        around = await self._surroundings.of(actor.workspace_id)
        viewer = self._identity.viewer(request, actor)
        with viewer.speaking():
            return html(pages.comment_list(viewer, pages.CommentList(shown, chosen, around, older, not cursor)))

    async def show(self, request: Request, actor: Actor) -> Response:
        """One comment; `?do=` opens its box, which is all that htmx gets."""
        view, thread = await self._found(actor, request.path_params["comment_id"])
        asked = request.query_params.get("do", "")
        deed = BOXES.get(asked)
        box = Box(view, deed, thread_key(thread)) if deed is not None and view.may(deed) else None
        around = await self._surroundings.of(actor.workspace_id)
        viewer = self._identity.viewer(request, actor)
        with viewer.speaking():
            if is_htmx(request):
                return html(box_part(viewer, box) if box else fragment[None])
            return html(pages.comment_page(viewer, thread, view, around, box))

    def asking(self, deed: CommentDeed) -> Callable[[Request, Actor], Awaitable[Response]]:
        """A form that wants something done."""

        async def press(request: Request, actor: Actor) -> Response:
            form = await request.form()
            comment_id: UUID = request.path_params["comment_id"]
            text, key = str(form.get("text", "")), str(form.get("key", ""))[:64] or None
            try:
                await self._work.ask(actor, comment_id, deed, text, form_key=key)
            except UnknownComment:
                raise HTTPException(404) from None
            except InboxError as error:
                return await self._refused(request, actor, comment_id, error, (deed, text))
            return await self._answer(request, actor, comment_id, boxed=deed in BOX_NAMES)

        return press

    def deciding(self, act: Act) -> Callable[[Request, Actor], Awaitable[Response]]:
        """A button about something that failed or that nobody knows of."""

        async def press(request: Request, actor: Actor) -> Response:
            row = await self._work.deed(actor.workspace_id, request.path_params["deed_id"])
            if row is None:
                raise HTTPException(404)
            try:
                await act(actor, row.id)
            except InboxError as error:
                return await self._refused(request, actor, row.comment_id, error)
            return await self._answer(request, actor, row.comment_id, boxed=False)

        return press

    async def _answer(self, request: Request, actor: Actor, comment_id: UUID, *, boxed: bool) -> Response:
        """The thread as it is now: where the box was, nothing; a browser without scripts goes to the comment."""
        if not is_htmx(request):
            return RedirectResponse(f"/comments/{comment_id}", status_code=303)
        _, thread = await self._found(actor, comment_id)
        viewer = self._identity.viewer(request, actor)
        with viewer.speaking():
            part = said(viewer, thread)
            return html(partial(f"#said-{thread_key(thread)}", part, how="outerMorph") if boxed else part)

    async def _refused(
        self,
        request: Request,
        actor: Actor,
        comment_id: UUID,
        error: InboxError,
        asked: tuple[CommentDeed, str] | None = None,
    ) -> Response:
        """What was written stays in its box, with the reason; of a button the reason is told beside the thread."""
        view, thread = await self._found(actor, comment_id)
        box = Box(view, asked[0], thread_key(thread), asked[1], error) if asked and asked[0] in BOX_NAMES else None
        around = await self._surroundings.of(actor.workspace_id)
        viewer = self._identity.viewer(request, actor)
        with viewer.speaking():
            if box is None and is_htmx(request):
                words = f"{spoken(error.message)} {spoken(error.remedy)}"
                return html(fragment[said(viewer, thread), parts.toast_partial(words, "bad")])
            if box is None:
                raise HTTPException(error.status, str(error.message))
            shown = box_part(viewer, box) if is_htmx(request) else pages.comment_page(viewer, thread, view, around, box)
            return html(shown, status=error.status)

    async def _found(self, actor: Actor, comment_id: UUID) -> tuple[CommentView, ThreadView]:
        """A comment and its thread; a thread that is gone holds the comment alone."""
        view = await self._work.view(actor.workspace_id, comment_id)
        if view is None:
            raise HTTPException(404)
        row = view.comment
        thread = await self._work.thread(actor.workspace_id, row.account_id, row.comment_ref)
        return view, thread or ThreadView(row, [view])


def _chosen(request: Request) -> pages.Chosen:
    asked = request.query_params
    account = asked.get("account", "")
    try:
        account = str(UUID(account)) if account else ""
    except ValueError:
        account = ""
    show = asked.get("show", "")
    return pages.Chosen(
        account=account,
        show=show if show in pages.SHOWS else "",
        post=asked.get("post", "")[:80],
        words=asked.get("q", "").strip()[:LONGEST_SEARCH],
    )
