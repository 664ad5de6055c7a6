"""Every code of the fact sheet leads to its branch of the error tree, by number and never by text (§3.7, §8.3)."""

import json
from datetime import timedelta

import pytest

from huntaze.platforms.errors import Later, PlatformError, Reconnect, Rejected, UnknownOutcome, Unsupported
from huntaze.platforms.instagram.codes import CODES, TOO_FEW_VIEWERS, Code, Means, code_for
from huntaze.platforms.instagram.errors import Answer, error_of, error_of_container, error_of_once

KINDS = {Means.LATER: Later, Means.RECONNECT: Reconnect, Means.REJECTED: Rejected, Means.UNSUPPORTED: Unsupported}


def answer(code: int | None, subcode: int | None = None, status: int = 400, **more: object) -> Answer:
    error: dict[str, object] = {"message": "Das geht nicht", "type": "IGApiException", "fbtrace_id": "Axx1", **more}
    if code is not None:
        error["code"] = code
    if subcode is not None:
        error["error_subcode"] = subcode
    return Answer(status, json.dumps({"error": error}).encode())


def name(row: Code) -> str:
    return f"{row.code}-{row.subcode}"


@pytest.mark.parametrize("row", CODES, ids=name)
def test_a_row_becomes_its_error_with_words_and_a_remedy(row: Code) -> None:
    error = error_of(answer(row.code if row.code is not None else 999, row.subcode, error_user_msg="Zu viel"))

    assert type(error) is KINDS[row.means]
    assert error.platform == "instagram"
    assert (error.code, error.subcode) == (str(row.code or 999), str(row.subcode or ""))
    assert error.trace_id == "Axx1"
    assert "%(" not in f"{error.message}{error.remedy}"
    assert str(error.message)
    assert str(error.remedy)
    if isinstance(error, Later):
        assert error.same_artefact is not row.new_artefact
        assert error.after == row.wait


@pytest.mark.parametrize("row", CODES, ids=name)
def test_a_row_refuses_a_call_that_counts_only_if_it_stands_on_the_white_list(row: Code) -> None:
    error = error_of_once(answer(row.code if row.code is not None else 999, row.subcode))

    assert isinstance(error, UnknownOutcome) is not row.refuses


def test_no_row_stands_twice() -> None:
    assert len({(row.code, row.subcode) for row in CODES}) == len(CODES)


def test_rate_limits_tokens_and_servers_in_trouble_are_on_no_white_list() -> None:
    doubtful = {1, 2, 4, 17, 32, 102, 190, 341, 368, 613, 80001, 80002, 80006}

    listed = {(row.code, row.subcode) for row in CODES if row.refuses and row.code in doubtful}

    assert listed == {(1, 2207057)}


@pytest.mark.parametrize("code", [200, 203, 250, 299])
def test_the_whole_range_of_permissions_asks_for_a_reconnect(code: int) -> None:
    assert isinstance(error_of(answer(code, status=403)), Reconnect)
    assert isinstance(error_of_once(answer(code, status=403)), Reconnect)


def test_a_definite_code_from_a_server_in_trouble_is_not_believed() -> None:
    assert isinstance(error_of_once(answer(36003, 2207009, status=500)), UnknownOutcome)
    assert isinstance(error_of_once(answer(36003, 2207009, is_transient=True)), UnknownOutcome)


def test_too_few_viewers_are_no_missing_permission() -> None:
    texts = ["Not enough viewers for the media to show insights", "(#10) Not enough viewers for the media"]
    for text in texts:
        error = error_of(answer(10, message=text))
        assert (type(error), error.subcode) == (Rejected, TOO_FEW_VIEWERS)
    assert isinstance(error_of(answer(10, message="Application does not have permission")), Reconnect)


def test_an_unknown_subcode_falls_back_to_its_code_and_a_telling_one_wins_under_any_code() -> None:
    assert code_for(190, 999) == code_for(190, None)
    assert code_for(100, 2207051) == code_for(4, 2207051)
    assert code_for(100, 463) == code_for(100, None)


@pytest.mark.parametrize(
    ("code", "status", "transient", "kind"),
    [
        (424242, 400, False, Rejected),
        (424242, 400, True, Later),
        (424242, 500, False, Later),
        (424242, 429, False, Later),
        (None, 400, False, Rejected),
    ],
)
def test_a_code_that_is_new_to_us_is_judged_by_its_signs(
    code: int | None, status: int, transient: bool, kind: type[PlatformError]
) -> None:
    assert type(error_of(answer(code, status=status, is_transient=transient))) is kind


@pytest.mark.parametrize(
    ("status", "kind", "subcode"),
    [
        ("Error: Media upload has failed with error code 2207076", Later, "2207076"),
        ("Error: Media download has failed, error code 2207077", Later, "2207077"),
        ("Error: something with 2207026 in it", Rejected, "2207026"),
        ("Error: 2207081", Rejected, "2207081"),
        ("Error: 2207082.", Rejected, "2207082"),
        ("2207085", Later, "2207085"),
        ("Error: a new number 2207999", Later, "2207999"),
        ("Error: not a code 12207076 nor 22070761", Later, ""),
        ("", Later, ""),
    ],
)
def test_the_number_in_a_dead_containers_status_is_found_and_its_words_kept(
    status: str, kind: type[PlatformError], subcode: str
) -> None:
    error = error_of_container(status)

    assert (type(error), error.subcode, error.raw) == (kind, subcode, status)
    if isinstance(error, Later):
        assert not error.same_artefact


def test_the_daily_limit_names_a_time() -> None:
    error = error_of(answer(9, 2207042))

    assert isinstance(error, Later)
    assert error.after is not None
    assert error.after >= timedelta(minutes=30)
