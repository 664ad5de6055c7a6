"""Codes of sending messages (instagram.md §5.4)."""

from __future__ import annotations

from datetime import timedelta

from huntaze.kit.text import N_
from huntaze.platforms.contract import Allowance
from huntaze.platforms.instagram.codes.row import WE_RETRY, Code, Means

_WINDOW = N_("The time to reply to this person is over.")
_WINDOW_REMEDY = N_("Wait until they write again.")
_AWAY = N_("This person cannot be reached.")
_AWAY_REMEDY = N_("They may have left, or blocked the account.")
_SLOWER = timedelta(minutes=5)


def _refused(code: int | None, subcode: int | None, message: str, remedy: str) -> Code:
    return Code(code, subcode, Means.REJECTED, message, remedy, refuses=True)


def _attachment(subcode: int, message: str) -> Code:
    return _refused(100, subcode, message, N_("Check the file and send it again."))


MESSAGING: tuple[Code, ...] = (
    _refused(10, 2534022, _WINDOW, _WINDOW_REMEDY),
    _refused(10, 2018278, _WINDOW, _WINDOW_REMEDY),
    _refused(10, 2018108, _WINDOW, _WINDOW_REMEDY),
    _refused(100, 2534014, _AWAY, _AWAY_REMEDY),
    _refused(
        100,
        2534025,
        N_("This comment cannot be replied to privately."),
        N_("One private reply is allowed per comment, within seven days: it may have been sent already."),
    ),
    _refused(None, 2534001, N_("This conversation was archived or deleted."), _WINDOW_REMEDY),
    Code(None, 2534013, Means.LATER, N_("Too many private replies for now."), WE_RETRY, wait=_SLOWER),
    _refused(551, None, _AWAY, _AWAY_REMEDY),
    _refused(551, 1545041, _AWAY, _AWAY_REMEDY),
    _refused(
        200,
        2534041,
        N_("The account does not let apps read its messages."),
        N_("In Instagram: Settings, Messages, Connected tools, Allow access to messages."),
    ),
    Code(
        613,
        2534040,
        Means.LATER,
        N_("Too many messages for now."),
        WE_RETRY,
        wait=_SLOWER,
        allowance=Allowance.MESSAGES,
    ),
    Code(2, 1545133, Means.LATER, N_("Instagram could not send the message right now."), WE_RETRY),
    Code(
        None,
        2534068,
        Means.UNSUPPORTED,
        N_("This account cannot send several images in one message."),
        N_("Send them one by one."),
        refuses=True,
    ),
    _attachment(2018008, N_("Instagram could not fetch the attachment.")),
    _attachment(2018047, N_("Instagram does not take this kind of attachment.")),
    _attachment(2018074, N_("Instagram does not know this attachment.")),
    _attachment(2018109, N_("The attachment is too large.")),
    _attachment(2018294, N_("Fetching the attachment took too long.")),
)
