"""`POST /api/instagram/publish`, as it was ordered: media by address, one account, an answer at once.

Our own copy is made of every address before the post is taken, so that bad media are refused here and signed links and
the content guard have something to stand on. Publishing itself is a durable job.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, Field, field_validator

from huntaze.accounts import AccountRow, Accounts
from huntaze.identity import Actor, Identity
from huntaze.kit.db import Database
from huntaze.kit.problems import FieldProblem, Problem, ProblemError
from huntaze.kit.shapes import Shape
from huntaze.kit.text import N_, Text
from huntaze.library import Asset, Library, LibraryError, NotStored
from huntaze.library import problem_of as file_problem
from huntaze.platforms.contract import PostType
from huntaze.publishing import PostDraft, PublishingError, problem_of
from huntaze.publishing.api import FirstCommentIn, is_empty, known_zone, single_video_is_a_reel
from huntaze.publishing.creating import Creating, response, wanted_wait
from huntaze.publishing.errors import Fault, Invalid
from huntaze.publishing.idempotency import Answer

ROUTE = "POST /api/instagram/publish"
PLATFORM = "instagram"


class ChildIn(Shape):
    media_type: PostType = PostType.IMAGE
    media_url: str = Field(min_length=1, max_length=4000)


class PublishIn(Shape):
    """What to publish. ``accountId`` may be left out while exactly one account is connected."""

    media_type: PostType
    media_url: str | None = Field(None, max_length=4000)
    caption: str = Field("", max_length=10_000)
    location_id: str = Field("", max_length=40)
    cover_url: str | None = Field(None, max_length=4000)
    children: list[ChildIn] = Field(default_factory=list, max_length=50)
    account_id: UUID | None = None
    scheduled_at: AwareDatetime | None = None
    time_zone: str | None = None
    allow_duplicate: bool = False
    first_comment: FirstCommentIn = Field("", exclude_if=is_empty)

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str | None) -> str | None:
        return known_zone(value)

    @property
    def urls(self) -> list[str]:
        """The addresses in order: the children of a carousel, else the one file."""
        if self.media_type is PostType.CAROUSEL:
            return [child.media_url for child in self.children]
        return [self.media_url] if self.media_url else []


@dataclass(frozen=True, slots=True)
class PublishDoor:
    """The collaborators of the ordered path."""

    database: Database
    accounts: Accounts
    library: Library
    creating: Creating
    identity: Identity


def router(door: PublishDoor) -> APIRouter:
    """The ordered path, in the API's own OpenAPI page."""
    api = APIRouter(prefix=f"/{PLATFORM}", tags=[PLATFORM])
    writing = Depends(door.identity.require("posts.write"))

    @api.post("/publish", status_code=202)
    async def publish(
        body: PublishIn,
        actor: Annotated[Actor, writing],
        idempotency_key: Annotated[str | None, Header()] = None,
        prefer: Annotated[str | None, Header()] = None,
    ) -> JSONResponse:
        asked = body.model_dump(mode="json")
        try:
            async with door.creating.once(actor, ROUTE, idempotency_key, asked) as held:
                if isinstance(held, Answer):
                    return response(held, replayed=True)
                async with door.creating.beating(held):
                    draft = await _draft(door, actor, body)
                return await door.creating.create(actor, draft, held, wanted_wait(prefer))
        except PublishingError as error:
            raise ProblemError(problem_of(error)) from error

    return api


async def _draft(door: PublishDoor, actor: Actor, body: PublishIn) -> PostDraft:
    """The request as a draft, with our own copies of its media."""
    account = await _account(door, actor, body.account_id)
    if not body.urls:
        field = "children" if body.media_type is PostType.CAROUSEL else "mediaUrl"
        fault = Fault(
            field, Text(N_("There is no media to publish.")), Text(N_("Give the address of at least one file."))
        )
        raise Invalid(fault.message, fault.remedy, (fault,))
    assets = await _copies(door, actor, body.urls)
    cover = await _copies(door, actor, [body.cover_url]) if body.cover_url else []
    return PostDraft(
        type=single_video_is_a_reel(body.media_type),
        caption=body.caption,
        asset_ids=tuple(asset.id for asset in assets),
        account_ids=(account.id,),
        due_at=body.scheduled_at,
        zone=body.time_zone or actor.zone,
        location_id=body.location_id,
        cover_id=cover[0].id if cover else None,
        allow_duplicate=body.allow_duplicate,
        first_comment=body.first_comment,
    )


async def _account(door: PublishDoor, actor: Actor, wanted: UUID | None) -> AccountRow:
    """The named account, or the only one. 422 with the list when there is a choice to make."""
    async with door.database.transaction() as tx:
        connected = [
            account
            for account in await door.accounts.list_accounts(tx, actor.workspace_id)
            if account.platform == PLATFORM and account.disconnected_at is None
        ]
    found = [account for account in connected if wanted in (None, account.id)]
    if len(found) == 1:
        return found[0]
    if wanted is not None or not connected:
        detail = "This account is not connected." if wanted else "No Instagram account is connected."
        remedy = "Connect it on /platforms/connect/instagram, then try again."
        raise ProblemError(Problem(422, "unknown_account", "Unknown account", detail, remedy))
    choices = tuple(FieldProblem(f"{one.id} is @{one.username}", "#/accountId") for one in connected)
    raise ProblemError(
        Problem(
            422,
            "account_needed",
            "Which account?",
            "Several Instagram accounts are connected.",
            "Name one of them as accountId.",
            errors=choices,
        )
    )


async def _copies(door: PublishDoor, actor: Actor, urls: Sequence[str]) -> list[Asset]:
    """Our own copies, fetched side by side; the first refusal names its file."""
    done = await asyncio.gather(
        *(door.library.import_url(actor.workspace_id, url) for url in urls), return_exceptions=True
    )
    for position, outcome in enumerate(done):
        if isinstance(outcome, NotStored):
            raise ProblemError(replace(file_problem(outcome), file=position)) from outcome
        if isinstance(outcome, LibraryError):
            fault = Fault("mediaUrl", outcome.message, outcome.remedy, position)
            raise Invalid(outcome.message, outcome.remedy, (fault,))
        if isinstance(outcome, BaseException):
            raise outcome
    return [outcome for outcome in done if not isinstance(outcome, BaseException)]
