"""Reading who wrote to an account, what, and where it was named (instagram.md §4.3, §5.2).

A page of conversations comes with the newest messages of each in one call. Of older ones Meta tells no more than that
they were there: what was pushed is the record. Unknown fields are an error at Meta, so only known ones are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from huntaze.kit.text import web_address
from huntaze.platforms.contract import (
    Access,
    Attachment,
    ConversationPage,
    FoundMention,
    MessageReceived,
    PersonProfile,
    Reacted,
    ReadConversation,
    StoryLink,
)
from huntaze.platforms.instagram.client import Caller, Graph, Listing, Moment
from huntaze.platforms.instagram.media_shapes import Person

READABLE = 20
"""Newest messages of a conversation whose words can be read (§5.2)."""
_PAGE = 20
_MESSAGE = "id,created_time,from,to,message,attachments,reactions,story,shares,is_unsupported"
_CONVERSATION = f"id,updated_time,participants,messages.limit({READABLE}){{{_MESSAGE}}}"
_PERSON = "id,name,username,profile_pic,follower_count,is_user_follow_business,is_business_follow_user,is_verified_user"
_MENTION_IN_COMMENT = "text,timestamp,username,media{id,media_type,permalink}"
_MENTION_IN_POST = "caption,timestamp,username,permalink,media_type"


class _Address(msgspec.Struct, frozen=True):
    url: str = ""


class _Attachment(msgspec.Struct, frozen=True):
    """One of these; documents and sounds come as a file (§5.2)."""

    image_data: _Address | None = None
    video_data: _Address | None = None
    file_url: str = ""
    name: str = ""
    generic_template: msgspec.Raw | None = None

    def neutral(self) -> Attachment:
        if self.image_data is not None:
            return Attachment("image", self.image_data.url)
        if self.video_data is not None:
            return Attachment("video", self.video_data.url)
        return Attachment("template") if self.generic_template is not None else Attachment("file", self.file_url)


class _Share(msgspec.Struct, frozen=True):
    link: str = ""
    id: str = ""


class _Story(msgspec.Struct, frozen=True):
    mention: _Share | None = None
    reply_to: _Share | None = None


class _Reaction(msgspec.Struct, frozen=True):
    reaction: str = ""
    emoji: str = ""
    users: tuple[Person, ...] = ()


class _Message(msgspec.Struct, frozen=True):
    id: str
    created_time: Moment
    author: Person | None = msgspec.field(default=None, name="from")
    message: str = ""
    attachments: Listing[_Attachment] = Listing()
    reactions: Listing[_Reaction] = Listing()
    story: _Story = _Story()
    shares: Listing[_Share] = Listing()
    is_unsupported: bool = False

    def neutral(self, account_ref: str, person_ref: str) -> MessageReceived | None:
        """None: too old, Meta does not even say who wrote it."""
        if self.author is None:
            return None
        story = self.story.reply_to
        return MessageReceived(
            account_ref=account_ref,
            message_ref=self.id,
            person_ref=person_ref,
            from_account=self.author.id != person_ref,
            text=self.message,
            sent_at=self.created_time,
            attachments=tuple(self._attached()),
            story=StoryLink(story.id, story.link) if story else None,
            story_mention=self.story.mention is not None,
            unsupported=self.is_unsupported,
        )

    def reacted(self, account_ref: str, person_ref: str) -> Iterator[Reacted]:
        """Who reacted; when is not told, so it was with the message at the earliest."""
        for one in self.reactions.data:
            for user in one.users:
                yield Reacted(
                    account_ref=account_ref,
                    message_ref=self.id,
                    person_ref=person_ref,
                    from_account=user.id != person_ref,
                    removed=False,
                    at=self.created_time,
                    reaction=one.reaction,
                    emoji=one.emoji,
                )

    def _attached(self) -> Iterator[Attachment]:
        for one in self.attachments.data:
            yield one.neutral()
        for share in self.shares.data:
            yield Attachment("share", share.link, ref=share.id)
        if self.story.mention is not None:
            yield Attachment("story_mention", self.story.mention.link)


class _Conversation(msgspec.Struct, frozen=True):
    id: str
    updated_time: Moment
    participants: Listing[Person] = Listing()
    messages: Listing[_Message] = Listing()

    def neutral(self, account_ref: str) -> ReadConversation | None:
        """None: nobody but the account is named."""
        others = [one for one in self.participants.data if one.id and one.id != account_ref]
        if not others:
            return None
        person = others[0]
        found = [one.neutral(account_ref, person.id) for one in self.messages.data]
        reacted = [one for message in self.messages.data for one in message.reacted(account_ref, person.id)]
        return ReadConversation(
            conversation_ref=self.id,
            person_ref=person.id,
            person_username=person.username,
            updated_at=self.updated_time,
            messages=tuple(one for one in found if one is not None),
            reactions=tuple(reacted),
        )


class _Profile(msgspec.Struct, frozen=True):
    id: str = ""
    name: str = ""
    username: str = ""
    profile_pic: str = ""
    follower_count: int | None = None
    is_user_follow_business: bool | None = None
    is_business_follow_user: bool | None = None
    is_verified_user: bool | None = None


class _Post(msgspec.Struct, frozen=True):
    id: str = ""
    caption: str = ""
    timestamp: Moment | None = None
    username: str = ""
    permalink: str = ""
    media_type: str = ""


class _CommentFound(msgspec.Struct, frozen=True):
    text: str = ""
    timestamp: Moment | None = None
    username: str = ""
    media: _Post = _Post()


class _Mentions(msgspec.Struct, frozen=True):
    mentioned_comment: _CommentFound | None = None
    mentioned_media: _Post | None = None


class GraphPeopleReader:
    """``contract.PeopleReader`` over the Graph API."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def conversations(self, access: Access, cursor: str = "") -> ConversationPage:
        """A page, the ones changed last first, through the Page where there is one (§5.2)."""
        params = {"platform": "instagram", "fields": _CONVERSATION, "limit": str(_PAGE)}
        if cursor:
            params["after"] = cursor
        path = f"{access.page_ref or 'me'}/conversations"
        listing = await self._graph.get(Caller.acting(access), path, Listing[_Conversation], params)
        found = (one.neutral(access.account_ref) for one in listing.data)
        return ConversationPage(tuple(one for one in found if one is not None), listing.paging.cursor())

    async def person(self, access: Access, person_ref: str) -> PersonProfile:
        """Somebody who wrote: before that Meta refuses (§5.2)."""
        found = await self._graph.get(Caller.acting(access), person_ref, _Profile, {"fields": _PERSON})
        return PersonProfile(
            person_ref=person_ref,
            username=found.username,
            name=found.name,
            picture_url=web_address(found.profile_pic),
            followers=found.follower_count,
            follows_account=found.is_user_follow_business,
            followed_by_account=found.is_business_follow_user,
            verified=found.is_verified_user,
        )

    async def mention(self, access: Access, media_ref: str, comment_ref: str) -> FoundMention:
        """A field of the account with the place as its argument (§4.3)."""
        if comment_ref:
            fields = f"mentioned_comment.comment_id({comment_ref}){{{_MENTION_IN_COMMENT}}}"
        else:
            fields = f"mentioned_media.media_id({media_ref}){{{_MENTION_IN_POST}}}"
        found = await self._graph.get(Caller.acting(access), access.account_ref, _Mentions, {"fields": fields})
        comment, post = found.mentioned_comment, found.mentioned_media or _Post()
        if comment is not None:
            permalink = web_address(comment.media.permalink)
            return FoundMention(comment.text, comment.username, permalink, comment.media.media_type, comment.timestamp)
        return FoundMention(post.caption, post.username, web_address(post.permalink), post.media_type, post.timestamp)
