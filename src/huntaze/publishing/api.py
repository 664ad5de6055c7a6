"""`/api/v1/posts`: create, read, list, edit, move, cancel, retry, decide."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, Field, StringConstraints, ValidationInfo, field_validator

from huntaze.identity import Actor, Identity
from huntaze.kit.cursors import page_of, parts_of
from huntaze.kit.problems import ProblemError, not_found
from huntaze.kit.shapes import Shape
from huntaze.kit.signing import Signer
from huntaze.platforms.contract import PostType
from huntaze.publishing import first_comments
from huntaze.publishing.answers import brief, problem_of, question, status_url, whole
from huntaze.publishing.commented import first_comments_of
from huntaze.publishing.creating import Creating, response, wanted_wait
from huntaze.publishing.deciding import Deciding, Pointed
from huntaze.publishing.errors import PublishingError, UnknownPost
from huntaze.publishing.idempotency import Answer as Answer
from huntaze.publishing.model import PostDraft, PostView
from huntaze.publishing.service import Publishing
from huntaze.publishing.states import State

CREATE_ROUTE = "POST /api/v1/posts"
POSTS = "posts"


FirstCommentIn = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)]


def is_empty(text: str) -> bool:
    """A field that stays out of what an Idempotency-Key stands for when it is empty: older keys stay good."""
    return not text


class MediaIn(Shape):
    asset_id: UUID


class PostIn(Shape):
    """A post to make. ``scheduledAt`` needs an offset; ``when`` may ask for the next free slot instead; without both
    the post goes out now."""

    account_ids: list[UUID] = Field(min_length=1, max_length=50)
    media_type: PostType
    media: list[MediaIn] = Field(default_factory=list, max_length=20)
    caption: str = Field("", max_length=10_000)
    scheduled_at: AwareDatetime | None = None
    when: Literal["next_free_slot"] | None = None
    time_zone: str | None = None
    location_id: str = Field("", max_length=40)
    draft: bool = False
    allow_duplicate: bool = False
    first_comment: FirstCommentIn = Field("", exclude_if=is_empty)

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str | None) -> str | None:
        return known_zone(value)

    @field_validator("when")
    @classmethod
    def _one_time(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("scheduled_at") is not None:
            raise ValueError("cannot stand beside scheduledAt")
        return value

    def draft_for(self, zone: str) -> PostDraft:
        """The service's value; ``zone`` when the caller named none."""
        return PostDraft(
            type=single_video_is_a_reel(self.media_type),
            caption=self.caption,
            asset_ids=tuple(item.asset_id for item in self.media),
            account_ids=tuple(dict.fromkeys(self.account_ids)),
            due_at=self.scheduled_at,
            zone=self.time_zone or zone,
            draft=self.draft,
            location_id=self.location_id,
            allow_duplicate=self.allow_duplicate,
            next_free_slot=self.when is not None,
            first_comment=self.first_comment,
        )


class PostPatch(Shape):
    """What changes; a missing field stays. ``action`` is for what has no field."""

    caption: str | None = Field(None, max_length=10_000)
    media_type: PostType | None = None
    media: list[MediaIn] | None = Field(None, max_length=20)
    account_ids: list[UUID] | None = Field(None, min_length=1, max_length=50)
    scheduled_at: AwareDatetime | None = None
    time_zone: str | None = None
    draft: bool | None = None
    version: int | None = None
    first_comment: FirstCommentIn | None = None

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str | None) -> str | None:
        return known_zone(value)

    @property
    def only_moves(self) -> bool:
        """Whether nothing but the time is given."""
        return self.model_fields_set <= {"scheduled_at", "time_zone"}


class ConfirmIn(Shape):
    """Which post of the platform it is, by its id or its address; without both: it is there, somewhere, and none of
    ``noneOf``."""

    publication_id: UUID | None = None
    media_id: str = Field("", max_length=80)
    permalink: str = Field("", max_length=400)
    none_of: list[Annotated[str, Field(pattern=r"^[^\s]{1,80}$")]] = Field(default_factory=list, max_length=50)


SOMEWHERE = ConfirmIn(media_id="", permalink="", none_of=[])


def known_zone(value: str | None) -> str | None:
    """An IANA zone name or a ``ValueError`` that says so."""
    if value is not None:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("is no IANA time zone, such as Europe/Paris") from None
    return value


def single_video_is_a_reel(media_type: PostType) -> PostType:
    """`VIDEO` alone has not been a feed post since November 2023 (instagram.md §3.2)."""
    return PostType.REELS if media_type is PostType.VIDEO else media_type


