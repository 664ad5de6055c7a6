"""The hypothesis state machine of publishing: it draws what happens next, `tests.crash.life` does it and judges.

Hypothesis draws in a thread of its own; everything happens on the event loop of the house. The house lives on from one
life to the next, its accounts do not. What is drawn depends on nothing but the seed, so a seed tells the steps again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.crash.cells import CHECKPOINTS, FORMS, FREEZE, KINDS, VICTIMS, Kind, Order
from tests.crash.field import Field
from tests.crash.life import Life, Lived
from tests.crash.stories import Story

T = TypeVar("T")
HORIZON = 30.0
"""Seconds after which a house of lives asks a person."""
LOST = (
    "before reset",
    "before timeout",
    "before refusal",
    "after reset",
    "after timeout",
    "after 500",
    "mid",
    "late-commit soon",
    "late-commit",
    "late-commit settled",
)
"""What the irreversible call may meet."""
assert set(LOST) <= set(FORMS)
_PATIENCE = 300.0
"""Seconds that a step may take before it is given up."""


class Living(RuleBasedStateMachine):
    """Draws one life, step by step."""

    posts = Bundle("posts")
    kinds = st.sampled_from(list(KINDS.values()))
    soon = st.sampled_from([0.0, 0.0, 1.0, 3.0])
    lost = st.sampled_from(LOST)
    orders = st.builds(Order, st.sampled_from(CHECKPOINTS), st.sampled_from([*VICTIMS, "worker", FREEZE]))

    def __init__(self, life: Life, loop: asyncio.AbstractEventLoop, lived: Callable[[Lived], None]) -> None:
        super().__init__()
        self.life = life
        self._loop = loop
        self._lived = lived
        self._on_the_loop(life.begin())

    def teardown(self) -> None:
        """The end of a life."""
        self._lived(self._on_the_loop(self.life.end()))

    def _on_the_loop(self, deed: Coroutine[None, None, T]) -> T:
        return asyncio.run_coroutine_threadsafe(deed, self._loop).result(_PATIENCE)

    def _do(self, words: str, deed: Coroutine[None, None, None]) -> None:
        self._on_the_loop(self.life.do(words, deed))

    # --- what people and clients ask for --------------------------------------------------------------------------

    @initialize(target=posts, kind=kinds, after=soon)
    def first(self, kind: Kind, after: float) -> Story:
        """No life without a post."""
        return self._ask(kind, after)

    @rule(target=posts, kind=kinds, after=soon)
    def publish(self, kind: Kind, after: float) -> Story:
        """One more post."""
        return self._ask(kind, after)

    @rule(target=posts, kind=kinds, form=lost)
    def publish_into_trouble(self, kind: Kind, form: str) -> Story:
        """One more post, whose irreversible call goes wrong."""
        story = self.life.story(kind, 0.0)
        self._do(f"{story.words}: {kind.name}, {form}", self.life.ask_amid(story, form))
        return story

    @rule(target=posts, kind=kinds, order=orders)
    def publish_and_crash(self, kind: Kind, order: Order) -> Story:
        """One more post, on whose way something is killed or stands still."""
        story = self.life.story(kind, 0.0)
        words = f"{story.words}: {kind.name}, {order.deed} at {order.checkpoint}"
        self._do(words, self.life.ask_and_crash(story, order))
        return story

    def _ask(self, kind: Kind, after: float) -> Story:
        story = self.life.story(kind, after)
        self._do(f"{story.words}: {kind.name} in {after} s", self.life.ask(story))
        return story

    @rule(target=posts, first=posts, on_purpose=st.booleans())
    def twin(self, first: Story, on_purpose: bool) -> Story:
        """The same content again: by mistake, or on purpose."""
        story = self.life.twin(first, on_purpose=on_purpose)
        self._do(f"{story.words}: again, on purpose: {on_purpose}", self.life.ask(story))
        return story

    @rule(post=posts)
    def repeat(self, post: Story) -> None:
        """The client repeats its request."""
        self._do(f"{post.words}: the same request again", self.life.ask(post))

    @rule(post=posts, after=st.sampled_from([0.0, 1.0, 3.0, None]))
    def change(self, post: Story, after: float | None) -> None:
        """Another time, or other words."""
        if after is None:
            self._do(f"{post.words}: edited", self.life.edit(post))
        else:
            self._do(f"{post.words}: moved to {after} s", self.life.move(post, after))

    @rule(post=posts)
    def cancel(self, post: Story) -> None:
        """It shall not go out."""
        self._do(f"{post.words}: cancelled", self.life.cancel(post))

    @rule(post=posts, how=st.sampled_from(["retried", "looked", "decided"]))
    def again(self, post: Story, how: str) -> None:
        """Again: what failed, what somebody says is not there, or what somebody looked for."""
        life = self.life
        self._do(
            f"{post.words}: {how}",
            life.decide(post) if how == "decided" else life.retry(post, looked=how == "looked"),
        )

    @rule()
    def sign_in_or_out(self) -> None:
        """The account of Instagram goes, or comes back."""
        self._do("disconnected, or connected again", self.life.leave_or_come_back())

    # --- bad luck -------------------------------------------------------------------------------------------------

    @rule(post=posts, order=orders)
    def afflict(self, post: Story, order: Order) -> None:
        """Something is killed at a named place of a post that is on its way."""
        self._do(f"{post.words}: {order.deed} at {order.checkpoint}", self.life.order(post, order))

    @rule(post=posts, form=lost)
    def lose(self, post: Story, form: str) -> None:
        """The next irreversible call goes wrong."""
        self._do(f"{post.words}: {form}", self.life.fault(post, form))

    @rule(what=st.sampled_from(["2 workers", "3 workers", "one stands still", "it goes on"]))
    def workers(self, what: str) -> None:
        """More workers, and some that stand still for a while."""
        life = self.life
        deeds = {"one stands still": life.freeze, "it goes on": life.thaw}
        self._do(what, deeds[what]() if what in deeds else life.staff(int(what[0])))

    @rule(seconds=st.sampled_from([-300.0, -1.0, 5.0]))
    def jump(self, seconds: float) -> None:
        """A clock jumps."""
        self._do(f"the clock of a worker is wrong by {seconds} s", self.life.jump(seconds))

    @rule(restored=st.booleans())
    def backup(self, restored: bool) -> None:
        """A backup is taken, or the house goes back to it."""
        self._do("the backup is restored" if restored else "a backup", self.life.backup(restored=restored))

    @rule(what=st.sampled_from(["the database", "the web process"]))
    def kill(self, what: str) -> None:
        """Something dies at once."""
        kill = self.life.kill_database if what == "the database" else self.life.kill_web
        self._do(f"{what} dies", kill())

    @rule(seconds=st.sampled_from([0.2, 1.0, 3.0]))
    def rest(self, seconds: float) -> None:
        """The house works on."""
        self._do(f"{seconds} s pass", asyncio.sleep(seconds))


async def live(
    field: Field, folder: Path, seed: int, lives: int, steps: int, lived: Callable[[Lived], None] = lambda _: None
) -> list[Lived]:
    """So many lives of so many steps each, drawn from a seed, one after the other."""
    loop, known = asyncio.get_running_loop(), list[Lived]()

    def keep(one: Lived) -> None:
        known.append(one)
        lived(one)

    @hypothesis.seed(seed)
    class Drawn(Living):
        def __init__(self) -> None:
            super().__init__(Life(field, f"{seed}.{len(known) + 1}", folder), loop, keep)

    drawn = settings(
        max_examples=lives,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Drawn, settings=drawn)
    return known
