"""One life: a few posts, and everything that people, clients and bad luck do to them.

The platforms' own ledgers judge (`tests.crash.stories`). What is wrong is collected and told at the end together with
every step, and nothing that is asked here depends on how far the house has come: the same steps can be asked again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx2

from huntaze.kit.db import CONNECTION_LOST
from tests.crash.backups import Backup
from tests.crash.cells import CALL_SECONDS, FORMS, KINDS, Kind, Order
from tests.crash.door import Door
from tests.crash.field import Field
from tests.crash.stories import SETTLED, Family, Story, forget, judge
from tests.publishing.ground import Connected, Json, form_token, soon

PATH = "/api/v1/posts"
PAUSE = 0.25
"""Seconds after each step, in which the workers come a little further."""
LONGEST = 150.0
"""Seconds within which every post has to be settled once nothing befalls it any more."""


@dataclass(frozen=True, slots=True)
class Lived:
    """What became of one life."""

    life: str
    steps: list[str]
    posts: int
    published: int
    unconfirmed: int
    wrong: list[str]

    def told(self) -> dict[str, object]:
        """As it is kept."""
        return asdict(self)


class Life:
    """What may happen, one deed after the other, while the workers work."""

    def __init__(self, field: Field, name: str, folder: Path) -> None:
        self.field = field
        self.door = Door(field)
        self.name = name
        self.steps: list[str] = []
        self.wrong = self.door.wrong
        self.stories: list[Story] = []
        self._accounts: dict[str, Connected] = {}
        self._user = ""
        self._backup = Backup(field.crew, folder)
        self._kept_at: int | None = None
        self._late = 0.0
        self._left = False
        self._jumped = False

    async def begin(self) -> None:
        """Fresh accounts, and one worker."""
        field = self.field
        await field.provide({})
        field.crew.wanted = 1
        field.crew.tend()
        for platform in sorted({kind.platform for kind in KINDS.values()} - {"instagram"}):
            self._accounts[platform] = await self._made_up(platform)
        self._user = str(field.ground.sim.seed({"accounts": 1, "media": 0})["userId"])
        self._accounts["instagram"] = (await self._sign_in())[0]

    async def _made_up(self, platform: str) -> Connected:
        while True:
            with contextlib.suppress(*CONNECTION_LOST):
                return await self.field.ground.made_up(platform)

    async def do(self, words: str, deed: Awaitable[None]) -> None:
        """One step; whatever is wrong with it is told at the end."""
        self.steps.append(words)
        try:
            await deed
            await asyncio.sleep(PAUSE)
            await self._look()
        except Exception as error:
            self.wrong.append(f"{words}: {type(error).__name__}: {error}")

    # --- what people and clients ask for --------------------------------------------------------------------------

    def story(self, kind: Kind, after: float) -> Story:
        """A post that is going to be asked for, now or for a time in ``after`` seconds."""
        number = len(self.stories) + 1
        account = self._accounts[kind.platform]
        body = self.field.body(kind, account, f"Life {self.name}, post {number}")
        if after:
            body["scheduledAt"] = soon(after)
        story = Story(kind, account, body, f"{self.name}-{number}", Family(), len(self.steps) + 1)
        self._keep(story)
        return story

    def twin(self, first: Story, *, on_purpose: bool) -> Story:
        """The same post once more, under another key; its words are wanted again."""
        first.family.closed.discard(first.words)
        body = {**first.body, "allowDuplicate": on_purpose}
        key = f"{self.name}-{len(self.stories) + 1}"
        twin = Story(first.kind, first.account, body, key, first.family, len(self.steps) + 1)
        self._keep(twin)
        return twin

    def _keep(self, story: Story) -> None:
        story.family.stories.append(story)
        story.family.words.append(story.words)
        story.family.words[:] = dict.fromkeys(story.family.words)
        self.stories.append(story)

    async def ask(self, story: Story) -> None:
        """Ask for a post as a good client does: the same request under the same key, until there is an answer."""
        for _ in range(3):
            answer = await self.door.request("POST", PATH, story.asked, story.key)
            if answer is not None:
                self._took(story, answer)
                return

    async def ask_amid(self, story: Story, form: str) -> None:
        """Ask for a post whose irreversible call goes wrong."""
        await self.fault(story, form)
        await self.ask(story)

    async def ask_and_crash(self, story: Story, order: Order) -> None:
        """Ask for a post on whose way something is killed."""
        await self.ask(story)
        await self.order(story, order)

    def _took(self, story: Story, answer: httpx2.Response) -> None:
        if answer.status_code >= 400:
            if answer.json()["code"] != "idempotency_key_running" and not story.post:
                story.may = 0
            return
        post = str(answer.json()["id"])
        if story.gone:
            story.gone, story.born = False, len(self.steps)
            story.body = story.asked
            story.may += 1
        elif story.post and post != story.post:
            self.wrong.append(f"another post for the same key: {story.words}")
        story.may = max(story.may, 1)
        story.post, story.publication = post, str(answer.json()["publications"][0]["id"])

    async def move(self, story: Story, after: float) -> None:
        """Another time; 0: now."""
        await self._change(story, "PATCH", "", {"scheduledAt": soon(after) if after else None})

    async def edit(self, story: Story) -> None:
        """Other words."""
        words = f"{story.family.words[0]}, edition {len(self.steps)}"
        old = story.words
        answer = await self._change(story, "PATCH", "", {"caption": words})
        if answer is not None and answer.status_code >= 400:
            return
        story.family.words.append(words)
        if answer is not None and story.lives:
            story.close_words()
            story.body = {**story.body, "caption": words}
            story.family.closed.discard(words)
            assert answer.json()["caption"] == words != old, answer.text

    async def cancel(self, story: Story) -> None:
        """Nothing shall go out."""
        answer = await self._change(story, "POST", "/cancel", None)
        if answer is not None and answer.status_code == 200:
            story.close_words()

    async def retry(self, story: Story, *, looked: bool) -> None:
        """Again; with ``looked`` somebody says that it is not there, true or not."""
        answer = await self._change(story, "POST", "/retry?looked=not_there" if looked else "/retry", None)
        if looked and story.lives and (answer is None or answer.status_code == 200):
            story.may += 1

    async def decide(self, story: Story) -> None:
        """A person looks at the account and says what is true."""
        public = self.field.public(story.kind.platform, story.account, story.words)
        if public:
            await self._change(story, "POST", "/confirm", None)
        else:
            await self.retry(story, looked=True)

    async def _change(self, story: Story, method: str, path: str, body: Json | None) -> httpx2.Response | None:
        """One request about a post that is there; None when nobody knows what came of it."""
        if not story.lives:
            return None
        answer = await self.door.request(method, f"{PATH}/{story.post}{path}", body)
        if answer is None or answer.status_code < 400:
            story.changed = len(self.steps)
            story.may += story.doubtful and path != "/cancel"
        return answer

    # --- accounts -------------------------------------------------------------------------------------------------

    async def leave_or_come_back(self) -> None:
        """A person disconnects the account of Instagram, or connects it again."""
        if self._left:
            await self.connect()
        else:
            await self._disconnect()
        self._left = not self._left

    async def _disconnect(self) -> None:
        browser, path = self.field.ground.browser, f"/accounts/{self._accounts['instagram'].id}/disconnect"
        await self.door.stand()
        with contextlib.suppress(httpx2.TransportError):
            page = await browser.get(path)
            if page.status_code == 200:
                await browser.post(path, data={"csrf_token": form_token(page.text)})

    async def connect(self) -> None:
        """They connect it again."""
        found = await self._sign_in()
        assert [one.id for one in found] == [self._accounts["instagram"].id], found

    async def _sign_in(self) -> list[Connected]:
        for _ in range(5):
            await self.door.stand()
            with contextlib.suppress(httpx2.HTTPError, KeyError, AssertionError):
                return await self.field.ground.connect(self._user)
            await asyncio.sleep(0.3)
        raise AssertionError("nobody can connect the account")

    # --- bad luck -------------------------------------------------------------------------------------------------

    async def order(self, story: Story, order: Order) -> None:
        """At this place of its way something is killed, or stands still."""
        if story.lives:
            self.field.orders.replace(story.publication, order)

    async def fault(self, story: Story, form: str) -> None:
        """The next irreversible call of its account goes wrong."""
        self.field.arm(story.kind, story.account, story.kind.irreversible, form, nth=0, times=1)
        self._late = max(self._late, float(str(FORMS[form].get("seconds", 0))))

    async def staff(self, workers: int) -> None:
        """So many workers, counting those that are there already."""
        self.field.crew.wanted = workers
        self.door.tend()

    async def freeze(self) -> None:
        """A worker stands still; another one begins."""
        for pid in self.field.crew.awake()[:1]:
            self.field.orders.freeze(pid)
        self.door.tend()

    async def thaw(self) -> None:
        """Whoever stood still goes on."""
        for pid in self.field.orders.frozen():
            self.field.orders.thaw(pid)

    async def kill_database(self) -> None:
        """PostgreSQL dies and is started again."""
        server = self.field.crew.postgres.pid
        if server is not None:
            os.kill(server, signal.SIGKILL)
        while server is not None and self.field.crew.postgres.pid == server:
            await asyncio.sleep(0.01)
        self.door.tend()

    async def kill_web(self) -> None:
        """The web process dies and is started again."""
        self.field.crew.kill_web()
        self.door.shaken()

    async def jump(self, seconds: float) -> None:
        """The clock of a worker is wrong from now on."""
        for pid in self.field.crew.awake()[-1:]:
            self.field.orders.set_clock(pid, seconds)
        self._jumped = True

    async def backup(self, *, restored: bool) -> None:
        """Keep what the database holds; or put the house back to what was kept, once."""
        await self.door.stand()
        if not restored:
            await self._backup.take()
            self._kept_at = len(self.steps)
        elif self._kept_at is not None:
            await self._backup.restore()
            self.door.shaken()
            forget(self.stories, self._kept_at)
            self._kept_at = None

    # --- the end --------------------------------------------------------------------------------------------------

    async def _look(self) -> None:
        """What must be true at any time: one live artefact, and PUBLISHED is final."""
        seen = await self.field.seen([story.post for story in self.stories if story.lives])
        for story in self.stories:
            if not story.lives:
                continue
            if story.post not in seen:
                raise AssertionError(f"{story.words} has vanished")
            now = seen[story.post]
            story.most_alive = max(story.most_alive, now.alive)
            if story.known_public and now.state != "PUBLISHED":
                raise AssertionError(f"{story.words} was PUBLISHED and is {now.state}")
            if now.taken_back and not self._jumped:
                raise AssertionError(f"{story.words} was known to be published, and more was written after that")
            if now.overlapped and not self._jumped:
                raise AssertionError(f"{story.words}: something new was made while the old could still be published")
            story.known_public = now.state == "PUBLISHED"

    async def end(self) -> Lived:
        """Nothing befalls the house any more; every post settles, and the ledger judges."""
        await self.do("the end", self._clear_up())
        clear = time.monotonic()
        waiting = await self._unsettled()
        while waiting and time.monotonic() - clear < LONGEST:
            await asyncio.sleep(0.1)
            self.door.tend()
            waiting = await self._unsettled()
        if self._late:
            await asyncio.sleep(max(0.0, clear + self._late + CALL_SECONDS + 1.0 - time.monotonic()))
        self.wrong += waiting
        told: dict[str, Json] = {}
        await self.do("the judgement", self._judge(told))
        self.field.crew.dismiss()
        self.field.orders.right_clocks()
        states = [str(one["state"]) for one in told.values()]
        published, unconfirmed = states.count("PUBLISHED"), states.count("UNCONFIRMED")
        return Lived(self.name, self.steps, len(self.stories), published, unconfirmed, list(dict.fromkeys(self.wrong)))

    async def _judge(self, told: dict[str, Json]) -> None:
        """Each publication as the API tells it, held against the ledger."""
        for story in self.stories:
            if story.lives:
                told[story.post] = await self._told(story)
        for family in dict.fromkeys(story.family for story in self.stories):
            self.wrong += judge(self.field, family, told)

    async def _clear_up(self) -> None:
        field = self.field
        for story in self.stories:
            field.orders.withdraw(story.publication)
        field.clear_faults()
        field.orders.right_clocks()
        await self.thaw()
        field.crew.wanted = 2
        await self.connect()

    async def _unsettled(self) -> list[str]:
        seen = await self.field.seen([story.post for story in self.stories if story.lives])
        return [
            f"{post} stays {now.state}"
            for post, now in seen.items()
            if now.state not in SETTLED
            or (now.waits and now.state != "PUBLISHED")
            or now.held in ("disconnected", "reconnect")
        ]

    async def _told(self, story: Story) -> Json:
        """The one publication of a post (I1), as the API tells it."""
        answer = await self.door.request("GET", f"{PATH}/{story.post}", None)
        assert answer is not None, "no answer although nothing befalls the house any more"
        (publication,) = answer.json()["publications"]
        found: Json = publication
        return found