def router(
    publishing: Publishing, creating: Creating, deciding: Deciding, identity: Identity, cursors: Signer
) -> APIRouter:
    """The routes under `/v1/posts`."""
    api = APIRouter(prefix="/v1/posts", tags=["posts"])
    reading = Depends(identity.require("posts.read"))
    writing = Depends(identity.require("posts.write"))

    @api.post("", status_code=202)
    async def create(
        request: Request,
        body: PostIn,
        actor: Annotated[Actor, writing],
        idempotency_key: Annotated[str | None, Header()] = None,
        prefer: Annotated[str | None, Header()] = None,
    ) -> JSONResponse:
        asked = body.model_dump(mode="json")
        try:
            async with creating.once(actor, CREATE_ROUTE, idempotency_key, asked) as held:
                if isinstance(held, Answer):
                    return response(held, replayed=True)
                return await creating.create(actor, body.draft_for(actor.zone), held, wanted_wait(prefer))
        except PublishingError as error:
            raise ProblemError(problem_of(error)) from error

    @api.get("")
    async def index(
        actor: Annotated[Actor, reading],
        cursor: str = "",
        limit: Annotated[int, Query(ge=1, le=100)] = 25,
        state: Annotated[list[State] | None, Query()] = None,
    ) -> JSONResponse:
        before = id_before(cursors, POSTS, cursor)
        views = await publishing.recent(actor.workspace_id, before, state, limit + 1)
        page, onward = page_of(cursors, POSTS, views, limit)
        return JSONResponse({"items": [brief(view) for view in page], "nextCursor": onward or None})

    @api.get("/{post_id}")
    async def show(post_id: UUID, actor: Annotated[Actor, reading]) -> JSONResponse:
        view = await publishing.view(actor.workspace_id, post_id)
        if view is None:
            raise not_found()
        return JSONResponse(whole(view))

    _add_changes(api, publishing, writing)
    _add_decisions(api, publishing, deciding, writing)
    return api


def _add_decisions(api: APIRouter, publishing: Publishing, deciding: Deciding, writing: Any) -> None:
    """What a person says of a post of which nobody can tell whether, or which one, it is."""

    @api.get("/{post_id}/candidates")
    async def candidates(
        post_id: UUID,
        actor: Annotated[Actor, writing],
        publication_id: Annotated[UUID | None, Query(alias="publicationId")] = None,
    ) -> JSONResponse:
        try:
            return JSONResponse(question(await deciding.question(actor.workspace_id, post_id, publication_id)))
        except UnknownPost:
            raise not_found() from None
        except PublishingError as error:
            raise ProblemError(problem_of(error)) from error

    @api.post("/{post_id}/retry")
    async def retry(
        post_id: UUID,
        actor: Annotated[Actor, writing],
        looked: Literal["not_there"] | None = None,
        publication_id: Annotated[UUID | None, Query(alias="publicationId")] = None,
    ) -> JSONResponse:
        return await answer_of(publishing.retry(actor, post_id, publication_id, looked=looked is not None))

    @api.post("/{post_id}/confirm")
    async def confirm(post_id: UUID, actor: Annotated[Actor, writing], body: ConfirmIn = SOMEWHERE) -> JSONResponse:
        pointed = Pointed(body.media_id, body.permalink, tuple(body.none_of))
        return await answer_of(deciding.there(actor, post_id, pointed, body.publication_id))


def _add_changes(api: APIRouter, publishing: Publishing, writing: Any) -> None:
    """What may be done with a post that is there."""

    @api.patch("/{post_id}")
    async def change(post_id: UUID, body: PostPatch, actor: Annotated[Actor, writing]) -> JSONResponse:
        return await answer_of(_change(publishing, actor, post_id, body))

    @api.post("/{post_id}/cancel")
    async def cancel(post_id: UUID, actor: Annotated[Actor, writing]) -> JSONResponse:
        return await answer_of(publishing.cancel(actor, post_id))


async def _change(publishing: Publishing, actor: Actor, post_id: UUID, body: PostPatch) -> PostView:
    """A move when only the time of a planned post is given, else an edit of what is given."""
    view = await publishing.view(actor.workspace_id, post_id)
    if view is None:
        raise UnknownPost
    if body.only_moves and view.state is not State.DRAFT:
        return await publishing.move(actor, post_id, body.scheduled_at)
    return await publishing.edit(actor, post_id, _edited(view, body), body.version)


def _edited(view: PostView, body: PostPatch) -> PostDraft:
    post = view.post
    given: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set}
    due: datetime | None = given.get(
        "scheduled_at", max((p.due_at for p in view.publications if p.due_at), default=None)
    )
    media = tuple(item.asset_id for item in body.media) if body.media is not None else post.asset_ids
    return PostDraft(
        type=single_video_is_a_reel(body.media_type or PostType(post.type)),
        caption=post.caption if body.caption is None else body.caption,
        asset_ids=media,
        account_ids=tuple(body.account_ids or _standing(view)),
        due_at=due,
        zone=body.time_zone or post.zone,
        draft=(view.state is State.DRAFT) if body.draft is None else body.draft,
        location_id=post.location_id,
        cover_id=post.cover_id,
        first_comment=post.first_comment if body.first_comment is None else body.first_comment,
    )


def _standing(view: PostView) -> list[UUID]:
    """The accounts the post is still meant for."""
    return [row.account_id for row in view.publications if row.now_state is not State.CANCELLED]


def first_comment_router(publishing: Publishing, identity: Identity) -> APIRouter:
    """What may be done about first comments."""
    return first_comments.first_comment_router(first_comments_of(publishing), identity, answer_of)


async def answer_of(work: Awaitable[PostView]) -> JSONResponse:
    """What became of a change, whole; a refusal as a problem."""
    try:
        view = await work
    except UnknownPost:
        raise not_found() from None
    except PublishingError as error:
        raise ProblemError(problem_of(error)) from error
    return JSONResponse(whole(view), headers={"Location": status_url(view)})


def id_before(cursors: Signer, list_name: str, cursor: str) -> UUID | None:
    """Behind which row a list goes on; None at its beginning. Raises ``BadCursor``."""
    parts = parts_of(cursors, list_name, cursor)
    return UUID(parts[0]) if parts else None
