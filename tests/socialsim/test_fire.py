"""The load generator: what it sends is signed as the platforms sign, and its ledger is true."""

import hashlib
import hmac
import json
import subprocess
import sys
from pathlib import Path

from tests.socialsim.parts import Listener, Reply, Seen

SECRET = "demo-secret"


def fired(tmp_path: Path, url: str, *options: str) -> tuple[int, dict[str, object], list[str]]:
    """Exit status, what was printed, the acknowledged ids."""
    secret, ledger = tmp_path / "secret", tmp_path / "ledger"
    secret.write_text(SECRET)
    command = [sys.executable, "-m", "socialsim", "fire", url, "--secret-file", str(secret), "--ledger", str(ledger)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, json.loads(done.stdout), ledger.read_text().split()


def test_every_event_of_a_signed_load_is_acknowledged_once(listener: Listener, tmp_path: Path) -> None:
    url = listener.serve("/hook", b"ok")
    status, found, acknowledged = fired(tmp_path, url, "--requests", "40", "--events", "3", "--connections", "4")
    assert (status, found["sent"], found["statuses"]) == (0, 40, {"200": 40})
    assert len(set(acknowledged)) == found["acknowledged"] == 120
    for seen in listener.wait_for(40):
        expected = hmac.new(SECRET.encode(), seen.body, hashlib.sha256).hexdigest()
        assert seen.headers["x-hub-signature-256"] == f"sha256={expected}"


def test_a_load_at_a_rate_comes_in_bursts_with_duplicates_whatever_the_answers(
    listener: Listener, tmp_path: Path
) -> None:
    url = listener.serve("/hook", b"ok")
    options = ("--platform", "tiktok", "--requests", "60", "--rate", "600", "--burst", "6", "--duplicates", "0.5")
    status, found, acknowledged = fired(tmp_path, url, *options)
    assert status == 0
    assert len(set(acknowledged)) == 60 < len(acknowledged) == found["sent"]
    for seen in listener.wait_for(60):
        sent_at, _, digest = seen.headers["tiktok-signature"].removeprefix("t=").partition(",s=")
        assert digest == hmac.new(SECRET.encode(), f"{sent_at}.".encode() + seen.body, hashlib.sha256).hexdigest()
        assert json.loads(json.loads(seen.body)["content"])["publish_id"].startswith("fire-")


def test_what_is_refused_or_unanswered_is_not_in_the_ledger(listener: Listener, tmp_path: Path) -> None:
    turns: list[int] = []

    def answer(_: Seen) -> Reply:
        turns.append(1)
        return Reply(500 if len(turns) <= 5 else 200)

    listener.answers["/hook"] = answer
    status, found, acknowledged = fired(tmp_path, listener.url + "/hook", "--requests", "20", "--connections", "1")
    assert (status, found["statuses"], len(acknowledged)) == (1, {"200": 15, "500": 5}, 15)
    status, found, acknowledged = fired(tmp_path, "http://127.0.0.1:9/hook", "--requests", "20", "--rate", "500")
    assert (status, found["statuses"], acknowledged) == (1, {"0": 20}, [])
