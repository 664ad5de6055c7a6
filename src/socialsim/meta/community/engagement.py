"""What an account does on media of others: likes, answers to invitations (instagram.md §4.1)."""

from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.company import ACCEPTED, DECLINED, PENDING
from socialsim.meta.errors import GraphError, bad_parameter
from socialsim.meta.model import Account, Comment, Media


async def like(context: Context, account_id: str) -> object:
    """``POST /{ig}/likes`` with media_id or comment_id; once more has no effect."""
    account, liked = _liked(context, account_id)
    if account.id not in liked.likers:
        liked.likers.append(account.id)
        liked.likes += 1
        _record(context, liked, "liked", account)
    return {"success": True}


async def unlike(context: Context, account_id: str) -> object:
    """``DELETE /{ig}/likes``; what was not liked stays so."""
    account, liked = _liked(context, account_id)
    if account.id in liked.likers:
        liked.likers.remove(account.id)
        liked.likes -= 1
        _record(context, liked, "unliked", account)
    return {"success": True}


def _liked(context: Context, account_id: str) -> tuple[Account, Media | Comment]:
    account = context.account(account_id)
    context.need("instagram_manage_engagement")
    params = context.call.params
    media_id, comment_id = params.get("media_id", ""), params.get("comment_id", "")
    if bool(media_id) == bool(comment_id):
        raise bad_parameter("Give either media_id or comment_id")
    liked = context.world.media.get(media_id) if media_id else context.world.comments.get(comment_id)
    if liked is None or (isinstance(liked, Media) and (liked.product == "STORY" or liked.parent_id)):
        raise GraphError(errors.NOT_VISIBLE)
    return account, liked


def _record(context: Context, liked: Media | Comment, verb: str, account: Account) -> None:
    noun = "media" if isinstance(liked, Media) else "comment"
    context.record(f"{noun}.{verb}", account_id=account.id, object_id=liked.id, text=account.username)


async def answer_invitation(context: Context, account_id: str) -> object:
    """``POST /{ig}/collaboration_invites?media_id=&accept=``."""
    account = context.account(account_id)
    media = context.world.media.get(context.parameter("media_id"))
    accept = context.parameter("accept").lower() in {"true", "1"}
    if media is None or media.partners.get(account.username) != PENDING:
        raise GraphError(errors.NOT_VISIBLE)
    media.partners[account.username] = ACCEPTED if accept else DECLINED
    verb = "accepted" if accept else "declined"
    context.record(f"collaboration.{verb}", account_id=account.id, object_id=media.id)
    return {"success": True}
