"""Words, numbers and times follow the one who looks."""

from datetime import UTC, datetime, timedelta

import pytest

from huntaze.ui import i18n
from huntaze.ui.i18n import Catalogues

WHEN = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    """The compiled catalogues."""
    return Catalogues.load()


def test_the_same_page_speaks_french_to_one_and_english_to_another(catalogues: Catalogues) -> None:
    with catalogues.translator("fr", "Europe/Paris").speaking():
        french = (i18n._("Save"), i18n.number(48_210), i18n.clock_time(WHEN), i18n.percent(0.054))
    with catalogues.translator("en", "America/New_York").speaking():
        english = (i18n._("Save"), i18n.number(48_210), i18n.clock_time(WHEN), i18n.percent(0.054))
    assert french == ("Enregistrer", "48\u202f210", "18:30", "5,4\xa0%")
    assert english == ("Save", "48,210", "12:30\u202fPM", "5.4%")


def test_outside_of_a_viewer_the_english_source_answers() -> None:
    assert i18n._("Save") == "Save"
    assert i18n.clock_time(WHEN) == "5:30\u202fPM"


def test_a_speaker_inside_another_gives_way_again(catalogues: Catalogues) -> None:
    with catalogues.translator("fr", "UTC").speaking():
        with catalogues.translator("en", "UTC").speaking():
            assert i18n._("Save") == "Save"
        assert i18n._("Save") == "Enregistrer"


def test_distances_sizes_and_zones_are_said_in_words(catalogues: Catalogues) -> None:
    with catalogues.translator("fr", "Europe/Paris").speaking():
        assert i18n.relative(WHEN, WHEN + timedelta(minutes=3)) == "il y a 3 minutes"
        assert i18n.file_size(2_400_000) == "2,4\u202fMo"
        assert i18n.zone_name(WHEN) == "Paris (UTC+01:00)"
        assert i18n.moment(WHEN) == "mar. 24 nov., 18:30"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("de, en;q=0.5", "en"),
        ("en;q=0.4, fr;q=0.9", "fr"),
        ("fr;q=0, *", "en"),
        ("", "en"),
        (";;q=x", "en"),
    ],
)
def test_the_browsers_wish_chooses_the_language(catalogues: Catalogues, accepted: str, language: str) -> None:
    assert catalogues.negotiate(accepted) == language
