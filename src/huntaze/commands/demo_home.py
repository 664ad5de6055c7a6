"""The home of a demo and what it keeps there: the lock, the key, the ports, and the settings that follow from them."""

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from huntaze.commands.failure import CommandFailed

# What socialsim gives the app it is born with; both packages come in one wheel, and neither imports the other
_SIMULATOR_APP = {"FACEBOOK_APP_ID": "700000000000001", "FACEBOOK_APP_SECRET": "socialsim-meta-app-secret"}

# Every platform host has its simulated double, so that nothing of a demo leaves the machine
_HOSTS = {
    "FACEBOOK_GRAPH_URL": "graph.facebook.com",
    "FACEBOOK_DIALOG_URL": "www.facebook.com",
    "FACEBOOK_UPLOAD_URL": "rupload.facebook.com",
    "INSTAGRAM_GRAPH_URL": "graph.instagram.com",
    "INSTAGRAM_API_URL": "api.instagram.com",
    "INSTAGRAM_DIALOG_URL": "www.instagram.com",
    "TIKTOK_API_URL": "open.tiktokapis.com",
    "TIKTOK_DIALOG_URL": "www.tiktok.com",
}

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class State:
    """The ports of the last start, and what has been done: a webhook registered at an address must find us again."""

    port: int
    simulator_port: int
    seeded: bool = False
    webhooks_at: str = ""

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def simulator(self) -> str:
        """Where the simulator is."""
        return f"http://127.0.0.1:{self.simulator_port}"


class Places:
    """The files of one demo, all in its home, which only its user can read."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self.logs = self.home / "log"
        self.simulator_state = self.home / "simulator.json"
        self._key = self.home / "token.key"
        self._state = self.home / "demo.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """The home is ours. Raises CommandFailed when another demo has it."""
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.home / "demo.lock").open("a+")
        except OSError as error:
            raise CommandFailed(f"{self.home} cannot be used: {error.strerror}", "choose another --home") from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.seek(0)
                holder = lock.read().strip() or "unknown"
                raise CommandFailed(
                    f"{self.home} is in use by process {holder}", "stop that one first, or choose another --home"
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def forget(self) -> None:
        """Remove everything a demo made, and nothing else that may lie in the folder."""
        for name in ("postgres", "run", "media", "scratch", "log", "simulator.json.media"):
            shutil.rmtree(self.home / name, ignore_errors=True)
        for name in ("token.key", "demo.json", "simulator.json", "postgres.log", "postgres.log.1", "postgres.dsn"):
            (self.home / name).unlink(missing_ok=True)

    def prepare(self) -> None:
        """The folders and the key, made once."""
        self.logs.mkdir(mode=0o700, exist_ok=True)
        if not self._key.exists():
            part = self._key.with_suffix(".part")
            part.touch(mode=0o600)
            part.write_bytes(base64.b64encode(secrets.token_bytes(_KEY_BYTES)))
            part.replace(self._key)

    def state(self) -> State | None:
        """What the last start kept, or None."""
        try:
            kept = json.loads(self._state.read_bytes())
            return State(kept["port"], kept["simulator_port"], kept["seeded"], kept["webhooks_at"])
        except (OSError, ValueError, KeyError):
            return None

    def keep(self, state: State) -> None:
        """Write the state, whole or not at all."""
        part = self._state.with_suffix(".part")
        part.write_text(json.dumps({**asdict(state), "url": state.url, "simulator": state.simulator}))
        part.replace(self._state)

    def settings(self, dsn: str) -> dict[str, str]:
        """The demo's settings, by name. Raises CommandFailed where no demo was ever started."""
        state = self.state()
        if state is None:
            raise CommandFailed(f"no demo was started in {self.home}", "run: huntaze demo")
        return {
            "HUNTAZE_HOME": str(self.home),
            "HUNTAZE_PORT": str(state.port),
            "DATABASE_URL": dsn,
            "TOKEN_ENCRYPTION_KEY": self._key.read_text(),
            "PUBLIC_URL": state.url,
            "HUNTAZE_SIMULATOR_URL": state.simulator,
            **_SIMULATOR_APP,
            **{name: f"{state.simulator}/{host}" for name, host in _HOSTS.items()},
        }
