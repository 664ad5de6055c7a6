from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from huntaze.kit.crypto import KeyRing, new_key
from huntaze.kit.cursors import BadCursor, Place, page_of, parts_of, place_of
from huntaze.kit.signing import Signer

SIGNER = Signer(KeyRing.parse(new_key()), "cursors")


@dataclass(frozen=True)
class Row:
    place: Place


ROWS = [Row(Place(datetime(2026, 1, 3, 1, 2, 3, 4, tzinfo=UTC) - timedelta(days=day), uuid4())) for day in range(3)]


def test_a_cursor_leads_behind_the_last_row_of_a_page_and_the_last_page_has_none() -> None:
    page, onward = page_of(SIGNER, "posts", ROWS, 2)
    assert (page, place_of(SIGNER, "posts", onward)) == (ROWS[:2], ROWS[1].place)
    assert page_of(SIGNER, "posts", ROWS[2:], 2) == (ROWS[2:], "")
    assert place_of(SIGNER, "posts", "") is None


def test_a_cursor_of_another_list_a_made_up_one_and_an_older_kind_are_refused() -> None:
    _, other = page_of(SIGNER, "people", ROWS, 1)
    _, foreign = page_of(Signer(KeyRing.parse(new_key()), "cursors"), "posts", ROWS, 1)
    for text in (other, foreign, "made-up", SIGNER.sign(b'{"before":1}')):
        with pytest.raises(BadCursor) as refused:
            parts_of(SIGNER, "posts", text)
    assert (refused.value.problem.status, refused.value.problem.errors[0].parameter) == (422, "cursor")
