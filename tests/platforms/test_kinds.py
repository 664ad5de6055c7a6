"""Every kind of event of both fact sheets has a fixture and a neutral event."""

import os
from pathlib import Path

import pytest

from socialsim.coverage import behaviours
from tests.platforms.kinds import KINDS, is_understood, kinds_of, without_fixture
from tests.socialsim.fact_sheet import counted_rows

FOLDER = os.environ.get("FACT_SHEETS", "")


def test_every_kind_has_a_fixture_and_a_neutral_event() -> None:
    rows = kinds_of(row.key for row in behaviours())

    assert without_fixture(rows) == []
    assert set(rows) == KINDS.keys()


@pytest.mark.skipif(not FOLDER, reason="FACT_SHEETS does not name the folder of the fact sheets")
def test_the_kinds_are_those_of_the_sheets_themselves() -> None:
    rows = kinds_of(counted_rows(Path(FOLDER)))

    assert without_fixture(rows) == []
    assert set(rows) == KINDS.keys()


def test_a_kind_without_fixture_or_with_one_that_nobody_knows_is_found() -> None:
    assert without_fixture(["tiktok.md#6.3/post.publish.brand_new", "tiktok.md#6.1/https-only"]) == [
        "tiktok.md#6.3/post.publish.brand_new"
    ]
    assert not is_understood("tiktok/unknown_event")
    assert not is_understood("tiktok/no_such_file")
