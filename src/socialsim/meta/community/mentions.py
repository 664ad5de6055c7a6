"""Answering where others named an account (instagram.md §4.3, Facebook Login only)."""

from socialsim.meta.access import Context
from socialsim.meta.community.comments import CommentDesk
from socialsim.meta.model import Media
from socialsim.meta.operations import Operation
from socialsim.meta.reading.mentions import mentioning_comment, mentioning_media


def answering(comments: CommentDesk) -> Operation:
    """``POST /{ig}/mentions media_id=…[&comment_id=…]&message=…``."""

    async def answer(context: Context, account_id: str) -> object:
        account = context.account(account_id)
        context.need("instagram_manage_comments")
        media_id, comment_id = context.parameter("media_id"), context.call.params.get("comment_id", "")
        parent_id = ""
        if comment_id:
            comment = mentioning_comment(context, account, comment_id)
            parent_id = comment.parent_id or comment.id
            media: Media = context.world.media[comment.media_id]
        else:
            media = mentioning_media(context, account, media_id)
        return {"id": comments.by_account(context, account, media, parent_id).id}

    return answer
