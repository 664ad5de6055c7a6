import base64
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huntaze.kit.crypto import (
    BadKeyRing,
    KeyRing,
    SealBroken,
    UnknownKey,
    UnknownSealVersion,
    key_id_of,
    new_key,
)
from huntaze.kit.secret import Secret

KEY_1 = base64.b64encode(bytes(range(32))).decode()
KEY_2 = base64.b64encode(bytes(range(32, 64))).decode()
WORKSPACE = UUID("019a0000-0000-7000-8000-000000000001")
ROW = UUID("019a0000-0000-7000-8000-000000000002")


def _ring(text: str = f"2:{KEY_2},1:{KEY_1}") -> KeyRing:
    return KeyRing.parse(text)


def _seal(ring: KeyRing, plain: str = "a token") -> bytes:
    return ring.seal(Secret(plain), table="grant", row=ROW, column="access", workspace=WORKSPACE)


def _open(ring: KeyRing, envelope: bytes) -> str:
    return ring.open(envelope, table="grant", row=ROW, column="access", workspace=WORKSPACE).reveal()


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_is_opened_at_the_same_place(plain: str) -> None:
    envelope = _seal(_ring(), plain)
    assert _open(_ring(), envelope) == plain


def test_two_seals_of_one_text_differ() -> None:
    ring = _ring()
    assert _seal(ring) != _seal(ring)


@pytest.mark.parametrize("bits", [0x01, 0x80, 0xFF])
def test_any_changed_byte_breaks_the_seal(bits: int) -> None:
    """docs/look-up/security.md item 5."""
    ring = _ring()
    envelope = _seal(ring)
    for place in range(len(envelope)):
        changed = bytearray(envelope)
        changed[place] ^= bits
        with pytest.raises(SealBroken):
            _open(ring, bytes(changed))


def test_a_cut_or_lengthened_envelope_is_refused() -> None:
    ring = _ring()
    envelope = _seal(ring)
    for end in range(len(envelope)):
        with pytest.raises(SealBroken):
            _open(ring, envelope[:end])
    with pytest.raises(SealBroken):
        _open(ring, envelope + b"\0")


def test_an_envelope_moved_to_another_place_stays_closed() -> None:
    """docs/look-up/security.md item 2: another tenant, row, column or table."""
    ring = _ring()
    envelope = _seal(ring)
    other = UUID(int=7)
    places: list[tuple[str, UUID | str, str, UUID | None]] = [
        ("grants", ROW, "access", WORKSPACE),
        ("grant", other, "access", WORKSPACE),
        ("grant", ROW, "refresh", WORKSPACE),
        ("grant", ROW, "access", other),
        ("grant", ROW, "access", None),
    ]
    for table, row, column, workspace in places:
        with pytest.raises(SealBroken):
            ring.open(envelope, table=table, row=row, column=column, workspace=workspace)


def test_the_borders_between_the_parts_of_a_place_cannot_be_confused() -> None:
    ring = _ring()
    envelope = ring.seal("x", table="ab", row="c", column="d", workspace="e")
    for table, row, column, workspace in [("a", "bc", "d", "e"), ("ab", "cd", "", "e"), ("ab", "c", "de", "")]:
        with pytest.raises(SealBroken):
            ring.open(envelope, table=table, row=row, column=column, workspace=workspace)


def test_a_global_row_differs_from_one_of_an_empty_workspace() -> None:
    ring = _ring()
    envelope = ring.seal("x", table="t", row="r", column="c", workspace=None)
    assert ring.open(envelope, table="t", row="r", column="c", workspace=None) == Secret("x")
    with pytest.raises(SealBroken):
        ring.open(envelope, table="t", row="r", column="c", workspace="")


def test_after_rotation_old_rows_are_read_and_new_ones_name_the_new_key() -> None:
    """docs/look-up/security.md item 3."""
    old = _seal(KeyRing.parse(KEY_1))
    ring = _ring()
    assert (ring.primary_id, ring.ids) == (2, (2, 1))
    assert (key_id_of(old), key_id_of(_seal(ring))) == (1, 2)
    again = _seal(ring, _open(ring, old))
    assert _open(KeyRing.parse(f"2:{KEY_2}"), again) == "a token"


def test_a_key_that_left_the_ring_is_named() -> None:
    with pytest.raises(UnknownKey, match="key 2 is not in the key ring"):
        _open(KeyRing.parse(KEY_1), _seal(_ring()))


def test_the_right_id_with_the_wrong_key_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        _open(KeyRing.parse(f"2:{KEY_1}"), _seal(_ring()))


def test_an_unknown_envelope_version_is_an_error() -> None:
    with pytest.raises(UnknownSealVersion, match="format 9"):
        _open(_ring(), b"\x09" + _seal(_ring())[1:])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "entry 1 is empty"),
        ("2:", "entry 1 is empty"),
        (base64.b64encode(bytes(16)).decode(), "key 1 has 16 bytes instead of 32"),
        (base64.b64encode(bytes(32)).decode(), "key 1 is all zero"),
        (f"1:{KEY_1},1:{KEY_2}", "key id 1 stands twice"),
        (f"{KEY_1},{KEY_2}", "key id 1 stands twice"),
        (f"0:{KEY_1}", "entry 1 has no key id"),
        (f"new:{KEY_1}", "entry 1 has no key id"),
        (f"4294967296:{KEY_1}", "entry 1 has no key id"),
        (f"2:{KEY_2},1:{KEY_1[:-2]}!", "entry 2 is not base64"),
        ("plain words as a key", "entry 1 is not base64"),
    ],
)
def test_an_unusable_key_is_refused_in_clear_words(text: str, words: str) -> None:
    """docs/look-up/security.md item 4."""
    with pytest.raises(BadKeyRing, match=words):
        KeyRing.parse(Secret(text))


def test_all_problems_of_a_ring_are_told_together_and_no_key_is_shown() -> None:
    with pytest.raises(BadKeyRing) as refused:
        KeyRing.parse(f"3:{base64.b64encode(bytes(32)).decode()},{KEY_1[:12]},x:{KEY_2}")
    assert refused.value.problems == (
        "entry 3 has no key id: write a number from 1, a colon and the key",
        "key 3 is all zero",
        "key 1 has 9 bytes instead of 32",
    )
    assert KEY_1[:12] not in str(refused.value)


def test_a_key_ring_shows_ids_only() -> None:
    assert repr(_ring()) == "KeyRing(ids=(2, 1))"


def test_a_new_key_can_be_used_at_once() -> None:
    ring = KeyRing.parse(new_key())
    assert _open(ring, _seal(ring)) == "a token"
    assert new_key() != new_key()


def test_derived_keys_differ_by_label_and_by_key() -> None:
    ring = _ring()
    derived = {ring.derive(label, key_id) for label in ("links", "forms") for key_id in (1, 2)}
    assert len(derived) == 4
    assert all(len(key) == 32 for key in derived)
    with pytest.raises(UnknownKey):
        ring.derive("links", 3)
