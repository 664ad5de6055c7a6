"""Comments: written through the API or by a made-up follower, hidden, deleted (instagram.md §4.3)."""

from socialsim.kernel.ids import letters
from socialsim.kernel.services import Services
from socialsim.meta.access import Context
from socialsim.meta.company import named
from socialsim.meta.errors import PERMISSION, GraphError, bad_parameter
from socialsim.meta.model import Account, Comment, Media, World, put, take
from socialsim.meta.operations import Operation
from socialsim.meta.webhooks.herald import Herald
from socialsim.meta.words import hashtags, links, mentioned


class CommentDesk:
    """Writes, hides and deletes comments, and tells the webhooks."""

    def __init__(self, services: Services, world: World, herald: Herald) -> None:
        self._services = services
        self._world = world
        self._herald = herald

    # Through the API

    async def create(self, context: Context, media_id: str) -> object:
        """``POST /{m}/comments``."""
        media = context.media(media_id)
        context.need("instagram_manage_comments")
        return {"id": self.by_account(context, self._world.accounts[media.account_id], media, "").id}

    async def reply(self, context: Context, comment_id: str) -> object:
        """``POST /{comment}/replies``; a reply to a reply lands under the top comment."""
        comment = context.comment(comment_id)
        media = self._world.media[comment.media_id]
        account = self._world.accounts[media.account_id]
        return {"id": self.by_account(context, account, media, comment.parent_id or comment.id).id}

    async def change(self, context: Context, comment_id: str) -> object:
        """``POST /{comment}?hide=``; the owner's own comments stay visible, and those of a broadcast."""
        comment = context.comment(comment_id)
        hide = context.parameter("hide").lower() in {"true", "1"}
        media = self._world.media[comment.media_id]
        if media.product == "LIVE":
            raise bad_parameter("Comments on live media cannot be hidden")
        account_id = media.account_id
        if comment.author_id != account_id and comment.hidden != hide:
            comment.hidden = hide
            self._record(comment, "comment.hidden" if hide else "comment.shown", context.call.request_id, "api")
        return {"success": True}

    async def delete(self, context: Context, comment_id: str) -> object:
        """``DELETE /{comment}``, with its replies."""
        comment = context.comment(comment_id)
        for _, reply_id in list(comment.replies):
            self._remove(self._world.comments[reply_id], context.call.request_id)
        self._remove(comment, context.call.request_id)
        return {"success": True}

    def announcing(self, publish: Operation) -> Operation:
        """``POST /{ig}/media_publish`` that also tells the accounts which the caption names."""

        async def publish_and_tell(context: Context, account_id: str) -> object:
            answer = await publish(context, account_id)
            media = self._world.media.get(str(answer.get("id"))) if isinstance(answer, dict) else None
            if media is not None:
                self.tell_named(media)
            return answer

        return publish_and_tell

    def tell_named(self, media: Media) -> None:
        """Professional accounts hear that a caption names them."""
        self._tell_named(media, self._world.accounts[media.account_id].username, media.caption)

    # By a follower

    def follower_comments(
        self, media: Media, username: str, text: str, request_id: str, parent_id: str = ""
    ) -> Comment:
        """A made-up person comments or replies."""
        author_id = follower_id(self._services, self._world, media.account_id, username)
        return self._write(media, author_id, username, text, parent_id, request_id, "audience")

    def follower_comments_ad(self, media: Media, ad_id: str, username: str, text: str, request_id: str) -> Comment:
        """Somebody writes under an advertisement made of a post: told twice, counted nowhere (§4.2, §6.7)."""
        author_id = follower_id(self._services, self._world, media.account_id, username)
        comment = Comment(
            self._services.mint.id("17850"), media.id, author_id, username, text, self._services.clock.epoch()
        )
        comment.ad_id = ad_id
        self._world.comments[comment.id] = comment
        put(media.ad_comments, comment.timestamp, comment.id)
        if ad_id not in media.ads:
            media.ads.append(ad_id)
        self._record(comment, "comment.created", request_id, "audience")
        organic = webhook_value(media, comment)
        told = {"ad_id": ad_id, "ad_title": media.caption[:40], "original_media_id": media.id}
        advertised = {"id": media.id, "media_product_type": "AD", **told}
        self._herald.tell(media.account_id, "comments", organic)
        self._herald.tell(media.account_id, "comments", {**organic, "media": advertised})
        return comment

    def follower_deletes(self, comment: Comment, request_id: str) -> None:
        """The author takes a comment back; the platform sends no event (§6.7)."""
        for _, reply_id in list(comment.replies):
            self._remove(self._world.comments[reply_id], request_id, "audience")
        self._remove(comment, request_id, "audience")

    def by_account(self, context: Context, account: Account, media: Media, parent_id: str) -> Comment:
        """What the call's ``message`` says, written by a professional account; raises 10 and 100 (§4.3)."""
        if not media.comments_enabled:
            raise GraphError(PERMISSION, "(#10) Comments are switched off for this media")
        text = _message(context)
        own = account.id == media.account_id
        author = account.id if own else follower_id(self._services, self._world, media.account_id, account.username)
        return self._write(media, author, account.username, text, parent_id, context.call.request_id, "api")

    def _write(
        self, media: Media, author_id: str, username: str, text: str, parent_id: str, request_id: str, source: str
    ) -> Comment:
        comment = add_comment(
            self._services, self._world, media, author_id, username, text, self._services.clock.epoch(), parent_id
        )
        self._record(comment, "comment.created", request_id, source)
        live = media.product == "LIVE"
        heard = media.broadcasting or not live
        if heard and (source == "audience" or self._services.config.webhooks.own_comments):
            field = "live_comments" if live else "comments"
            self._herald.tell(media.account_id, field, webhook_value(media, comment))
        self._tell_named(media, comment.username, comment.text, comment.id)
        return comment

    def _tell_named(self, media: Media, username: str, text: str, comment_id: str = "") -> None:
        """Other professional accounts hear that a caption or comment names them (§6.7)."""
        for name in dict.fromkeys(mentioned(text)) if "@" in text else ():
            account = named(self._world, name)
            if account is None or account.personal or account.id == media.account_id or account.username == username:
                continue
            self._herald.mentioned(
                account.id,
                media_id=media.id,
                author_id=follower_id(self._services, self._world, account.id, username),
                username=username,
                text=text,
                comment_id=comment_id,
            )

    def _remove(self, comment: Comment, request_id: str, source: str = "api") -> None:
        media = self._world.media[comment.media_id]
        shelf = self._world.comments[comment.parent_id].replies if comment.parent_id else media.comments
        take(media.ad_comments if comment.ad_id else shelf, comment.timestamp, comment.id)
        media.comment_count -= not comment.ad_id
        del self._world.comments[comment.id]
        self._record(comment, "comment.deleted", request_id, source)

    def _record(self, comment: Comment, kind: str, request_id: str, source: str) -> None:
        self._services.ledger.write(
            "meta",
            kind,
            account_id=self._world.media[comment.media_id].account_id,
            object_id=comment.id,
            request_id=request_id,
            source=source,
            text=comment.text,
        )


