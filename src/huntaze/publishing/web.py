"""Pages and forms of posts. Every action is a real form; answers are pages or redirects."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from huntaze.accounts import AccountRow, Accounts, QuotaRow
from huntaze.crm import Mirror
from huntaze.identity import Actor, Identity
from huntaze.insights import Insights
from huntaze.library import Library
from huntaze.platforms.contract import CommentAdvice, Finding, PostType
from huntaze.publishing import pages, quota_lines
from huntaze.publishing.around import Surroundings
from huntaze.publishing.commented import first_comments_of
from huntaze.publishing.composer import Composing, asset_ids_of, compose_page, draft_from
from huntaze.publishing.decide_web import decide_routes
from huntaze.publishing.deciding import Deciding
from huntaze.publishing.errors import Conflict, PublishingError, UnknownPost
from huntaze.publishing.first_comments import first_comment_routes
from huntaze.publishing.model import PostDraft, PostView, draft_of
from huntaze.publishing.post_page import PostPage, post_page
from huntaze.publishing.service import Publishing
from huntaze.publishing.states import State
from huntaze.ui.page import html

PAGE = 30
EDITABLE = (State.DRAFT, State.IN_REVIEW, State.SCHEDULED, State.PREPARING, State.PREPARED, State.HELD, State.FAILED)

Change = Callable[[Actor, UUID], Awaitable[PostView]]


def routes(
    publishing: Publishing,
    deciding: Deciding,
    accounts: Accounts,
    library: Library,
    mirror: Mirror,
    insights: Insights,
    identity: Identity,
) -> list[Route]:
    """`/posts` and what hangs on it."""
    posts = _Posts(publishing, accounts, library, mirror, insights, identity)
    page = identity.page_route

    async def now(actor: Actor, post_id: UUID) -> PostView:
        return await publishing.move(actor, post_id, None)

    changes: dict[str, Change] = {"now": now, "cancel": publishing.cancel, "retry": publishing.retry}
    return [
        page("/posts", "posts.read", posts.index),
        page("/posts", "posts.write", posts.submit, methods=("POST",), name="post-create"),
        page("/posts/new", "posts.write", posts.new, name="post-new"),
        page(quota_lines.ADDRESS, "posts.write", posts.quota_lines, name="post-quotas"),
        page("/posts/save", "posts.write", posts.save, methods=("POST",), name="post-save-new"),
        page("/posts/{post_id:uuid}", "posts.read", posts.show, name="post"),
        page("/posts/{post_id:uuid}", "posts.write", posts.submit, methods=("POST",), name="post-edit"),
        page("/posts/{post_id:uuid}/edit", "posts.write", posts.edit, name="post-compose"),
        page("/posts/{post_id:uuid}/save", "posts.write", posts.save, methods=("POST",), name="post-save"),
        *(
            page(
                f"/posts/{{post_id:uuid}}/{way}",
                "posts.write",
                posts.changing(change),
                methods=("POST",),
                name=f"post-{way}",
            )
            for way, change in changes.items()
        ),
        *decide_routes(deciding, posts.surroundings, identity),
        *first_comment_routes(first_comments_of(publishing), identity),
    ]


class _Posts:
    def __init__(
        self,
        publishing: Publishing,
        accounts: Accounts,
        library: Library,
        mirror: Mirror,
        insights: Insights,
        identity: Identity,
    ) -> None:
        self.publishing = publishing
        self.accounts = accounts
        self.library = library
        self.mirror = mirror
        self.insights = insights
        self.identity = identity
        self.surroundings = Surroundings(publishing.database, accounts, library, mirror)

    async def index(self, request: Request, actor: Actor) -> Response:
        chosen = request.query_params.get("show", "")
        chosen = chosen if chosen in pages.FILTERS else ""
        before = _uuid(request.query_params.get("before", ""))
        views = await self.publishing.recent(actor.workspace_id, before, pages.FILTERS[chosen][1], PAGE + 1)
        shown = views[:PAGE]
        older = str(shown[-1].post.id) if len(views) > PAGE else ""
        around = await self.surroundings.of_posts(actor.workspace_id, shown)
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            return html(pages.post_list(viewer, pages.PostList(shown, around, chosen, older)))

    async def show(self, request: Request, actor: Actor) -> Response:
        view = await self._post(request, actor)
        if view.state is State.DRAFT:
            return RedirectResponse(f"/posts/{view.post.id}/edit", status_code=303)
        around = await self.surroundings.of(actor.workspace_id, view.post.asset_ids)
        async with self.publishing.database.transaction() as tx:
            comments = {
                row.id: await self.mirror.comments_of(tx, actor.workspace_id, row.account_id, row.media_ref)
                for row in view.publications
                if row.media_ref
            }
            figures = {
                row.id: await self.insights.latest_of(tx, actor.workspace_id, row.account_id, row.media_ref)
                for row in view.publications
                if row.media_ref
            }
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            return html(post_page(viewer, PostPage(view, around, comments, figures)))

    async def new(self, request: Request, actor: Actor) -> Response:
        """An empty composer; `?asset=` (repeated) puts files of the library in, `?account=` chooses an account."""
        wanted = tuple(found for found in map(_uuid, request.query_params.getlist("asset")) if found is not None)
        chosen = _uuid(request.query_params.get("account", ""))
        connected = await self._connected(actor)
        only = tuple(one.id for one in connected if len(connected) == 1 or one.id == chosen)
        return await self._compose(request, actor, PostDraft(PostType.IMAGE, "", wanted, only, None, actor.zone))

    async def quota_lines(self, request: Request, actor: Actor) -> Response:
        """What the accounts that are ticked now may still publish (`?account=`, repeated)."""
        wanted = {_uuid(value) for value in request.query_params.getlist("account")}
        accounts = await self._connected(actor)
        chosen = [account.id for account in accounts if account.id in wanted]
        quotas = await self.accounts.quotas.fresh(actor.workspace_id, chosen)
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            return html(quota_lines.quota_lines(accounts, chosen, quotas))

    async def edit(self, request: Request, actor: Actor) -> Response:
        view = await self._post(request, actor)
        if view.publications and view.state not in EDITABLE:
            return RedirectResponse(f"/posts/{view.post.id}", status_code=303)
        return await self._compose(request, actor, _draft_of(view), view)

    async def submit(self, request: Request, actor: Actor) -> Response:
        """Publish, schedule or keep as a draft; a refusal shows the form again with what was written."""
        view = await self._post(request, actor) if "post_id" in request.path_params else None
        draft = None
        try:
            draft = await self._draft(request, actor)
            done = await self._keep(request, actor, view, draft)
        except PublishingError as error:
            draft = draft or PostDraft(PostType.IMAGE, "", (), (), None, actor.zone)
            return await self._compose(request, actor, draft, view, error)
        return RedirectResponse(f"/posts/{done.post.id}", status_code=303)

    async def save(self, request: Request, actor: Actor) -> Response:
        """The composer saves by itself. 409 when somebody else saved; a post that is planned stays as it is."""
        view = await self._post(request, actor) if "post_id" in request.path_params else None
        if view is not None and view.state is not State.DRAFT and view.publications:
            return JSONResponse({"version": str(view.post.version)})
        try:
            draft = replace(await self._draft(request, actor), draft=True)
            done = await self._keep(request, actor, view, draft)
        except Conflict:
            return JSONResponse({}, status_code=409)
        except PublishingError as error:
            return JSONResponse({"error": str(error.message)}, status_code=422)
        where = f"/posts/{done.post.id}"
        return JSONResponse(
            {"version": str(done.post.version), "url": f"{where}/edit", "saveUrl": f"{where}/save", "action": where}
        )

    def changing(self, change: Change) -> Callable[[Request, Actor], Awaitable[Response]]:
        """A button of the post page."""

        async def press(request: Request, actor: Actor) -> Response:
            post_id = request.path_params["post_id"]
            try:
                await change(actor, post_id)
            except UnknownPost:
                raise HTTPException(404) from None
            except PublishingError as error:
                view = await self._post(request, actor)
                return await self._refused(request, actor, view, error)
            return RedirectResponse(f"/posts/{post_id}", status_code=303)

        return press

    async def _refused(self, request: Request, actor: Actor, view: PostView, error: PublishingError) -> Response:
        """A button that came to nothing: a post that may still be written opens in the composer with the reason."""
        if view.state in EDITABLE:
            return await self._compose(request, actor, _draft_of(view), view, error)
        raise HTTPException(error.status, str(error.message))

    async def _keep(self, request: Request, actor: Actor, view: PostView | None, draft: PostDraft) -> PostView:
        form = await request.form()
        await self._describe(actor, {name: str(value) for name, value in form.items() if name.startswith("alt-")})
        if view is None:
            return await self.publishing.create(actor, draft)
        version = str(form.get("version", ""))
        return await self.publishing.edit(actor, view.post.id, draft, int(version) if version.isdigit() else None)

    async def _describe(self, actor: Actor, texts: dict[str, str]) -> None:
        """Alternative texts belong to the files, wherever they are used."""
        async with self.publishing.database.transaction() as tx:
            for name, words in texts.items():
                asset_id = _uuid(name.removeprefix("alt-"))
                if asset_id is not None:
                    await self.library.describe(tx, actor.workspace_id, asset_id, words.strip()[:1000])

    async def _draft(self, request: Request, actor: Actor) -> PostDraft:
        form = await request.form()
        around = await self.surroundings.of(actor.workspace_id, asset_ids_of(form))
        return draft_from(form, {asset.id: asset.kind for asset in around.assets.values()}, actor.zone)

    async def _compose(
        self,
        request: Request,
        actor: Actor,
        draft: PostDraft,
        view: PostView | None = None,
        refused: PublishingError | None = None,
    ) -> Response:
        around = await self.surroundings.of(actor.workspace_id, draft.asset_ids)
        accounts = [account for account in around.accounts.values() if account.disconnected_at is None]
        known = replace(draft, asset_ids=tuple(one for one in draft.asset_ids if one in around.assets))
        shown = Composing(
            draft=known,
            accounts=accounts,
            assets=[around.assets[asset_id] for asset_id in known.asset_ids],
            faces=around.faces,
            limits=self.publishing.limits(account.platform for account in accounts if account.id in known.account_ids),
            comment=self._comment(known, accounts),
            findings=await self._findings(actor, known, accounts),
            now=self.publishing.clock.now(),
            quotas=await self._quotas(actor, known, accounts),
            view=view,
            refused=refused,
        )
        viewer = self.identity.viewer(request, actor)
        with viewer.speaking():
            return html(compose_page(viewer, shown), status=refused.status if refused else 200)

    def _comment(self, draft: PostDraft, accounts: list[AccountRow]) -> CommentAdvice | None:
        """What a first comment should keep to; None where no chosen network, or none at all, takes one."""
        chosen = [account for account in accounts if account.id in draft.account_ids]
        networks = [self.publishing.platforms[account.platform] for account in chosen] or self.publishing.platforms
        return next((one.commenter.advice for one in networks if one.commenter is not None), None)

    async def _findings(self, actor: Actor, draft: PostDraft, accounts: list[AccountRow]) -> list[Finding]:
        """What the chosen networks would say, each thing once."""
        known = tuple(account.id for account in accounts if account.id in draft.account_ids)
        checked = await self.publishing.check(actor.workspace_id, replace(draft, account_ids=known))
        return list({str(one.message): one for found in checked for one in found.findings}.values())

    async def _quotas(self, actor: Actor, draft: PostDraft, accounts: list[AccountRow]) -> Mapping[UUID, QuotaRow]:
        """What the chosen accounts may still publish; asked of their networks unless that was just done."""
        chosen = [account.id for account in accounts if account.id in draft.account_ids]
        return await self.accounts.quotas.fresh(actor.workspace_id, chosen)

    async def _connected(self, actor: Actor) -> list[AccountRow]:
        async with self.publishing.database.transaction() as tx:
            rows = await self.accounts.list_accounts(tx, actor.workspace_id)
        return [row for row in rows if row.disconnected_at is None]

    async def _post(self, request: Request, actor: Actor) -> PostView:
        view = await self.publishing.view(actor.workspace_id, request.path_params["post_id"])
        if view is None:
            raise HTTPException(404)
        return view


def _draft_of(view: PostView) -> PostDraft:
    """A post as its composer shows it."""
    due = [row.due_at for row in view.publications if row.due_at is not None and row.now_state is not State.FAILED]
    standing = [row.account_id for row in view.publications if row.now_state is not State.CANCELLED]
    return replace(draft_of(view.post, standing), due_at=min(due, default=None), draft=view.state is State.DRAFT)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
