import copy
import json
import pickle
import traceback
from dataclasses import asdict, dataclass

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huntaze.kit.secret import Secret

CANARY = "canary-7f3a91"


@dataclass
class Box:
    inside: object


def _structures() -> st.SearchStrategy[object]:
    leaves: st.SearchStrategy[object] = st.one_of(
        st.just(Secret(CANARY)), st.integers(), st.text(max_size=5), st.none(), st.booleans()
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(st.one_of(st.text(max_size=4), st.just(Secret(CANARY))), inner, max_size=4),
            st.tuples(inner, inner),
            inner.map(Box),
            inner.map(ValueError),
        ),
        max_leaves=12,
    )


@settings(max_examples=300, deadline=None)
@given(_structures())
def test_no_structure_shows_the_secret_it_holds(structure: object) -> None:
    """docs/look-up/security.md item 36: masked by type, whatever it is packed into."""
    raised = "".join(traceback.format_exception(RuntimeError(structure)))
    for shown in (repr(structure), str(structure), f"{structure}", "%s %r" % (structure, structure), raised):  # noqa: UP031
        assert CANARY not in shown
    if isinstance(structure, Box):
        assert CANARY not in repr(asdict(structure))


def test_a_secret_is_opened_only_by_name() -> None:
    secret = Secret(CANARY)
    assert secret.reveal() == CANARY
    assert (f"{secret}", f"{secret!r}", f"{secret:>40}", str(secret)) == ("***", "Secret(***)", "***", "***")
    assert not hasattr(secret, "__dict__")


def test_a_secret_leaves_the_process_by_no_accident() -> None:
    secret = Secret(CANARY)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps({"token": secret})
    with pytest.raises(TypeError):
        msgspec.json.encode({"token": secret})
    with pytest.raises(TypeError):
        "".join([secret])  # type: ignore[list-item]


def test_secrets_are_equal_by_text_and_never_to_plain_text() -> None:
    assert Secret("é\ud800") == Secret("é\ud800")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert copy.deepcopy(Secret("a")) == Secret("a") == copy.copy(Secret("a"))


def test_an_empty_secret_is_false() -> None:
    assert Secret("x")
    assert not Secret("")