def _message(context: Context) -> str:
    """The text of a comment through the API: 300 characters, 4 hashtags, 1 link, if the knobs say so (§4.3)."""
    text = context.call.params.get("message", "").strip()
    if not text:
        raise bad_parameter("The parameter message is required.")
    limits = context.services.config.reading
    for found, most, what in (
        (len(text), limits.comment_length, "characters"),
        (len(hashtags(text)), limits.comment_hashtags, "hashtags"),
        (len(links(text)), limits.comment_links, "links"),
    ):
        if most and found > most:
            raise bad_parameter(f"A comment may have at most {most} {what}")
    return text


def add_comment(
    services: Services,
    world: World,
    media: Media,
    author_id: str,
    username: str,
    text: str,
    timestamp: float,
    parent_id: str = "",
    likes: int = 0,
) -> Comment:
    """Put a comment into the world without telling anybody."""
    comment = Comment(services.mint.id("17850"), media.id, author_id, username, text, timestamp, parent_id, likes=likes)
    world.comments[comment.id] = comment
    put(world.comments[parent_id].replies if parent_id else media.comments, timestamp, comment.id)
    media.comment_count += 1
    return comment


def follower_id(services: Services, world: World, account_id: str, username: str) -> str:
    """The Instagram-scoped id of a person towards one account (§11 Ids)."""
    key = f"{account_id}/{username}"
    if key not in world.followers:
        number = sum(letters(key, 12).encode()) % 1000
        world.followers[key] = services.mint.id(f"7{number:03d}", 16)
    return world.followers[key]


def webhook_value(media: Media, comment: Comment) -> dict[str, object]:
    """The ``value`` of a comments event (§6.7)."""
    value: dict[str, object] = {
        "id": comment.id,
        "text": comment.text,
        "from": {"id": comment.author_id, "username": comment.username},
        "media": {"id": media.id, "media_product_type": media.product},
    }
    if comment.parent_id:
        value["parent_id"] = comment.parent_id
    return value
