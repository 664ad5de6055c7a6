import json
import subprocess
import sys

from huntaze.kit.log import correlation, current_correlation

CANARY = "canary-90ab"

TALK = """
import logging, sys
from huntaze.kit.log import configure_logging, correlation, get_logger
from huntaze.kit.secret import Secret
configure_logging("info", sys.stderr, pretty=sys.argv[1] == "pretty" if sys.argv[1:] else None)
log = get_logger("huntaze.room")
token = Secret("canary-90ab")
log.info("token_kept", token=token, nested={"deep": [token, (token,)]}, count=3)
log.debug("not_shown")
with correlation("c-1", {"account": "a-7"}):
    log.warning("inside")
    logging.getLogger("uvicorn.error").info("from %s", "elsewhere")
log.info("outside", address="https://x.test/me?fields=id&access_token=canary-90ab&limit=2")
logging.getLogger("other").info("GET /cb?code=canary-90ab with Authorization: Bearer canary-90ab")
logging.getLogger("httpx2").info("HTTP Request: GET https://x.test/canary-90ab")
log.info("two\\nlines", text="a\\nb")
log.info("store", dsn="postgresql://me:canary-90ab@db/x")
try:
    hidden = token
    raise RuntimeError(token, "https://x.test/?client_secret=canary-90ab")
except RuntimeError:
    log.exception("failed")
"""


def _talk(*how: str) -> str:
    done = subprocess.run([sys.executable, "-c", TALK, *how], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr


def test_each_line_is_one_json_object_without_a_secret() -> None:
    told = _talk()
    assert CANARY not in told
    lines = [json.loads(line) for line in told.splitlines()]
    events = [line["event"] for line in lines]
    assert events[:4] == ["token_kept", "inside", "from elsewhere", "outside"]
    assert events[4:] == ["GET /cb?code=*** with Authorization: Bearer ***", "two\nlines", "store", "failed"]
    assert lines[0]["token"] == "Secret(***)"
    assert lines[0]["count"] == 3
    assert lines[0]["level"] == "info"
    assert lines[0]["logger"] == "huntaze.room"
    assert lines[0]["at"].endswith("Z")
    assert lines[3]["address"] == "https://x.test/me?fields=id&access_token=***&limit=2"
    assert lines[6]["dsn"] == "postgresql://me:***@db/x"
    assert "RuntimeError" in lines[7]["exception"]


def test_lines_inside_carry_the_correlation_id_whoever_wrote_them() -> None:
    lines = [json.loads(line) for line in _talk("json").splitlines()]
    inside = [(line["correlation_id"], line["account"]) for line in lines if "correlation_id" in line]
    assert inside == [("c-1", "a-7")] * 2
    assert [line["event"] for line in lines if "account" in line] == ["inside", "from elsewhere"]


def test_lines_for_people_hold_no_secret_either() -> None:
    told = _talk("pretty")
    assert "token_kept" in told
    assert CANARY not in told


def test_the_correlation_id_can_be_handed_on() -> None:
    assert current_correlation() is None
    with correlation("outer"):
        with correlation("inner"):
            assert current_correlation() == "inner"
        assert current_correlation() == "outer"
    assert current_correlation() is None
