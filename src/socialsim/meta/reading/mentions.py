"""Reading what others wrote about an account, and where it is tagged or a partner (instagram.md §4.1, §4.3)."""

from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.company import ACCEPTED, PENDING
from socialsim.meta.errors import GraphError, bad_parameter
from socialsim.meta.fields import Field, parse
from socialsim.meta.model import Account, Comment, Media
from socialsim.meta.reading.media import comment_node, media_list, media_node, still_there
from socialsim.meta.reading.public import MENTIONING_MEDIA, PUBLIC_MEDIA
from socialsim.meta.words import mentioned


def mentions(account: Account, text: str) -> bool:
    """Whether the text names the account."""
    return "@" in text and account.username.lower() in mentioned(text)


def mentioning_media(context: Context, account: Account, media_id: str) -> Media:
    """Another's medium whose caption names the account; 100/33 otherwise."""
    media = context.world.media.get(media_id)
    if media is None or media.account_id == account.id or not mentions(account, media.caption):
        raise GraphError(errors.NOT_VISIBLE)
    return media


def mentioning_comment(context: Context, account: Account, comment_id: str) -> Comment:
    """A comment that names the account; 100/33 otherwise."""
    comment = context.world.comments.get(comment_id)
    if comment is None or not mentions(account, comment.text):
        raise GraphError(errors.NOT_VISIBLE)
    return comment


def mentioned_media(context: Context, account: Account, field: Field) -> object:
    """``mentioned_media.media_id(X){…}``."""
    context.need("instagram_manage_comments")
    media = mentioning_media(context, account, _argument(field, "media_id"))
    return media_node(context, media, field.below, MENTIONING_MEDIA)


def mentioned_comment(context: Context, account: Account, field: Field) -> object:
    """``mentioned_comment.comment_id(X){…}``; the author's id is not told, the medium as others see it."""
    context.need("instagram_manage_comments")
    comment = mentioning_comment(context, account, _argument(field, "comment_id"))
    out: dict[str, object] = {"id": comment.id}
    for below in field.below:
        match below.name:
            case "id" | "text" | "like_count" | "timestamp":
                out |= comment_node(context, comment, (below,))
            case "username":
                out["username"] = comment.username
            case "media":
                media = context.world.media[comment.media_id]
                out["media"] = media_node(context, media, below.below, MENTIONING_MEDIA)
            case name:
                raise bad_parameter(f"Tried accessing nonexisting field ({name}) on node type (IGComment)")
    return out


def collaborative_media_search(context: Context, account: Account, field: Field) -> object:
    """``collaborative_media_search.media_id(X){…}``: a medium on which the account is an accepted partner."""
    media = context.world.media.get(_argument(field, "media_id"))
    if media is None or media.partners.get(account.username) != ACCEPTED:
        raise GraphError(errors.NOT_VISIBLE)
    return media_node(context, media, field.below, PUBLIC_MEDIA)


def tags(context: Context, account: Account, field: Field) -> dict[str, object]:
    """Media of others in which the account is tagged."""
    return media_list(context, still_there(context, account.tagged), f"/{account.id}/tags", field, PUBLIC_MEDIA)


def collaborative_media(context: Context, account: Account, field: Field) -> dict[str, object]:
    """Media of others on which the account is an accepted partner."""
    media = context.world.media
    accepted = [
        entry
        for entry in still_there(context, account.invited)
        if media[entry[1]].partners.get(account.username) == ACCEPTED
    ]
    return media_list(context, accepted, f"/{account.id}/collaborative_media", field, PUBLIC_MEDIA)


def invitations(context: Context, account: Account) -> list[dict[str, object]]:
    """Invitations that wait for an answer, newest first."""
    media = context.world.media
    waiting = [media[media_id] for _, media_id in reversed(still_there(context, account.invited))]
    rows: list[dict[str, object]] = []
    for medium in waiting:
        if medium.partners.get(account.username) == PENDING:
            shown = media_node(context, medium, parse("caption,media_url"), PUBLIC_MEDIA)
            owner = context.world.accounts[medium.account_id].username
            rows.append({"media_id": shown.pop("id"), "media_owner_username": owner, **shown})
    return rows


def _argument(field: Field, name: str) -> str:
    value = field.argument(name).strip()
    if not value:
        raise bad_parameter(f"The parameter {name} is required")
    return value
