"""The parent of a demo: starts everything in the right order, keeps it alive, ends it in order."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from huntaze.commands.demo.child import Child, Program, launch
from huntaze.commands.demo.places import Places, State
from huntaze.commands.demo.ports import answers, choose
from huntaze.commands.demo.wakes import Wakes
from huntaze.commands.failure import CommandFailed
from huntaze.commands.given import local_settings
from huntaze.kit.postgres import EmbeddedPostgres, PostgresError
from huntaze.settings import SETTINGS, LocalSettings

_PORT, _SIMULATOR_PORT = 8420, 8421
_READY_WITHIN = 120.0
_STOPPED_WITHIN = 10.0
_POLL = 0.03
_TOO_MANY_ENDS = 3
# What a demo takes from its environment; everything else that is a setting it answers itself
_HONOURED = ("FFMPEG", "LOG_LEVEL", "HUNTAZE_DEV", "HUNTAZE_KILL_AT", "HUNTAZE_HOST")


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of `huntaze demo`; a port of 0 is any free one."""

    home: Path | None = None
    port: int | None = None
    simulator_port: int | None = None
    reset: bool = False


def run(environ: Mapping[str, str], wishes: Wishes) -> int:
    """Run a demo until Ctrl-C or SIGTERM; its data stay. Raises CommandFailed."""
    local = local_settings(environ)
    if wishes.home is not None:
        local = replace(local, home=wishes.home.absolute())
    _look_for_build()
    places = Places(local.home)
    with places.locked(), Wakes() as wakes:
        if wishes.reset:
            places.forget()
        places.prepare()
        demo = _Demo(environ, local, places, wakes)
        try:
            demo.start(_state(places, local, wishes))
            demo.watch()
        except KeyboardInterrupt:
            return 0
        except PostgresError as error:
            raise CommandFailed(error.what, error.remedy) from None
        finally:
            demo.stop()


def _look_for_build() -> None:
    """Before anything is started; found without loading the package that serves it."""
    package = find_spec("huntaze")
    assert package is not None
    folders = [Path(place) for place in package.submodule_search_locations or ()]
    if not any((folder / "static" / "dist" / "manifest.json").exists() for folder in folders):
        raise CommandFailed("the browser's files are not built", "run: python hatch_build.py")


def _state(places: Places, local: LocalSettings, wishes: Wishes) -> State:
    kept = places.state()
    asked = local.port if wishes.port is None and local.port != _PORT else wishes.port
    port = choose(local.host, asked, kept.port if kept else None, _PORT)
    simulator = choose(
        "127.0.0.1", wishes.simulator_port, kept.simulator_port if kept else None, _SIMULATOR_PORT, but=port
    )
    state = State(port, simulator) if kept is None else replace(kept, port=port, simulator_port=simulator)
    places.keep(state)
    return state


class _Demo:
    """The running parts. Signals end it by KeyboardInterrupt, wherever it is."""

    def __init__(self, environ: Mapping[str, str], local: LocalSettings, places: Places, wakes: Wakes) -> None:
        self._environ = environ
        self._local = local
        self._places = places
        self._wakes = wakes
        self._postgres = EmbeddedPostgres(local.home, local.postgres_bin, run_as=local.postgres_run_as)
        self._children: dict[str, Child] = {}

    def start(self, state: State) -> None:
        """Everything, side by side where it can be; returns when the pages answer and their address is printed."""
        simulator = str(state.simulator_port)
        kept = ("--state", str(self._places.simulator_state))
        self._begin("simulator", "-m", "socialsim", "--port", simulator, *kept, environ={}, dies_by=signal.SIGTERM)
        environ = self._places.settings(self._postgres.start())
        preparing = launch(
            self._program("prepare", "-m", "huntaze.commands.demo.prepare", environ=environ), subprocess.PIPE
        )
        self._begin("web", "-m", "huntaze", "serve", "--no-owner-link", environ=environ)
        said, _ = preparing.communicate()
        if preparing.returncode != 0:
            raise CommandFailed(
                "the demo could not be prepared", f"its words are in {self._places.logs / 'prepare.log'}"
            )
        self._begin("worker", "-m", "huntaze", "work", environ=environ)
        self._until(lambda: answers(state.simulator_port, "/_sim"), "simulator")
        self._until(lambda: answers(state.port, "/readyz"), "web")
        self._places.keep(replace(state, seeded=True, webhooks_at=state.url))
        _say(_welcome(json.loads(said)["link"], state, self._places.home))

    def watch(self) -> NoReturn:
        """Keep everything alive, for ever."""
        while True:
            self._look()
            pauses = [pause for child in self._children.values() if (pause := child.next_look()) is not None]
            self._wakes.wait(min(pauses, default=None))

    def stop(self) -> None:
        """End everything in order: who writes first, what they write to last."""
        self._wakes.ignore_signals()
        give_up = time.monotonic() + _STOPPED_WITHIN
        for group in (("web", "worker"), ("simulator",)):
            going = [self._children[name] for name in group if name in self._children]
            for child in going:
                child.ask_to_end()
            for child in going:
                child.wait(give_up - time.monotonic())
        self._postgres.stop()

    def _begin(
        self, name: str, *arguments: str, environ: Mapping[str, str], dies_by: signal.Signals = signal.SIGKILL
    ) -> None:
        child = Child(self._program(name, *arguments, environ=environ, dies_by=dies_by), _say)
        self._children[name] = child
        child.start()

    def _program(
        self, name: str, *arguments: str, environ: Mapping[str, str], dies_by: signal.Signals = signal.SIGKILL
    ) -> Program:
        settings = {row.name for row in SETTINGS} | {f"{row.name}_FILE" for row in SETTINGS}
        kept = {name: value for name, value in self._environ.items() if name not in settings or name in _HONOURED}
        # Two arenas instead of sixteen: a few threads of ours must not each keep memory of their own
        small = {"MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1"}
        return Program(name, arguments, {**small, **kept, **environ}, self._places.logs / f"{name}.log", dies_by)

    def _look(self) -> None:
        for child in self._children.values():
            child.look()
        if self._postgres.pid is None:
            _say("the database ended; it is started again")
            self._postgres.start()

    def _until(self, check: Callable[[], bool], name: str) -> None:
        give_up = time.monotonic() + _READY_WITHIN
        child = self._children[name]
        while not check():
            self._look()
            if child.ends >= _TOO_MANY_ENDS or time.monotonic() > give_up:
                raise CommandFailed(f"the {name} does not start; it said:\n{child.last_words()}")
            time.sleep(_POLL)


def _welcome(link: str, state: State, home: Path) -> str:
    return f"""
  Open   {link}
         It signs you in as Maya, once. Another: huntaze owner link

  Try    Connect Instagram: the simulator plays Facebook, Instagram and their people.
         New post: choose a picture from Media, publish it now, and watch it arrive.
         Then write a comment on it as somebody else, in the simulator: {state.simulator}

  Data   {home} (kept; --reset forgets it)
  Stop   Ctrl-C
"""


def _say(words: str) -> None:
    print(words, flush=True)
