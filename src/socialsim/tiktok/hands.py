"""What creators do in TikTok's own app, and the audience: none of it through the API (tiktok.md §6.3, §11.4)."""

from socialsim.kernel.services import Services
from socialsim.tiktok.login.grants import Grants, Tell
from socialsim.tiktok.model import Client, Creator, Post, Removal, TikTokWorld

AVAILABLE = "post.publish.publicly_available"
NOT_AVAILABLE = "post.publish.no_longer_publicaly_available"
"""Spelt as the platform spells it."""


class Hands:
    """Every deed writes a truth row; those that apps hear of are told."""

    def __init__(self, services: Services, world: TikTokWorld, grants: Grants, tell: Tell) -> None:
        self._services = services
        self._world = world
        self._grants = grants
        self._tell = tell

    # The account

    def disconnect(self, creator: Creator, client: Client, reason: Removal) -> bool:
        """Remove the app in the settings (reason 1), or what another reason says. False if there was no consent."""
        return self._grants.end(client, creator, reason, request_id=self._request_id(), source="creator")

    def leave(self, creator: Creator, reason: Removal) -> None:
        """The account is deleted (2), its age changed (3) or it is banned (4): every app loses it."""
        request_id = self._request_id()
        if reason in {2, 4}:
            creator.gone = True
            self._record("account.removed", creator, creator.id, request_id, text=str(reason))
        self._grants.end_all(creator, reason, request_id=request_id)

    def set_account_private(self, creator: Creator, *, private: bool) -> None:
        """Switch the account; its posts stay what they are, but a private account's are not public."""
        creator.private = private
        self._record(
            "account.changed", creator, creator.id, self._request_id(), text="private" if private else "public"
        )

    def ban_from_posting(self, creator: Creator, *, on: bool) -> None:
        """``spam_risk_user_banned_from_posting`` from now on, or no more."""
        creator.posting_banned = on
        self._record("account.changed", creator, creator.id, self._request_id(), text="banned" if on else "unbanned")

    # Posts

    def delete(self, post: Post) -> None:
        """Delete a post; the app that posted it hears that it is gone."""
        was_public = self._is_public(post)
        post.removed = True
        self._record("post.deleted", self._creator_of(post), post.id, self._request_id(), text=post.title)
        if was_public:
            self._tell_of(post, NOT_AVAILABLE)

    def make_private(self, post: Post) -> None:
        """Only me."""
        was_public = self._is_public(post)
        post.privacy = "SELF_ONLY"
        self._record("post.hidden", self._creator_of(post), post.id, self._request_id())
        if was_public:
            self._tell_of(post, NOT_AVAILABLE)

    def make_public(self, post: Post) -> None:
        """For everyone, by hand: the only way for what an unaudited app posted (§4.11)."""
        now = self._services.clock.epoch()
        post.privacy = "PUBLIC_TO_EVERYONE"
        post.public_from = now if post.public_from is None else min(post.public_from, now)
        self._record("post.shown", self._creator_of(post), post.id, self._request_id())
        if self._is_public(post):
            self._tell_of(post, AVAILABLE)

    # The audience; no webhook tells of it (§6.3)

    def like(self, post: Post, username: str) -> int:
        """One more like, of the post and of its creator; gives the post's."""
        post.likes += 1
        self._creator_of(post).likes += 1
        self._by_audience("post.liked", post, username)
        return post.likes

    def comment(self, post: Post, username: str, text: str) -> int:
        """One more comment. The API shows only how many there are."""
        post.comments += 1
        self._by_audience("post.commented", post, f"{username}: {text}")
        return post.comments

    def share(self, post: Post, username: str) -> int:
        """One more share."""
        post.shares += 1
        self._by_audience("post.shared", post, username)
        return post.shares

    def watch(self, post: Post, times: int) -> int:
        """So many more views."""
        post.views += times
        self._by_audience("post.viewed", post, str(times))
        return post.views

    def follow(self, creator: Creator, username: str) -> int:
        """One more follower."""
        creator.followers += 1
        request_id = self._request_id()
        self._record("account.followed", creator, creator.id, request_id, text=username, source="audience")
        return creator.followers

    def _is_public(self, post: Post) -> bool:
        return self._world.is_public(post, self._services.clock.epoch())

    def _creator_of(self, post: Post) -> Creator:
        return self._world.creators[post.creator_id]

    def _tell_of(self, post: Post, event: str) -> None:
        """Only the app that posted it hears of it, while its authorisation stands."""
        client = self._world.clients.get(post.client_key)
        grant = self._world.grant(post.client_key, post.creator_id)
        if client is not None and grant is not None:
            content = {"publish_id": post.publish_id, "post_id": post.id, "publish_type": post.publish_type}
            self._tell(client, event, grant.open_id, content)

    def _by_audience(self, kind: str, post: Post, text: str) -> None:
        self._record(kind, self._creator_of(post), post.id, self._request_id(), text=text, source="audience")

    def _request_id(self) -> str:
        return f"act-{self._services.mint.number('act')}"

    def _record(
        self, kind: str, creator: Creator, object_id: str, request_id: str, *, text: str = "", source: str = "creator"
    ) -> None:
        self._services.ledger.write(
            "tiktok",
            kind,
            account_id=creator.id,
            object_id=object_id,
            request_id=request_id,
            source=source,
            text=text,
        )
