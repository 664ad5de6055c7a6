"""Only TikTok's own bytes come in, and not for ever (tiktok.md §6.4)."""

import hmac
from datetime import UTC, datetime, timedelta

import pytest

from huntaze.kit.clock import ManualClock
from huntaze.kit.secret import Secret
from huntaze.platforms.tiktok import TikTokEvents

SECRET = "sim_client_secret_1"
SIGNED_AT = 1790000003
BODY = (
    b'{"client_key":"simck01","event":"post.publish.complete","create_time":1790000000,"user_openid":"sim-open-id-1",'
    b'"content":"{\\"publish_id\\":\\"v_pub_file~v2-1.700000000000000001\\",\\"publish_type\\":\\"DIRECT_POST\\"}"}'
)
DIGEST = "f2ace3940a5b281911f9da31869b54724c7e2461f40c35429e0405816e7e2a4f"
RIGHT = f"t={SIGNED_AT},s={DIGEST}"


def accepted(header: str, *, later: timedelta = timedelta(0), secrets: tuple[str, ...] = (SECRET,)) -> bool:
    events = TikTokEvents(ManualClock(datetime.fromtimestamp(SIGNED_AT, UTC) + later))
    return events.authentic(BODY, {"tiktok-signature": header}, [Secret(one) for one in secrets])


def test_the_vector_of_the_fact_sheet_is_accepted() -> None:
    assert len(BODY) == 212
    assert accepted(RIGHT)


def test_parts_may_be_turned_and_unknown_parts_are_ignored() -> None:
    assert accepted(f"s={DIGEST},t={SIGNED_AT}")
    assert accepted(f"v=2,{RIGHT},x=y=z")


@pytest.mark.parametrize("secrets", [(SECRET, "new"), ("new", SECRET), ("", SECRET)])
def test_after_a_rotation_the_old_secret_and_the_new_one_serve(secrets: tuple[str, ...]) -> None:
    assert accepted(RIGHT, secrets=secrets)


@pytest.mark.parametrize(
    ("later", "right"),
    [
        (timedelta(minutes=-5), True),
        (timedelta(minutes=-5, seconds=-1), False),
        (timedelta(minutes=5), True),
        (timedelta(hours=72), True),
        (timedelta(days=4), True),
        (timedelta(days=4, seconds=1), False),
    ],
)
def test_a_retry_of_three_days_is_believed_and_a_signature_dies_before_the_keys_of_events_do(
    later: timedelta, right: bool
) -> None:
    assert accepted(RIGHT, later=later) is right


def test_the_time_is_part_of_what_is_signed() -> None:
    assert not accepted(f"t={SIGNED_AT + 1},s={DIGEST}")
    again = hmac.new(SECRET.encode(), f"{SIGNED_AT + 1}.".encode() + BODY, "sha256").hexdigest()
    assert accepted(f"t={SIGNED_AT + 1},s={again}")


@pytest.mark.parametrize("secrets", [(), ("",), ("", "")])
def test_without_a_secret_the_door_stays_closed(secrets: tuple[str, ...]) -> None:
    empty = hmac.new(b"", f"{SIGNED_AT}.".encode() + BODY, "sha256").hexdigest()
    assert not accepted(f"t={SIGNED_AT},s={empty}", secrets=secrets)
