"""The state table holds together, and the docs say what it says."""

from pathlib import Path

from huntaze.publishing.states import BEFORE_ARMED, FACES, Action, State, post_state

DOCS = Path(__file__).parents[2] / "docs" / "understand" / "publishing.md"


def test_every_state_has_a_face_and_what_follows_is_a_state_that_can_be_reached() -> None:
    assert set(FACES) == set(State)
    followers = {state for face in FACES.values() for state in face.follows}
    assert followers | {State.DRAFT} == set(State)


def test_nothing_is_changed_by_a_person_between_armed_and_settled() -> None:
    for state in (State.ARMED, State.SENT, State.UNKNOWN, State.RECONCILING, State.OBSERVING):
        assert FACES[state].actions == ()
        assert state not in BEFORE_ARMED


def test_published_never_becomes_failed_or_unknown() -> None:
    assert set(FACES[State.PUBLISHED].follows) == {State.REMOVED}


def test_only_a_person_who_looked_may_send_an_unconfirmed_post_again() -> None:
    assert Action.RETRY not in FACES[State.UNCONFIRMED].actions
    assert Action.RETRY_LOOKED in FACES[State.UNCONFIRMED].actions


def test_a_post_shows_what_needs_a_person_first() -> None:
    assert post_state([State.PUBLISHED, State.FAILED, State.SCHEDULED]) is State.FAILED
    assert post_state([State.PUBLISHED, State.SCHEDULED]) is State.SCHEDULED
    assert post_state([]) is State.DRAFT


def test_the_docs_show_the_table_as_it_is() -> None:
    rows = {line for line in DOCS.read_text().splitlines() if line.startswith("| `")}
    for state, face in FACES.items():
        follows = ", ".join(one.value for one in face.follows) or "–"  # noqa: RUF001
        actions = ", ".join(one.value for one in face.actions) or "–"  # noqa: RUF001
        assert f"| `{state.value}` | {face.word} | {follows} | {actions} |" in rows
