"""Who asks a platform, and how often it may be asked. Part of ``contract``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from huntaze.kit.secret import Secret


@dataclass(frozen=True, slots=True)
class App:
    """The developer app through which we ask."""

    app_id: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class Access:
    """One connected account and the right to act for it."""

    app: App
    account_ref: str
    """The platform's own id of the account (Instagram: 17841…)."""
    token: Secret
    """The token for acting (Instagram by Facebook Login: the Page token)."""
    fallback: Secret | None = None
    """Another token that may read (Instagram by Facebook Login: the user token)."""
    page_ref: str = ""
    """The Facebook Page behind an Instagram account, else empty."""


class Allowance(StrEnum):
    """Whose calls a platform counts together."""

    APP = "app"
    """Everybody who uses the app, for calls that no account's allowance pays."""
    ACCOUNT = "account"
    """Publishing and reading for one account."""
    SIGN_IN = "sign_in"
    """What stands behind the account: its Page, the person who signed in."""
    MESSAGES = "messages"
    """Direct messages of one account."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of an allowance is used, as an answer told it. Answers tell it only sometimes: silence is not zero."""

    platform: str
    scope: Allowance
    ref: str
    """The platform's id of the app, of the account, or of the Page behind it."""
    percent: float
    """Of the fullest measure; from 100 on the platform refuses calls."""
    regain: timedelta | None = None
    """How long until calls are taken again, where the platform names it."""


OnUsage = Callable[[Sequence[Usage]], None]
"""Told by a platform's client with each answer that names allowances; returns at once and never raises."""
