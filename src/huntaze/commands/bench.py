"""`huntaze bench`: what this installation takes, measured on itself with the generator that the proofs use."""

import asyncio
import json
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from huntaze.commands.failure import CommandFailed
from huntaze.commands.inside import inside
from huntaze.kit.secret import Secret
from huntaze.settings import Settings
from huntaze.webhooks import Rehearsal
from huntaze.wiring import House

_PLATFORM = "instagram"
_UNANSWERED = "0"


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent: so many deliveries a second, answered or not, each with so many comments."""

    rate: int
    seconds: int
    events: int
    connections: int
    url: str | None

    @property
    def deliveries(self) -> int:
        """In all."""
        return self.rate * self.seconds


class Said(msgspec.Struct, frozen=True):
    """What the generator says at its end."""

    sent: int
    statuses: Mapping[str, int]
    seconds: float
    per_second: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Found:
    """What became of it: events, then deliveries. ``refused``: not answered with 2xx, or not at all."""

    sent: int
    acked: int
    stored: int
    lost: int
    deliveries: int
    refused: int
    statuses: Mapping[str, int]
    rate: int
    per_second: float
    seconds: float
    p50_ms: float
    p99_ms: float

    @classmethod
    def of(cls, load: Load, said: Said, acked: Collection[str], stored: Collection[str]) -> "Found":
        """The generator's words and its ledger, held against the table."""
        taken = sum(count for status, count in said.statuses.items() if status.startswith("2"))
        return cls(
            said.sent * load.events, len(acked), len(stored), len(set(acked) - set(stored)), said.sent,
            said.sent - taken, said.statuses, load.rate, said.per_second, said.seconds, said.p50_ms, said.p99_ms,
        )  # fmt: skip

    @property
    def well(self) -> bool:
        """Whether everything was taken and nothing is lost."""
        return not (self.lost or self.refused)

    def words(self) -> str:
        """For people."""
        answers = {"no answer" if status == _UNANSWERED else status: count for status, count in self.statuses.items()}
        return (
            f"events: {self.sent} sent, {self.acked} acknowledged, {self.stored} stored, {self.lost} lost\n"
            f"deliveries: {self.per_second} a second, {self.refused} not taken"
            f" ({', '.join(f'{status}: {count}' for status, count in answers.items())})\n"
            f"acknowledged: half of them within {self.p50_ms} ms, 99 of 100 within {self.p99_ms} ms"
        )


def intake(given: Settings, load: Load, *, as_json: bool) -> int:
    """Send signed comments of an account that nobody has to this installation's own webhook address, hold what was
    acknowledged against the table, and take it away again. 0 if all of it was taken and nothing is lost."""
    url = _address(given, load.url)

    async def act(house: House) -> Found:
        secret = await _secret(house)
        print(f"{load.deliveries} deliveries, {load.rate} a second, to {url} …", file=sys.stderr)
        rehearsal = await Rehearsal.begin(house.database, _PLATFORM)
        try:
            said, acked = await _fire(url, secret, rehearsal.account_ref, load)
            if set(said.statuses) <= {_UNANSWERED}:
                raise CommandFailed(f"nothing answers at {url}", "start huntaze serve, or name it with --url")
            return Found.of(load, said, acked, await rehearsal.stored())
        finally:
            await rehearsal.clear()

    found = inside(given, act)
    print(json.dumps(asdict(found)) if as_json else found.words())
    return 0 if found.well else 1


async def _secret(house: House) -> Secret:
    secrets = await house.accounts.apps.webhook_secrets(_PLATFORM)
    if not secrets:
        raise CommandFailed("no secret signs webhooks here", "set FACEBOOK_APP_SECRET, or enter the app in the pages")
    return secrets[0]


def _address(given: Settings, url: str | None) -> str:
    """A web process itself: the generator speaks plain http, and no proxy is to be measured."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(given.local.host, given.local.host)  # noqa: S104
    base = url or f"http://{host}:{given.local.port}"
    parts = urlsplit(base)
    if parts.scheme != "http" or not parts.hostname:
        remedy = "name a web process behind the proxy, like http://127.0.0.1:8420"
        raise CommandFailed(f"{base} is not an http address", remedy, status=2)
    return f"{base.rstrip('/')}/api/webhooks/{_PLATFORM}"


async def _fire(url: str, secret: Secret, account_ref: str, load: Load) -> tuple[Said, set[str]]:
    """The generator's words, and the ids that were acknowledged. It is a process of its own and ends with this one."""
    with tempfile.TemporaryDirectory(prefix="huntaze-bench-") as folder:
        ledger, signs = Path(folder) / "ledger", Path(folder) / "secret"
        signs.touch(mode=0o600)
        signs.write_text(secret.reveal())
        fire = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "socialsim", "fire", url, "--secret-file", str(signs), "--account", account_ref,
            "--prefix", f"{account_ref}-", "--requests", str(load.deliveries), "--rate", str(load.rate),
            "--events", str(load.events), "--connections", str(load.connections), "--ledger", str(ledger), stdout=PIPE,
        )  # fmt: skip
        try:
            out, _ = await fire.communicate()
        finally:
            if fire.returncode is None:
                fire.kill()
                await fire.wait()
        if not out:
            raise CommandFailed("the generator failed", "its own words stand above")
        return msgspec.json.decode(out, type=Said), set(ledger.read_text().split())
