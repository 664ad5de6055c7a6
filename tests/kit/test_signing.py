import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huntaze.kit.crypto import KeyRing, new_key
from huntaze.kit.signing import BadSignature, Signer

OLD, NEW = new_key(), new_key()


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_a_signed_payload_comes_back_unchanged(payload: bytes) -> None:
    signer = Signer(KeyRing.parse(OLD), "links")
    assert signer.verify(signer.sign(payload)) == payload


def test_a_token_fits_into_an_address() -> None:
    token = Signer(KeyRing.parse(OLD), "links").sign(bytes(range(256)))
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


def test_every_changed_character_is_noticed() -> None:
    signer = Signer(KeyRing.parse(OLD), "links")
    token = signer.sign(b"asset 12")
    for place, character in enumerate(token):
        for other in ("A" if character != "A" else "B", ".", "", "é"):
            if other == character:
                continue
            with pytest.raises(BadSignature):
                signer.verify(token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize("token", ["", ".", "..", "1..", "x.y.z", "1.YQ", "99.YQ.YQ", "\ud800.\ud800.\ud800", "²."])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(BadSignature):
        Signer(KeyRing.parse(OLD), "links").verify(token)


def test_a_token_of_one_use_is_worthless_for_another() -> None:
    ring = KeyRing.parse(OLD)
    with pytest.raises(BadSignature):
        Signer(ring, "forms").verify(Signer(ring, "links").sign(b"x"))


def test_a_token_survives_rotation_until_its_key_is_removed() -> None:
    token = Signer(KeyRing.parse(OLD), "links").sign(b"x")
    assert Signer(KeyRing.parse(f"2:{NEW},1:{OLD}"), "links").verify(token) == b"x"
    with pytest.raises(BadSignature):
        Signer(KeyRing.parse(f"2:{NEW}"), "links").verify(token)
