"""What may be done with a comment, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from huntaze.crm import CommentRow, threads
from huntaze.inbox.rules import Subject, permission, text_fault
from huntaze.platforms.contract import CommentDeed, CommentRules
from tests.inbox.desk import Desk
from tests.platforms.made_up.known import made_up

RULES = CommentRules(deeds=frozenset(CommentDeed), private_bytes=1000)


async def _subject(desk: Desk, comment_id: str) -> Subject:
    house, where = desk.here.house, desk.actor.workspace_id
    async with house.database.transaction() as tx:
        row = await threads.comment(tx, where, UUID(comment_id))
        assert row is not None
        media = await threads.media_of(tx, where, [row])
    return Subject(row, desk.account, media[row.account_id, row.media_ref], house.platforms["instagram"], own=False)


def _refused(subject: Subject, now: datetime) -> dict[CommentDeed, str]:
    found = {deed: permission(subject, deed, now) for deed in CommentDeed}
    return {deed: str(one.refusal[0]) for deed, one in found.items() if one.refusal is not None}


async def test_each_deed_is_refused_for_a_reason_of_its_own(desk: Desk) -> None:
    subject, now = await _subject(desk, await desk.comment()), desk.here.clock.now()
    comment, media = subject.comment, subject.media
    assert media is not None
    assert set(_refused(subject, now)) == {CommentDeed.UNHIDE}
    assert permission(subject, CommentDeed.PRIVATE_REPLY, now).until == comment.created_at + timedelta(days=7)
    assert set(_refused(subject, now + timedelta(days=8))) == {CommentDeed.PRIVATE_REPLY, CommentDeed.UNHIDE}
    own = _refused(replace(subject, own=True), now)
    assert set(own) == {CommentDeed.PRIVATE_REPLY, CommentDeed.HIDE, CommentDeed.UNHIDE}
    live = replace(subject, media=replace(media, product_type="LIVE"))
    assert set(_refused(live, now + timedelta(days=8))) == {CommentDeed.HIDE, CommentDeed.UNHIDE}
    assert set(_refused(replace(subject, media=None), now)) == {
        CommentDeed.HIDE, CommentDeed.UNHIDE, CommentDeed.DELETE,
    }  # fmt: skip
    hidden = replace(subject, comment=replace(comment, hidden=True))
    assert set(_refused(hidden, now)) == {CommentDeed.HIDE}


async def test_what_stands_against_everything_is_said_for_everything(desk: Desk) -> None:
    subject, now = await _subject(desk, await desk.comment()), desk.here.clock.now()
    silent = made_up("publish_call", "http://127.0.0.1:1")
    for changed in (
        replace(subject, comment=replace(subject.comment, removed_at=now)),
        replace(subject, account=None),
        replace(subject, account=replace(desk.account, disconnected_at=now)),
        replace(subject, account=replace(desk.account, health="reconnect")),
        replace(subject, platform=silent),
    ):
        told = _refused(changed, now)
        assert set(told) == set(CommentDeed)
        assert len(set(told.values())) == 1


@pytest.mark.parametrize(
    ("deed", "text", "fits"),
    [
        (CommentDeed.REPLY, "é" * 2200, True),
        (CommentDeed.REPLY, "é" * 2201, False),
        (CommentDeed.REPLY, " \n", False),
        (CommentDeed.PRIVATE_REPLY, "é" * 500, True),
        (CommentDeed.PRIVATE_REPLY, "é" * 501, False),
        (CommentDeed.HIDE, "", True),
    ],
)
def test_a_text_that_is_empty_or_too_long_is_refused_before_anything_is_stored(
    deed: CommentDeed, text: str, fits: bool
) -> None:
    assert (text_fault(deed, text, RULES) is None) is fits


def test_own_comments_are_known_by_id_or_by_name() -> None:
    account, now = UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC)
    own = threads.Own(account, "17841", "atelier.maya")
    row = CommentRow(
        UUID(int=2), UUID(int=3), account, "1", "2", "", "17841", "", "x", None, None, "poll", now, now, None
    )
    named = replace(row, person_ref="998", username="Atelier.Maya")
    stranger = replace(row, person_ref="998", username="lena")
    assert [own.wrote(one) for one in (row, named, stranger, replace(row, account_id=UUID(int=9)))] == [
        True, True, False, False,
    ]  # fmt: skip
