"""Only Meta's own bytes come in (instagram.md §6.3)."""

import base64
import hashlib
import hmac
import json

import pytest

from huntaze.kit.secret import Secret
from huntaze.platforms.contract import App
from huntaze.platforms.instagram.client import Caller
from huntaze.platforms.instagram.events import GraphEvents

SECRET = "demo-secret"
SECRETS = [Secret(SECRET)]
BODY = (
    b'{"object":"instagram","entry":[{"id":"17841400000000001","time":1770000000,"changes":[{"field":"comments",'
    b'"value":{"id":"17990","text":"caf\\u00e9 \\ud83d\\ude00","from":{"id":"9988","username":"ana"}}}]}]}'
)
RIGHT_HEX = "27d6b1b9db9979bf2756544e4cfa279e784a10a8f7ecc1d7f8a9598f2e624649"
RIGHT = f"sha256={RIGHT_HEX}"
SHA1_TWIN = "sha1=eb4b30378fa048ae625b884e979b68b1517c8e3a"
HEADER = "x-hub-signature-256"
EVENTS = GraphEvents()


def signed(body: bytes, secret: str = SECRET, algorithm: str = "sha256") -> str:
    return f"{algorithm}={hmac.new(secret.encode(), body, algorithm).hexdigest()}"


def test_the_vector_of_the_fact_sheet_is_accepted() -> None:
    assert len(BODY) == 203
    assert signed(BODY) == RIGHT
    assert EVENTS.authentic(BODY, {HEADER: RIGHT}, SECRETS)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_every_configured_secret_is_tried(place: int) -> None:
    secrets = [Secret("meta-app"), Secret("instagram-app")]
    secrets.insert(place, Secret(SECRET))

    assert EVENTS.authentic(BODY, {HEADER: RIGHT}, secrets)


def test_parsed_and_written_again_the_same_event_has_another_signature() -> None:
    again = json.dumps(json.loads(BODY), ensure_ascii=False, separators=(",", ":")).encode()

    assert len(again) == 191
    assert not EVENTS.authentic(again, {HEADER: RIGHT}, SECRETS)


def _flipped(text: str, index: int) -> str:
    return text[:index] + ("0" if text[index] != "0" else "1") + text[index + 1 :]


FORGED_HEADERS: dict[str, dict[str, str]] = {
    "no header": {},
    "empty": {HEADER: ""},
    "prefix only": {HEADER: "sha256="},
    "hex without prefix": {HEADER: RIGHT_HEX},
    "sha1 twin alone": {"x-hub-signature": SHA1_TWIN},
    "sha1 twin in the place": {HEADER: SHA1_TWIN},
    "sha1 digest named sha256": {HEADER: "sha256=" + SHA1_TWIN[5:]},
    "sha256 digest named sha1": {HEADER: f"sha1={RIGHT_HEX}"},
    "right one in the old header": {"x-hub-signature": RIGHT},
    "right one in authorization": {"authorization": RIGHT},
    "upper case hex": {HEADER: f"sha256={RIGHT_HEX.upper()}"},
    "upper case name": {HEADER: f"SHA256={RIGHT_HEX}"},
    "space before": {HEADER: f" {RIGHT}"},
    "space after": {HEADER: f"{RIGHT} "},
    "space within": {HEADER: f"sha256= {RIGHT_HEX}"},
    "line end": {HEADER: f"{RIGHT}\n"},
    "null byte": {HEADER: f"{RIGHT}\x00"},
    "cut short": {HEADER: RIGHT[:-1]},
    "half": {HEADER: RIGHT[:39]},
    "one too long": {HEADER: f"{RIGHT}0"},
    "first digit": {HEADER: f"sha256={_flipped(RIGHT_HEX, 0)}"},
    "middle digit": {HEADER: f"sha256={_flipped(RIGHT_HEX, 32)}"},
    "last digit": {HEADER: f"sha256={_flipped(RIGHT_HEX, 63)}"},
    "all zero": {HEADER: "sha256=" + "0" * 64},
    "doubled": {HEADER: f"{RIGHT},{RIGHT}"},
    "right after wrong": {HEADER: f"sha256={'0' * 64},{RIGHT}"},
    "colon": {HEADER: f"sha256:{RIGHT_HEX}"},
    "quoted": {HEADER: f'"{RIGHT}"'},
    "base64": {HEADER: "sha256=" + base64.b64encode(bytes.fromhex(RIGHT_HEX)).decode()},
    "sha512": {HEADER: signed(BODY, algorithm="sha512")},
    "md5": {HEADER: signed(BODY, algorithm="md5")},
    "plain hash": {HEADER: f"sha256={hashlib.sha256(BODY).hexdigest()}"},
    "hash of secret and body": {HEADER: f"sha256={hashlib.sha256(SECRET.encode() + BODY).hexdigest()}"},
    "other secret": {HEADER: signed(BODY, "demo-secret2")},
    "empty secret": {HEADER: signed(BODY, "")},
    "app id as secret": {HEADER: signed(BODY, "700000000000001")},
    "key and message swapped": {HEADER: f"sha256={hmac.new(BODY, SECRET.encode(), 'sha256').hexdigest()}"},
    "letters that look alike": {HEADER: RIGHT.replace("a", "а")},  # noqa: RUF001
    "lone surrogate": {HEADER: f"{RIGHT[:-1]}\ud800"},
    "full-width digits": {HEADER: RIGHT.replace("2", "２")},  # noqa: RUF001
}
FORGED_BODIES: dict[str, bytes] = {
    "one letter": BODY.replace(b"ana", b"anb"),
    "a space more": BODY + b" ",
    "a line end": BODY + b"\n",
    "byte order mark": b"\xef\xbb\xbf" + BODY,
    "upper case escapes": BODY.replace(b"\\u00e9", b"\\u00E9"),
    "unescaped": BODY.replace(b"\\u00e9", "é".encode()),
    "escaped slashes": BODY.replace(b"instagram", b"insta\\/gram"),
    "twice": BODY + BODY,
    "empty": b"",
    "cut": BODY[:-1],
}


def test_there_are_at_least_forty_forged_variants() -> None:
    assert len(FORGED_HEADERS) >= 40


@pytest.mark.parametrize("name", FORGED_HEADERS)
def test_a_forged_signature_is_refused(name: str) -> None:
    assert not EVENTS.authentic(BODY, FORGED_HEADERS[name], SECRETS)


@pytest.mark.parametrize("name", FORGED_BODIES)
def test_a_changed_body_is_refused_under_the_right_signature(name: str) -> None:
    assert not EVENTS.authentic(FORGED_BODIES[name], {HEADER: RIGHT}, SECRETS)


@pytest.mark.parametrize("secrets", [[], [Secret("")], [Secret(""), Secret("")]])
def test_without_a_secret_the_door_stays_closed(secrets: list[Secret]) -> None:
    assert not EVENTS.authentic(BODY, {HEADER: signed(BODY, "")}, secrets)


def test_the_proof_of_a_token_is_the_one_of_the_fact_sheet() -> None:
    caller = Caller(App("700", Secret("demo-secret")), Secret("EAAB-demo-token"))

    assert caller.proof() == "34cc574d702ebc6bbf9189660659ef0cd47d8d72691edb45000e1947387d06d8"
