"""Who may post what, and how often: audit, account, privacy, caps (tiktok.md §4.1, §4.11, in the order of §11.3)."""

from socialsim.kernel.services import Services
from socialsim.kernel.tiktok_config import PostingConfig
from socialsim.tiktok.access import Actor
from socialsim.tiktok.errors import ApiError
from socialsim.tiktok.job import Privacy
from socialsim.tiktok.model import Client, Creator, TikTokWorld

DAY = 86_400.0
OLDEST_APP = (31, 8)
_PUBLIC_ACCOUNT: tuple[Privacy, ...] = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
_PRIVATE_ACCOUNT: tuple[Privacy, ...] = ("FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
_MESSAGES = {
    "spam_risk_too_many_posts": "The daily post cap from the API is reached for the current user.",
    "spam_risk_user_banned_from_posting": "The user is banned from making new posts.",
    "reached_active_user_cap": "The daily quota for active publishing users from your client is reached.",
    "spam_risk_too_many_pending_share": "The maximum number of pending shares within 24 hours is reached.",
}


class Rules:
    """What stands between a valid request and a job."""

    def __init__(self, services: Services, world: TikTokWorld) -> None:
        self._services = services
        self._world = world

    @property
    def _knobs(self) -> PostingConfig:
        return self._services.config.tiktok.posting

    def options(self, client: Client, creator: Creator) -> tuple[Privacy, ...]:
        """``privacy_level_options`` now; what an unaudited app is told is disputed (§4.1)."""
        if not _audited(client) and self._knobs.unaudited_options == "self-only":
            return ("SELF_ONLY",)
        return _PRIVATE_ACCOUNT if creator.private else _PUBLIC_ACCOUNT

    def check_creator_info(self, actor: Actor) -> None:
        """What creator_info reports with HTTP 200 (§4.1)."""
        if actor.creator.posting_banned:
            raise _blocked("spam_risk_user_banned_from_posting", 200)
        if self.posts_today(actor.creator.id) >= self.post_cap(actor.creator.id):
            raise _blocked("spam_risk_too_many_posts", 200)
        if self._too_many_creators(actor):
            raise _blocked("reached_active_user_cap", 200)

    def check_direct(self, actor: Actor, privacy: str | None) -> Privacy:
        """Audit, account, privacy level, caps of a direct post; gives the level."""
        client, creator = actor.client, actor.creator
        if not _audited(client) and not creator.private:
            raise _unaudited()
        if creator.posting_banned:
            raise _blocked("spam_risk_user_banned_from_posting", 403)
        level = next((option for option in self.options(client, creator) if option == privacy), None)
        if level is None:
            message = "The privacy_level is not specified or is not among the privacy level options of the creator."
            raise ApiError("privacy_level_option_mismatch", message, 403)
        if not _audited(client) and level != "SELF_ONLY":
            raise _unaudited()
        if self.posts_today(creator.id) >= self.post_cap(creator.id):
            raise _blocked("spam_risk_too_many_posts", 403)
        if self._too_many_creators(actor):
            raise _blocked("reached_active_user_cap", 403)
        return level

    def check_draft(self, actor: Actor, *, photos: bool) -> None:
        """Account and caps of a draft; it needs no audit, but counts among the app's active creators (§12)."""
        creator = actor.creator
        if photos and _version(creator.app_version) < OLDEST_APP:
            message = "The user's TikTok app is too old for this: it must be at least 31.8."
            raise ApiError("app_version_check_failed", message, 400)
        if creator.posting_banned:
            raise _blocked("spam_risk_user_banned_from_posting", 403)
        if self._count(drafts_key(creator.id)) >= self._knobs.draft_cap:
            raise _blocked("spam_risk_too_many_pending_share", 403)
        if self._too_many_creators(actor):
            raise _blocked("reached_active_user_cap", 403)

    def post_cap(self, creator_id: str) -> int:
        """Posts in 24 h over all apps."""
        own = self._knobs.creators.get(creator_id)
        return self._knobs.post_cap if own is None or own.post_cap is None else own.post_cap

    def posts_today(self, creator_id: str) -> int:
        """Direct posts begun within 24 h and not failed."""
        return self._count(posts_key(creator_id))

    def note(self, client_key: str, creator_id: str, *, direct: bool, at: float) -> None:
        """Count a job that was let in at ``at``."""
        key = posts_key(creator_id) if direct else drafts_key(creator_id)
        self._world.windows.hits.setdefault(key, []).append(at)
        self._world.active_creators.setdefault(client_key, {})[creator_id] = at

    def forget(self, key: str, at: float) -> None:
        """A job that failed, or a draft that was posted, counts no longer."""
        hits = self._world.windows.hits.get(key, [])
        if at in hits:
            hits.remove(at)

    def _too_many_creators(self, actor: Actor) -> bool:
        """Whether this creator would be one too many in the app's 24 h."""
        cap = actor.client.active_creators if _audited(actor.client) else self._knobs.unaudited_users
        since = self._services.clock.epoch() - DAY
        active = self._world.active_creators.get(actor.client.key, {})
        if not cap or active.get(actor.creator.id, since) > since:
            return False
        return sum(at > since for at in active.values()) >= cap

    def _count(self, key: str) -> int:
        return self._world.windows.count(key, self._services.clock.epoch(), DAY)


def posts_key(creator_id: str) -> str:
    """Where a creator's direct posts are counted."""
    return f"posts/{creator_id}"


def drafts_key(creator_id: str) -> str:
    """Where a creator's pending drafts are counted."""
    return f"drafts/{creator_id}"


def _audited(client: Client) -> bool:
    """Whether public posts are open to it; to a sandbox they never are (§9)."""
    return client.audited and not client.sandbox


def _blocked(code: str, status: int) -> ApiError:
    return ApiError(code, _MESSAGES[code], status)


def _unaudited() -> ApiError:
    message = "Please review our integration guidelines: until it is audited, a client posts to private accounts only."
    return ApiError("unaudited_client_can_only_post_to_private_accounts", message, 403)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())
