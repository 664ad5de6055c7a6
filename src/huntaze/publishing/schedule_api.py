"""`/api/v1/accounts/{id}/slots` and `/api/v1/recurrences`: when an account publishes, and posts that come again."""

from collections.abc import Awaitable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, Field, NaiveDatetime

from huntaze.identity import Actor, Identity
from huntaze.kit.cursors import page_of
from huntaze.kit.db import Connection
from huntaze.kit.json_value import moment
from huntaze.kit.problems import ProblemError, not_found
from huntaze.kit.shapes import Shape
from huntaze.kit.signing import Signer
from huntaze.platforms.contract import PostType
from huntaze.publishing.answers import problem_of
from huntaze.publishing.api import MediaIn, id_before, known_zone, single_video_is_a_reel
from huntaze.publishing.creating import Creating, response
from huntaze.publishing.errors import PublishingError
from huntaze.publishing.idempotency import Answer
from huntaze.publishing.model import PostDraft, Slot
from huntaze.publishing.recurring import Recurring
from huntaze.publishing.rules import DAYS, Rule
from huntaze.publishing.schedule_model import OccurrenceView, RecurrenceRow, RecurrenceView
from huntaze.publishing.slots import AccountSlots, Slots

SLOTS_ROUTE = "PUT /api/v1/accounts/slots"
CREATE_ROUTE = "POST /api/v1/recurrences"
RECURRENCES = "recurrences"

Day = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
Zone = Annotated[str, AfterValidator(known_zone)]
WallTime = Annotated[NaiveDatetime, AfterValidator(lambda at: at.replace(microsecond=0))]
"""A time on the wall of the zone named beside it, without an offset."""


class SlotIn(Shape):
    """A weekly time; the zone of the workspace without `timeZone`."""

    weekday: Day
    local_time: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    time_zone: Zone | None = None


class SlotsIn(Shape):
    """All slots of the account: those that are not named are gone."""

    slots: list[SlotIn] = Field(max_length=100)


class RecurrenceIn(Shape):
    """A post that comes again. `rule` is an RRULE of RFC 5545, `startsAt` its DTSTART and `exceptions` its EXDATEs, on
    the wall of `timeZone`."""

    account_ids: list[UUID] = Field(min_length=1, max_length=50)
    media_type: PostType
    media: list[MediaIn] = Field(default_factory=list, max_length=20)
    caption: str = Field("", max_length=10_000)
    location_id: str = Field("", max_length=40)
    rule: str = Field(max_length=500)
    starts_at: WallTime
    time_zone: Zone | None = None
    exceptions: list[WallTime] = Field(default_factory=list, max_length=500)
    allow_duplicate: bool = False


class RecurrencePatch(Shape):
    """What changes; a missing field stays."""

    account_ids: list[UUID] | None = Field(None, min_length=1, max_length=50)
    media_type: PostType | None = None
    media: list[MediaIn] | None = Field(None, max_length=20)
    caption: str | None = Field(None, max_length=10_000)
    rule: str | None = Field(None, max_length=500)
    starts_at: WallTime | None = None
    time_zone: Zone | None = None
    exceptions: list[WallTime] | None = Field(None, max_length=500)
    allow_duplicate: bool = False
    version: int | None = None


class ExceptionIn(Shape):
    """One time of the rule that is left out."""

    local_time: WallTime


