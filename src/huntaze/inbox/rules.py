"""What may be done with a comment now, and why not: platform, account, comment and what is under way, in that order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from huntaze.accounts import AccountRow
from huntaze.crm import CommentRow, MediaRow
from huntaze.inbox.errors import BadText, NotPermitted
from huntaze.inbox.model import VISIBILITY, DeedRow
from huntaze.kit.text import N_, Text
from huntaze.once import CallState
from huntaze.platforms.contract import CommentDeed, CommentRules, Platform

MOST_CHARACTERS = 2200
"""More is sent nowhere: no network's own text is longer."""

Refusal = tuple[Text, Text]
"""Why not, and what helps."""

_GONE = Text(N_("This comment is not there any more.")), Text(N_("Nothing can be done with it."))
_NOT_CONNECTED = (
    Text(N_("This account is not connected.")),
    Text(N_("Connect it on the page Accounts.")),
)
_RECONNECT = (
    Text(N_("This account must be connected again.")),
    Text(N_("Connect it on the page Accounts.")),
)
_OWN = Text(N_("The account wrote this comment itself.")), Text(N_("Only what others write can be treated so."))
_NO_POST = (
    Text(N_("The post of this comment is not known yet.")),
    Text(N_("Try again in a few minutes: only comments under your own posts can be hidden or deleted.")),
)
_LIVE = Text(N_("Comments on a live video stay as they are.")), Text(N_("You may delete the comment instead."))
_HIDDEN = Text(N_("This comment is hidden already.")), Text(N_("Nothing is left to do."))
_SHOWN = Text(N_("This comment is not hidden.")), Text(N_("Nothing is left to do."))
_BUSY = (
    Text(N_("Something is being done with this comment already.")),
    Text(N_("Wait until that is finished, then try again.")),
)
_ANSWERED = (
    Text(N_("This comment has a private reply already.")),
    Text(N_("The network allows one private reply per comment. Go on in your messages when the person replies.")),
)
_WINDOW_OVER = (
    Text(N_("The time for a private reply is over.")),
    Text(N_("Reply under the comment: the person may write to you then.")),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A comment with what decides about it. ``own``: the account wrote it itself."""

    comment: CommentRow
    account: AccountRow | None
    media: MediaRow | None
    platform: Platform | None
    own: bool
    deeds: Sequence[DeedRow] = ()


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether something may be done. ``until``: not after that time."""

    refusal: Refusal | None = None
    until: datetime | None = None

    @property
    def given(self) -> bool:
        """Whether it may be done now."""
        return self.refusal is None


def permissions(subject: Subject, now: datetime) -> Mapping[CommentDeed, Permission]:
    """Every deed, allowed or not."""
    return {deed: permission(subject, deed, now) for deed in CommentDeed}


def permission(subject: Subject, deed: CommentDeed, now: datetime) -> Permission:
    """Whether ``deed`` may be done, and why not."""
    commenter = subject.platform.commenter if subject.platform else None
    if commenter is None or deed not in commenter.rules.deeds:
        return Permission(_unsupported(subject))
    refusal = _general(subject) or _RULES[deed](subject, commenter.rules, now)
    until = _private_end(subject, commenter.rules) if deed is CommentDeed.PRIVATE_REPLY else None
    return Permission(refusal, until)


def check(subject: Subject, deed: CommentDeed, text: str, now: datetime) -> None:
    """Raises ``NotPermitted`` or ``BadText``."""
    if (refusal := permission(subject, deed, now).refusal) is not None:
        raise NotPermitted(*refusal)
    commenter = subject.platform.commenter if subject.platform else None
    if commenter is not None and (fault := text_fault(deed, text, commenter.rules)) is not None:
        raise BadText(*fault, field="text")


def text_fault(deed: CommentDeed, text: str, rules: CommentRules) -> Refusal | None:
    """What is wrong with the text of an answer."""
    if deed not in (CommentDeed.REPLY, CommentDeed.PRIVATE_REPLY):
        return None
    if not text.strip():
        return Text(N_("The reply is empty.")), Text(N_("Write something first."))
    size = len(text.encode())
    if deed is CommentDeed.PRIVATE_REPLY and rules.private_bytes and size > rules.private_bytes:
        message = Text(
            N_("The reply has %(n)s of %(max)s bytes; letters with accents count as two, emoji as four."),
            {"n": size, "max": rules.private_bytes},
        )
        return message, Text(N_("Shorten the reply."))
    if len(text) > MOST_CHARACTERS:
        values: dict[str, str | int | float] = {"n": len(text), "max": MOST_CHARACTERS}
        return Text(N_("The reply has %(n)s of %(max)s characters."), values), Text(N_("Shorten the reply."))
    return None


def _unsupported(subject: Subject) -> Refusal:
    network = subject.platform.label if subject.platform else ""
    message = Text(N_("%(network)s does not let this be done from here."), {"network": network})
    return message, Text(N_("Do it in the network's own app."))


def _general(subject: Subject) -> Refusal | None:
    """What stands against everything."""
    account = subject.account
    if subject.comment.removed_at is not None:
        return _GONE
    if account is None or account.disconnected_at is not None:
        return _NOT_CONNECTED
    if account.health == "reconnect":
        return (account.note.reason, account.note.remedy) if account.note else _RECONNECT
    return _BUSY if any(row.open and row.deed is CommentDeed.DELETE for row in subject.deeds) else None


def _reply(subject: Subject, rules: CommentRules, now: datetime) -> Refusal | None:
    return None


def _private(subject: Subject, rules: CommentRules, now: datetime) -> Refusal | None:
    if subject.own:
        return _OWN
    for row in subject.deeds:
        if row.deed is CommentDeed.PRIVATE_REPLY and row.now_state is not CallState.FAILED:
            return _BUSY if row.open else _ANSWERED
    end = _private_end(subject, rules)
    return _WINDOW_OVER if end is not None and end <= now else None


def _private_end(subject: Subject, rules: CommentRules) -> datetime | None:
    """Until when a comment may be answered in private; a broadcast ends when it does."""
    if _is_live(subject, rules):
        return None
    return subject.comment.created_at + rules.private_within


def _hide(subject: Subject, rules: CommentRules, now: datetime) -> Refusal | None:
    refusal = _shown_or_hidden(subject, rules, CommentDeed.HIDE)
    return refusal or (_HIDDEN if subject.comment.hidden else None)


def _unhide(subject: Subject, rules: CommentRules, now: datetime) -> Refusal | None:
    refusal = _shown_or_hidden(subject, rules, CommentDeed.UNHIDE)
    return refusal or (_SHOWN if subject.comment.hidden is False else None)


def _shown_or_hidden(subject: Subject, rules: CommentRules, deed: CommentDeed) -> Refusal | None:
    if subject.own:
        return _OWN
    if deed in rules.never_live and _is_live(subject, rules):
        return _LIVE
    return _delete(subject, rules, None)


def _delete(subject: Subject, rules: CommentRules, now: datetime | None) -> Refusal | None:
    if subject.media is None:
        return _NO_POST
    return _BUSY if any(row.open and row.deed in VISIBILITY for row in subject.deeds) else None


def _is_live(subject: Subject, rules: CommentRules) -> bool:
    return bool(rules.live_product) and subject.media is not None and subject.media.product_type == rules.live_product


_RULES: Mapping[CommentDeed, Callable[[Subject, CommentRules, datetime], Refusal | None]] = {
    CommentDeed.REPLY: _reply,
    CommentDeed.PRIVATE_REPLY: _private,
    CommentDeed.HIDE: _hide,
    CommentDeed.UNHIDE: _unhide,
    CommentDeed.DELETE: _delete,
}
