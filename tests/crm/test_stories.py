"""Stories live for a day: mirrored while they do, kept with their picture, marked when they are over."""

from __future__ import annotations

from datetime import timedelta

from tests.crm.platform_side import OPENING, Side
from tests.support.rooms import Rooms


async def test_a_story_is_mirrored_while_it_lives_and_kept_when_it_is_over(here: Rooms) -> None:
    side = await Side.connected(here, media=2)
    told, withdrawn = side.publish("STORIES"), side.publish("STORIES")
    assert await side.later(timedelta(hours=1)) == {OPENING: 1}
    await here.work("crm.pictures")
    rows = {row["media_ref"]: row for row in await here.rows("SELECT * FROM platform_media WHERE type = 'STORIES'")}
    assert rows.keys() == {told, withdrawn}
    assert rows[told]["ended_at"] is None
    assert rows[told]["thumbnail_id"] is not None
    side.delete(withdrawn)
    await side.later(timedelta(hours=1))
    assert await side.gone("platform_media") == {withdrawn}
    await side.later(timedelta(hours=25))
    (over,) = await here.rows("SELECT * FROM platform_media WHERE media_ref = $1", told)
    assert over["ended_at"] == over["published_at"] + timedelta(hours=24)
    assert (over["removed_at"], over["thumbnail_id"]) == (None, rows[told]["thumbnail_id"])
    async with here.house.database.transaction() as tx:
        shown = await here.house.mirror.media(tx, side.account.workspace_id, side.account.id)
    assert {row.media_ref for row in shown} == set(side.posts())