def slots_router(slots: Slots, creating: Creating, identity: Identity) -> APIRouter:
    """The routes under `/v1/accounts/{id}/slots`."""
    api = APIRouter(prefix="/v1/accounts/{account_id}/slots", tags=["slots"])
    reading = Depends(identity.require("posts.read"))
    writing = Depends(identity.require("posts.write"))

    @api.get("", summary="The posting slots of an account, and the next that is free")
    async def show(account_id: UUID, actor: Annotated[Actor, reading]) -> JSONResponse:
        found = await slots.of(actor, account_id)
        if found is None:
            raise not_found()
        return JSONResponse(_slots(found))

    @api.put("", summary="Replace the posting slots of an account")
    async def replace(
        account_id: UUID,
        body: SlotsIn,
        actor: Annotated[Actor, writing],
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> JSONResponse:
        asked = {"accountId": str(account_id), **body.model_dump(mode="json")}
        try:
            async with creating.once(actor, SLOTS_ROUTE, idempotency_key, asked) as held:
                if isinstance(held, Answer):
                    return response(held, replayed=True)

                async def at_commit(tx: Connection, made: AccountSlots) -> None:
                    await creating.keep(tx, held, Answer(200, _slots(made)))

                found = await slots.replace(actor, account_id, _wanted(body, actor.zone), at_commit)
                if found is None:
                    raise not_found()
                return JSONResponse(_slots(found))
        except PublishingError as error:
            raise ProblemError(problem_of(error)) from error

    return api


def recurrences_router(recurring: Recurring, creating: Creating, identity: Identity, cursors: Signer) -> APIRouter:
    """The routes under `/v1/recurrences`."""
    api = APIRouter(prefix="/v1/recurrences", tags=["recurrences"])
    reading = Depends(identity.require("posts.read"))
    writing = Depends(identity.require("posts.write"))

    @api.post("", status_code=201)
    async def create(
        body: RecurrenceIn,
        actor: Annotated[Actor, writing],
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> JSONResponse:
        rule = Rule(body.rule, body.starts_at, body.time_zone or actor.zone, frozenset(body.exceptions))
        try:
            async with creating.once(actor, CREATE_ROUTE, idempotency_key, body.model_dump(mode="json")) as held:
                if isinstance(held, Answer):
                    return response(held, location=_address(held.body["id"]), replayed=True)

                async def at_commit(tx: Connection, made: RecurrenceView) -> None:
                    await creating.keep(tx, held, Answer(201, _whole(made)))

                view = await recurring.create(actor, rule, _draft(body, rule.zone), at_commit)
                return response(Answer(201, _whole(view)), location=_address(view.row.id))
        except PublishingError as error:
            raise ProblemError(problem_of(error)) from error

    @api.get("")
    async def index(
        actor: Annotated[Actor, reading],
        cursor: str = "",
        limit: Annotated[int, Query(ge=1, le=100)] = 25,
    ) -> JSONResponse:
        rows = await recurring.recent(actor.workspace_id, id_before(cursors, RECURRENCES, cursor), limit + 1)
        page, onward = page_of(cursors, RECURRENCES, rows, limit)
        return JSONResponse({"items": [_recurrence(row) for row in page], "nextCursor": onward or None})

    @api.get("/{recurrence_id}")
    async def show(recurrence_id: UUID, actor: Annotated[Actor, reading]) -> JSONResponse:
        return await _answer(recurring.view(actor.workspace_id, recurrence_id))

    _add_changes(api, recurring, writing)
    return api


def _add_changes(api: APIRouter, recurring: Recurring, writing: Any) -> None:
    """What may be done with a recurrence that is there."""

    @api.patch("/{recurrence_id}")
    async def change(recurrence_id: UUID, body: RecurrencePatch, actor: Annotated[Actor, writing]) -> JSONResponse:
        view = await recurring.view(actor.workspace_id, recurrence_id)
        if view is None:
            raise not_found()
        rule, draft = _changed(view.row, body)
        return await _answer(recurring.edit(actor, recurrence_id, rule, draft, body.version or view.row.version))

    @api.post("/{recurrence_id}/cancel")
    async def cancel(recurrence_id: UUID, actor: Annotated[Actor, writing]) -> JSONResponse:
        return await _answer(recurring.cancel(actor, recurrence_id))

    @api.post("/{recurrence_id}/exceptions")
    async def leave_out(recurrence_id: UUID, body: ExceptionIn, actor: Annotated[Actor, writing]) -> JSONResponse:
        return await _answer(recurring.leave_out(actor, recurrence_id, body.local_time))


def _draft(body: RecurrenceIn, zone: str) -> PostDraft:
    return PostDraft(
        type=single_video_is_a_reel(body.media_type),
        caption=body.caption,
        asset_ids=tuple(item.asset_id for item in body.media),
        account_ids=tuple(dict.fromkeys(body.account_ids)),
        due_at=None,
        zone=zone,
        location_id=body.location_id,
        allow_duplicate=body.allow_duplicate,
    )


def _changed(row: RecurrenceRow, body: RecurrencePatch) -> tuple[Rule, PostDraft]:
    """The recurrence as it will be."""
    old, kept = row.times, row.draft()
    rule = Rule(
        body.rule or old.text,
        body.starts_at or old.start,
        body.time_zone or old.zone,
        old.exceptions if body.exceptions is None else frozenset(body.exceptions),
    )
    draft = PostDraft(
        type=single_video_is_a_reel(body.media_type or kept.type),
        caption=kept.caption if body.caption is None else body.caption,
        asset_ids=kept.asset_ids if body.media is None else tuple(item.asset_id for item in body.media),
        account_ids=tuple(dict.fromkeys(body.account_ids or kept.account_ids)),
        due_at=None,
        zone=rule.zone,
        location_id=kept.location_id,
        allow_duplicate=body.allow_duplicate,
    )
    return rule, draft


async def _answer(work: Awaitable[RecurrenceView | None]) -> JSONResponse:
    try:
        view = await work
    except PublishingError as error:
        raise ProblemError(problem_of(error)) from error
    if view is None:
        raise not_found()
    return JSONResponse(_whole(view), headers={"Location": _address(view.row.id)})


def _address(recurrence_id: object) -> str:
    return f"/api/v1/recurrences/{recurrence_id}"


def _whole(view: RecurrenceView) -> dict[str, Any]:
    return _recurrence(view.row) | {"occurrences": [_occurrence(one) for one in view.coming]}


def _recurrence(row: RecurrenceRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "state": row.standing.value,
        "rule": row.rule,
        "startsAt": row.starts_local,
        "timeZone": row.zone,
        "exceptions": sorted(row.exceptions),
        "accountIds": [str(one) for one in row.account_ids],
        "mediaType": row.type,
        "media": row.media,
        "caption": row.caption,
        "locationId": row.location_id or None,
        "version": row.version,
        "createdAt": moment(row.created_at),
    }


def _occurrence(one: OccurrenceView) -> dict[str, Any]:
    return {
        "localTime": one.row.local_time,
        "at": moment(one.row.at),
        "state": one.state.value,
        "postId": str(one.row.post_id),
        "statusUrl": f"/api/v1/posts/{one.row.post_id}",
    }


def _wanted(body: SlotsIn, zone: str) -> list[Slot]:
    return [Slot(DAYS.index(one.weekday) + 1, _minutes(one.local_time), one.time_zone or zone) for one in body.slots]


def _slots(found: AccountSlots) -> dict[str, Any]:
    slots = [
        {"weekday": DAYS[one.weekday - 1], "localTime": _clock(one.minute), "timeZone": one.zone} for one in found.slots
    ]
    return {"slots": slots, "nextFreeSlot": moment(found.next_free)}


def _minutes(local_time: str) -> int:
    return int(local_time[:2]) * 60 + int(local_time[3:])


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
