"""A course of events says each day once and keeps seconds for the tooltip."""

from datetime import UTC, datetime, timedelta

from huntaze.ui import parts
from tests.ui.viewers import viewer

EVENING = datetime(2026, 11, 22, 22, 59, 41, tzinfo=UTC)


def shown(*moments: datetime) -> list[str]:
    """The times as they are written, in Paris."""
    with viewer("en").speaking():
        markup = str(parts.timeline([parts.TimelineItem("Step", moment) for moment in moments]))
    return [piece.partition(">")[2].partition("<")[0] for piece in markup.split("<time ")[1:]]


def test_the_day_is_said_where_it_changes() -> None:
    said = shown(EVENING + timedelta(minutes=2), EVENING, EVENING - timedelta(minutes=4))
    assert [" ".join(one.split()) for one in said] == ["Mon, Nov 23, 12:01 AM", "Sun, Nov 22, 11:59 PM", "11:55 PM"]


def test_seconds_stand_in_the_tooltip_only() -> None:
    with viewer("en").speaking():
        markup = str(parts.local_time(EVENING))
    assert ":41" not in markup.partition(">")[2].partition(">")[2]
    assert "11:59:41" in markup
