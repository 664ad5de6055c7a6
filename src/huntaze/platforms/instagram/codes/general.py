"""Codes of every endpoint (instagram.md §8.3), and of the token exchange (§1.3)."""

from __future__ import annotations

from datetime import timedelta

from huntaze.kit.text import N_
from huntaze.platforms.contract import Allowance
from huntaze.platforms.instagram.codes.row import CONNECT_AGAIN, REPORT, WE_RETRY, Code, Means

_THROTTLE = timedelta(minutes=5)
_TOO_MANY = N_("Too many calls for now: Instagram asks us to wait.")
_WAITS = N_("We wait as long as Instagram asks and go on by ourselves.")
_TOKEN_GONE = N_("The connection to this account has ended.")
_NOT_ALLOWED = N_("A permission for this account is missing: %(words)s")
_ALLOW = N_(
    "Connect the account again and allow everything that is asked for. If your role on the Page comes from a "
    "Business portfolio, ask its owner for a direct role."
)
_START_OVER = N_("Start connecting again.")


def _throttled(code: int, used_up: Allowance, subcode: int | None = None) -> Code:
    return Code(code, subcode, Means.LATER, _TOO_MANY, _WAITS, wait=_THROTTLE, allowance=used_up)


def _token(subcode: int | None, message: str, remedy: str = CONNECT_AGAIN) -> Code:
    return Code(190, subcode, Means.RECONNECT, message, remedy)


GENERAL: tuple[Code, ...] = (
    Code(1, None, Means.LATER, N_("Instagram had an unknown error."), WE_RETRY),
    Code(2, None, Means.LATER, N_("Instagram is not available right now."), WE_RETRY),
    Code(3, None, Means.UNSUPPORTED, N_("The developer app lacks a capability: %(words)s"), REPORT),
    _throttled(4, Allowance.APP),
    Code(10, None, Means.RECONNECT, _NOT_ALLOWED, _ALLOW, refuses=True),
    _throttled(17, Allowance.SIGN_IN),
    _throttled(32, Allowance.SIGN_IN),
    Code(100, None, Means.REJECTED, N_("Instagram refused the request: %(words)s"), REPORT),
    Code(
        100,
        33,
        Means.REJECTED,
        N_("Instagram does not show this object to the account."),
        N_("It was deleted, or the account may not see it. If it is there, try again later."),
    ),
    Code(100, 36007, Means.REJECTED, N_("The sign-in took too long."), _START_OVER),
    Code(
        100,
        36008,
        Means.REJECTED,
        N_("The callback address is not the one that was used to sign in."),
        N_("Enter the callback address in the developer app exactly as the settings page shows it."),
    ),
    Code(100, 36009, Means.REJECTED, N_("This sign-in was used already."), _START_OVER),
    Code(102, None, Means.RECONNECT, _TOKEN_GONE, CONNECT_AGAIN),
    Code(
        110,
        2207013,
        Means.REJECTED,
        N_("No professional account has this name."),
        N_("Check the name; personal accounts cannot be looked up."),
    ),
    _token(None, _TOKEN_GONE),
    _token(458, N_("The app was removed from this Facebook profile.")),
    _token(
        459,
        N_("Facebook asks this person to confirm who they are."),
        N_("Sign in at facebook.com, follow what it asks, then connect the account again."),
    ),
    _token(460, N_("The Facebook password was changed.")),
    _token(463, N_("The connection has expired.")),
    _token(
        464,
        N_("This Facebook profile is not confirmed."),
        N_("Sign in at facebook.com, confirm the profile, then connect the account again."),
    ),
    _token(467, N_("The person signed out of Facebook, or Facebook ended the session.")),
    _token(
        492,
        N_("This person has no role on the Facebook Page any more."),
        N_("Ask an administrator of the Page for the role, then connect the account again."),
    ),
    Code(200, None, Means.RECONNECT, _NOT_ALLOWED, _ALLOW, refuses=True, last=299),
    Code(341, None, Means.LATER, _TOO_MANY, _WAITS, wait=_THROTTLE),
    Code(
        368,
        None,
        Means.LATER,
        N_("Instagram has blocked this action for now: %(words)s"),
        N_("Open Instagram and look at the account status; it may take a day."),
        wait=timedelta(hours=6),
    ),
    Code(
        506,
        None,
        Means.REJECTED,
        N_("Instagram says that this was posted already."),
        N_("Look at the account before you post it again."),
    ),
    _throttled(613, Allowance.ACCOUNT),
    _throttled(613, Allowance.ACCOUNT, 1996),
    Code(2500, None, Means.REJECTED, N_("Instagram refused the request: %(words)s"), REPORT),
    _throttled(80001, Allowance.SIGN_IN),
    _throttled(80002, Allowance.ACCOUNT),
    _throttled(80006, Allowance.MESSAGES),
    Code(
        1609005,
        None,
        Means.REJECTED,
        N_("Instagram cannot read this link."),
        N_("Check the link and send it again."),
    ),
)
