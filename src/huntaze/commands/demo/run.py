"""The parent of a demo: starts everything in the right order, keeps it alive, ends it in order."""

import json
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from huntaze.commands.demo.child import Child, Program
from huntaze.commands.demo.ports import answers, choose
from huntaze.commands.demo.wakes import Wakes
from huntaze.commands.demo_home import Places, State
from huntaze.commands.failure import CommandFailed
from huntaze.commands.given import local_settings
from huntaze.kit.postgres import EmbeddedPostgres, PostgresError
from huntaze.settings import SETTINGS, LocalSettings

_PORT, _SIMULATOR_PORT = 8420, 8421
_READY_WITHIN = 120.0
_STOPPED_WITHIN = 10.0
_POLL = 0.03
_TOO_MANY_ENDS = 3
# Two arenas instead of sixteen, and large blocks given back at once: threads and pictures must not keep memory
_SMALL = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "262144", "PYTHONUNBUFFERED": "1"}
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
        command = ("-m", "socialsim", "--port", simulator, *kept)
        self._add("simulator", *command, environ={}, dies_by=signal.SIGTERM).start()
        environ = self._places.settings(self._postgres.start())
        worker = self._add("worker", "-m", "huntaze", "work", environ=environ)
        first = worker.start("-m", "huntaze.commands.demo.first_worker", heard=True)
        self._add("web", "-m", "huntaze", "serve", "--no-owner-link", environ=environ).start()
        link = _link(first, worker)
        self._until(lambda: answers(state.simulator_port, "/_sim"), "simulator")
        self._until(lambda: answers(state.port, "/readyz"), "web")
        self._places.keep(replace(state, seeded=True, webhooks_at=state.url))
        _say(_welcome(link, state, self._places.home))

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

    def _add(
        self, name: str, *arguments: str, environ: Mapping[str, str], dies_by: signal.Signals = signal.SIGKILL
    ) -> Child:
        settings = {row.name for row in SETTINGS} | {f"{row.name}_FILE" for row in SETTINGS}
        kept = {name: value for name, value in self._environ.items() if name not in settings or name in _HONOURED}
        program = Program(name, arguments, {**_SMALL, **kept, **environ}, self._places.logs / f"{name}.log", dies_by)
        self._children[name] = Child(program, _say)
        return self._children[name]

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


def _link(first: subprocess.Popen[bytes], worker: Child) -> str:
    """What the first worker says once all is prepared."""
    assert first.stdout is not None
    with first.stdout as said:
        line = said.readline()
    if not line:
        raise CommandFailed(f"the demo could not be prepared:\n{worker.last_words()}")
    link: str = json.loads(line)["link"]
    return link


def beside(home: Path, folder: Path, program: Path) -> str:
    """How a shell in ``folder`` names the command line of this demo: ``program`` is ours, and need not be on PATH."""
    named = [path.relative_to(folder) if path.is_relative_to(folder) else path for path in (home, program)]
    return " ".join((f"HUNTAZE_HOME={shlex.quote(str(named[0]))}", shlex.quote(str(named[1]))))


def _welcome(link: str, state: State, home: Path) -> str:
    program = beside(home, Path.cwd(), Path(sys.executable).with_name("huntaze"))
    return f"""
  Open   {link}
         It signs you in as Maya, once. Another: {program} owner link

  Try    Connect Instagram: the simulator plays Facebook, Instagram and their people.
         New post: choose a picture from Media, publish it now, and watch it arrive.
         Then write a comment on it as somebody else, in the simulator: {state.simulator}

  Data   {home} (kept; --reset forgets it)
  Stop   Ctrl-C
"""


def _say(words: str) -> None:
    print(words, flush=True)
