"""Stories that end: their numbers are told once, when nobody can see them any more (instagram.md §6.5, §6.7)."""

from socialsim.kernel.services import Services
from socialsim.meta.access import Context
from socialsim.meta.dice import split
from socialsim.meta.figures import BREAKDOWNS, figures
from socialsim.meta.model import Media, World
from socialsim.meta.operations import Operation
from socialsim.meta.webhooks.herald import Herald

STORY_LIFETIME = 86400.0
_SMALLEST_COUNT = 5
"""Below this a count is told as -1."""


class StoryWatch:
    """Waits for the end of each story and tells ``story_insights``."""

    def __init__(self, services: Services, world: World, herald: Herald) -> None:
        self._services = services
        self._world = world
        self._herald = herald

    def resume(self) -> None:
        """Wait for the stories a world came with."""
        since = self._services.clock.epoch() - STORY_LIFETIME
        for account in self._world.accounts.values():
            for at, media_id in account.stories:
                if at > since:
                    self._wait_for(self._world.media[media_id])

    def watching(self, publish: Operation) -> Operation:
        """``POST /{ig}/media_publish`` that also waits for the end of what it published, if that is a story."""

        async def publish_and_watch(context: Context, account_id: str) -> object:
            answer = await publish(context, account_id)
            media = self._world.media.get(str(answer.get("id"))) if isinstance(answer, dict) else None
            if media is not None and media.product == "STORY":
                self._wait_for(media)
            return answer

        return publish_and_watch

    def _wait_for(self, media: Media) -> None:
        async def ended(_: float) -> None:
            if media.id in self._world.media:
                self._herald.tell(media.account_id, "story_insights", self._numbers(media))

        self._services.timers.at(media.timestamp + STORY_LIFETIME, ended)

    def _numbers(self, media: Media) -> dict[str, object]:
        """The retired metric names, as this event still has them, for what insights told until now."""
        account = self._world.accounts[media.account_id]
        ended = media.timestamp + STORY_LIFETIME
        seen = figures(
            self._services.seed, media, followers=account.followers, country=account.country, now=ended, reach_lag=0
        )
        ways = dict(split(int(seen["navigation"]), BREAKDOWNS["story_navigation_action_type"]))
        counts = {
            "impressions": int(seen["views"]),
            "reach": int(seen["reach"]),
            "taps_forward": ways["TAP_FORWARD"],
            "taps_back": ways["TAP_BACK"],
            "exits": ways["TAP_EXIT"],
            "replies": sum(message.story_id == media.id for message in self._world.inbox.messages.values()),
        }
        told = {name: count if count >= _SMALLEST_COUNT else -1 for name, count in counts.items()}
        return {"media_id": media.id, **told}
