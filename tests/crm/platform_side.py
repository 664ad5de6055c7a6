"""What happens on the platform besides what the simulator's audience does: posts made elsewhere, things deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from huntaze.accounts import AccountRow
from huntaze.identity import Actor
from huntaze.platforms.contract import CommentReceived
from tests.support.rooms import Rooms

OPENING, LIST, COMMENTS = "GET /{ig}", "GET /{ig}/media", "GET /{m}/comments"
GRAPH = "/graph.facebook.com/v26.0"
AT_ONCE = {"ready": {"default": 0.0, "IMAGE": 0.0, "STORIES": 0.0}}


@dataclass
class Side:
    """One account, connected here, and the hand of its owner on the platform."""

    here: Rooms
    actor: Actor
    account: AccountRow
    token: str

    @classmethod
    async def connected(cls, here: Rooms, media: int, comments: int = 0, *, synced: bool = True) -> Side:
        """A new account with so many posts of so many comments each, a day and a half between them."""
        here.sim.configure(AT_ONCE)
        seeded = here.sim.seed({"accounts": 1, "media": media, "comments": comments})
        actor = await here.owner()
        (account,) = await here.connect(actor, seeded["accounts"][0]["accountId"], user_id=seeded["userId"])
        token = here.sim.tokens(seeded["userId"])["pages"][0]["pageToken"]
        await here.run("outbox.deliver")
        side = cls(here, actor, account, token)
        if synced:
            await side.sync()
        return side

    async def sync(self) -> dict[str, int]:
        """The sync that waits; what it asked for."""
        self.here.sim.delete("/_sim/calls")
        await self.here.work("crm.sync")
        return {name: count for name, count in self.here.sim.calls().items() if name.startswith("GET /{")}

    async def later(self, after: timedelta) -> dict[str, int]:
        """The sync that is due after a while, on both clocks."""
        self.here.sim.advance(after.total_seconds())
        now = datetime.fromtimestamp(self.here.sim.now(), UTC)
        self.here.clock.set(max(now, self.here.clock.now() + after))
        await self.here.run("crm.sweep")
        return await self.sync()

    async def whole(self, after: timedelta) -> dict[str, int]:
        """The same, asked for by a person: everything is listed."""
        async with self.here.house.database.transaction() as tx:
            await self.here.house.mirror.start_sync(tx, self.account.workspace_id, self.account.id)
        return await self.later(after)

    def posts(self) -> list[str]:
        """The platform's ids of the feed, newest first."""
        listed = self.here.sim.get(f"/_sim/truth/media?accountId={self.account.account_ref}")["media"]
        return [str(one["id"]) for one in reversed(listed) if one["product"] != "STORY"]

    def crowd(self) -> None:
        """Its newest 51 posts were made an hour after one another, the last one an hour ago, all others long before."""
        state, ref, now = self.here.sim.get("/_sim/snapshot"), self.account.account_ref, self.here.sim.now()
        account, media = state["world"]["accounts"][ref], state["world"]["media"]
        for hours, (_, media_ref) in enumerate(reversed(account["timeline"]), 1):
            media[media_ref]["timestamp"] = now - hours * 3600 - (hours > 51) * 30 * 86400
        account["timeline"] = sorted((media[one]["timestamp"], one) for _, one in account["timeline"])
        self.here.sim.put("/_sim/snapshot", state)

    def publish(self, kind: str = "IMAGE") -> str:
        """A picture or a story goes out from another app."""
        picture = f"{self.here.sim.url}/_sim/pictures/sea-{kind}.jpg?w=1080&h=1080"
        path = f"{GRAPH}/{self.account.account_ref}/media"
        body = {"access_token": self.token, "image_url": picture, "media_type": kind}
        made = self.here.sim.post(path, body)["id"]
        published = self.here.sim.post(f"{path}_publish", {"access_token": self.token, "creation_id": made})
        return str(published["id"])

    def delete(self, ref: str) -> None:
        """A post or comment is deleted there."""
        self.here.sim.delete(f"{GRAPH}/{ref}?access_token={self.token}")

    def comment(self, media_ref: str, text: str = "beau") -> str:
        """A follower comments."""
        return self.here.sim.comment(self.account.account_ref, media_ref, "lea", text)

    async def push(self, comment_ref: str, media_ref: str) -> None:
        """What the platform pushes of a comment."""
        event = CommentReceived(self.account.account_ref, comment_ref, media_ref, "", "beau", "99", "lea", None)
        async with self.here.house.database.transaction() as tx:
            await self.here.house.mirror.take(tx, self.account.workspace_id, self.account.id, [event])

    async def gone(self, table: str) -> set[str]:
        """What the mirror holds for removed, of ``platform_media`` or ``comment``."""
        column = "media_ref" if table == "platform_media" else "comment_ref"
        rows = await self.here.rows(f"SELECT {column} AS ref FROM {table} WHERE removed_at IS NOT NULL")
        return {str(row["ref"]) for row in rows}

    async def comments(self) -> int:
        """How many comments the mirror holds as being there."""
        return int(await self.here.value("SELECT count(*) FROM comment WHERE removed_at IS NULL"))
