"""What made-up people do besides commenting: they name and tag an account, save, share, invite, watch live."""

from socialsim.kernel.services import Services
from socialsim.meta.community.comments import CommentDesk
from socialsim.meta.company import ACCEPTED, DECLINED, invite, tag
from socialsim.meta.model import Account, Comment, Media, World, put

_COUNTED = {"saved": "saves", "shared": "shares", "reposted": "reposts"}


class Crowd:
    """Hands of people who are no users of any app. Unknown accounts and media raise KeyError."""

    def __init__(self, services: Services, world: World, comments: CommentDesk) -> None:
        self._services = services
        self._world = world
        self._comments = comments

    def posts_about(self, account_id: str, username: str, text: str, request_id: str, *, tagging: bool) -> Media:
        """Somebody publishes a picture that names the account in its caption, or shows it with a tag."""
        account = self._world.accounts[account_id]
        media = self._post(username, text if tagging else _naming(account, text), request_id)
        if tagging:
            tag(self._world, media, account.username)
        else:
            self._comments.tell_named(media)
        return media

    def comments_about(self, account_id: str, media_id: str, username: str, text: str, request_id: str) -> Comment:
        """Somebody names the account in a comment."""
        text = _naming(self._world.accounts[account_id], text)
        return self._comments.follower_comments(self._world.media[media_id], username, text, request_id)

    def invites(self, account_id: str, username: str, text: str, request_id: str) -> Media:
        """Somebody publishes and asks the account to be a partner."""
        media = self._post(username, text, request_id)
        invite(self._world, media, self._world.accounts[account_id].username)
        return media

    def answers(self, media_id: str, username: str, *, accept: bool, request_id: str) -> None:
        """An invited collaborator accepts or declines; KeyError if that name was not invited."""
        media = self._world.media[media_id]
        _ = media.partners[username]
        media.partners[username] = ACCEPTED if accept else DECLINED
        self._record("collaboration.accepted" if accept else "collaboration.declined", media, request_id, username)

    def does(self, deed: str, media_id: str, username: str, request_id: str) -> int:
        """Saves, shares or reposts (``saved``, ``shared``, ``reposted``); gives the new count."""
        media = self._world.media[media_id]
        match _COUNTED[deed]:
            case "saves":
                media.saves += 1
                count = media.saves
            case "shares":
                media.shares += 1
                count = media.shares
            case _:
                media.reposts += 1
                count = media.reposts
        self._record(f"media.{deed}", media, request_id, username)
        return count

    def comments_ad(self, media_id: str, ad_id: str, username: str, text: str, request_id: str) -> Comment:
        """Somebody writes under the advertisement made of a post."""
        return self._comments.follower_comments_ad(self._world.media[media_id], ad_id, username, text, request_id)

    def goes_live(self, account_id: str, request_id: str) -> Media:
        """An account begins to broadcast."""
        account = self._world.accounts[account_id]
        media = self._medium(account, "VIDEO", "LIVE", "")
        media.broadcasting = True
        put(account.broadcasts, media.timestamp, media.id)
        self._record("broadcast.started", media, request_id, account.username)
        return media

    def stops(self, media_id: str, request_id: str) -> None:
        """The broadcast is over."""
        media = self._world.media[media_id]
        media.broadcasting = False
        self._record("broadcast.ended", media, request_id, "")

    def _post(self, username: str, caption: str, request_id: str) -> Media:
        account = self._stranger(username)
        media = self._medium(account, "IMAGE", "FEED", caption)
        put(account.timeline, media.timestamp, media.id)
        self._record("media.published", media, request_id, caption)
        return media

    def _medium(self, account: Account, kind: str, product: str, caption: str) -> Media:
        mint = self._services.mint
        media = Media(
            mint.id("18000"),
            account.id,
            kind,
            product,
            self._services.clock.epoch(),
            mint.opaque("shortcode", 11),
            caption,
            blob="" if product == "LIVE" else f"hills-{account.username}.jpg",
        )
        self._world.media[media.id] = media
        self._world.shortcodes[media.shortcode] = media.id
        return media

    def _stranger(self, username: str) -> Account:
        """A personal account of that name: nobody connects it, but it posts."""
        known = next((a for a in self._world.accounts.values() if a.username == username), None)
        if known is not None:
            return known
        account = Account(self._services.mint.id("178415"), username, username, f"avatar-{username}.jpg", personal=True)
        self._world.accounts[account.id] = account
        return account

    def _record(self, kind: str, media: Media, request_id: str, text: str) -> None:
        self._services.ledger.write(
            "meta",
            kind,
            account_id=media.account_id,
            object_id=media.id,
            request_id=request_id,
            source="audience",
            text=text,
        )


def _naming(account: Account, text: str) -> str:
    return text if f"@{account.username}" in text else f"@{account.username} {text}"
