"""`kill -9` at the named places of work on comments: whoever takes over finds out, and it is done once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.crash.ground import TIME_SCALE, Workers, died, environ_for
from tests.inbox.desk import Desk, at_the_platform

KILLS = [
    ("deed.intent", "replies", "comment.created"),
    ("deed.before_send", "private-reply", "message.sent"),
    ("deed.answered", "replies", "comment.created"),
    ("deed.answered", "private-reply", "message.sent"),
    ("deed.answered", "delete", "comment.deleted"),
]


@pytest.mark.parametrize(("checkpoint", "way", "ledger"), KILLS)
async def test_a_worker_killed_there_leaves_a_deed_that_is_done_once(
    desk: Desk, checkpoint: str, way: str, ledger: str
) -> None:
    # A worker lives by the clock on the wall: nothing may be asked for at a later hour of the platform
    desk.here.sim.post("/_sim/clock", {"offset": 0})
    desk.here.clock.set(at_the_platform(desk.here.sim))
    comment = await desk.comment()
    words = "" if way == "delete" else f"{way} at {checkpoint}"
    asked = (await desk.ask(comment, way, words)).json()
    done_before = len(desk.truth(ledger))
    with Workers(environ_for(desk.here.environ, {}, TIME_SCALE)).worker(checkpoint) as worker:
        assert await died(worker) == -9, "the checkpoint was not reached"
    desk.here.clock.advance(timedelta(minutes=2))
    ended = await desk.later(comment, asked["id"])
    assert ended["state"] == "DONE"
    assert len(desk.truth(ledger)) - done_before == 1
