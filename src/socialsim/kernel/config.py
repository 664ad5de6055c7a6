"""The knobs of a running simulator, read and merged by ``/_sim/config``."""

import random
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from socialsim.kernel.meta_config import (
    ComplianceConfig,
    InsightsConfig,
    InstagramLoginConfig,
    LimitsConfig,
    MessagingConfig,
    ReadingConfig,
    UploadConfig,
    WebhookConfig,
)
from socialsim.kernel.tiktok_config import TikTokConfig


class Range(Struct, rename="camel", forbid_unknown_fields=True):
    """A time drawn evenly between ``min`` and ``max`` seconds, or within ``spread`` (0.2 = ±20 %) of ``around``."""

    min: float = 0.0
    max: float = 0.0
    around: float = 0.0
    spread: float = 0.2

    def draw(self, dice: random.Random) -> float:
        """Seconds."""
        if self.around:
            return dice.uniform(self.around * (1 - self.spread), self.around * (1 + self.spread))
        return dice.uniform(self.min, self.max)


class AccountConfig(Struct, rename="camel", forbid_unknown_fields=True):
    """What differs for one account."""

    ready: dict[str, float | Range] = field(default_factory=dict)
    quota_total: int | None = None
    public: bool = True
    """A private account's comments and mentions are not told (instagram.md §6.1)."""
    messages_allowed: bool = True
    """The switch "allow access to messages" in the app."""
    multi_images: bool = True
    """Whether several images may go in one message (rolled out until May 2026)."""
    impressions: int | None = None
    """Views of the last 24 h, which the calls allowed follow; None: as many as it has followers."""
    trial_reels: bool = True
    """Whether it may make trial reels; if not, such a container ends in ERROR."""
    copyright_matches: bool = False
    """Whether the copyright check of its videos finds something."""
    products: list[str] | None = None
    """The products that may be tagged; None: any number is one."""


class Config(Struct, rename="camel", forbid_unknown_fields=True):
    """Everything that can be tuned while running. Times are seconds."""

    ready: dict[str, float | Range] = field(
        default_factory=lambda: {"IMAGE": 0.6, "CAROUSEL_ITEM": 0.6, "CAROUSEL": 0.4, "STORIES": 0.8, "default": 2.0}
    )
    """Per container kind: IMAGE, CAROUSEL_ITEM, VIDEO (an item), CAROUSEL, REELS, STORIES, default."""
    accounts: dict[str, AccountConfig] = field(default_factory=dict)
    quota_total: int = 50
    """Posts of an account in 24 h: 25, 50 or 100 (instagram.md §3.6)."""
    container_limit: int = 400
    """Containers of an account in 24 h."""
    strict_media: bool = False
    """Whether http and loopback media are refused, as the platforms do."""
    fetch_timeout: float = 20.0
    """How long a media host may be silent."""
    robots: bool = False
    """Whether a media host's robots.txt is asked first and obeyed."""
    strict_jpeg: bool = False
    """Whether progressive and CMYK pictures are refused, instead of being converted."""
    strict_edit_lists: bool = False
    """Whether videos with edit lists are refused, as the specification says and the platform hardly does."""
    container_outage: bool = False
    """Whether every read of a container answers 100/33, as in May 2026 (instagram.md §3.7)."""
    code_lifetime: float = 3600.0
    """Of a code of either login."""
    short_token_lifetime: float = 5400.0
    """Of Facebook Login."""
    long_token_lifetime: float = 5_184_000.0
    """60 days, of either login."""
    exchange_extends: bool = False
    """Whether exchanging a long-lived token gives a new one with a new end, or the same one again (§1.3)."""
    exchange_expiry: Literal["given", "absent", "zero"] = "given"
    """How ``expires_in`` stands in the answer of an exchange; if it is absent or 0 the token has no end by time."""
    onboarding_sticks: bool = False
    """Whether people who are linked already find no way out of the guided set-up (§1.1)."""
    data_access_lifetime: float = 7_776_000.0
    """90 days; a login starts it anew."""
    media_link_lifetime: float = 259_200.0
    """Of the signed links in ``media_url`` and the like."""
    republish_code: int = 9007
    """The answer to a second publish, which Meta does not document."""
    republish_subcode: int = 2207027
    expired_code: int = 24
    """With ``expired_subcode`` what publishing an expired container answers; -2/2207020 is known too (§3.7)."""
    expired_subcode: int = 2207008
    webhooks: WebhookConfig = field(default_factory=WebhookConfig)
    instagram: InstagramLoginConfig = field(default_factory=InstagramLoginConfig)
    compliance: ComplianceConfig = field(default_factory=ComplianceConfig)
    messaging: MessagingConfig = field(default_factory=MessagingConfig)
    limits: LimitsConfig = field(default_factory=LimitsConfig)
    upload: UploadConfig = field(default_factory=UploadConfig)
    reading: ReadingConfig = field(default_factory=ReadingConfig)
    insights: InsightsConfig = field(default_factory=InsightsConfig)
    tiktok: TikTokConfig = field(default_factory=TikTokConfig)

    def ready_after(self, account_id: str, kind: str, dice: random.Random) -> float:
        """Seconds until a container of that kind is ready; the account's own value wins."""
        for table in (self.accounts[account_id].ready if account_id in self.accounts else {}, self.ready):
            value = table.get(kind, table.get("default"))
            if value is not None:
                return value.draw(dice) if isinstance(value, Range) else value
        return 0.0

    def account(self, account_id: str) -> AccountConfig:
        """What was set for that account, or the usual."""
        return self.accounts.get(account_id) or AccountConfig()

    def quota_of(self, account_id: str) -> int:
        """Posts an account may publish in 24 h (instagram.md §3.6: 25, 50 or 100)."""
        own = self.accounts.get(account_id)
        return self.quota_total if own is None or own.quota_total is None else own.quota_total


def merged(config: Config, change: Mapping[str, Any]) -> Config:
    """A new config with ``change`` laid over it, dictionaries key by key; raises ``msgspec.ValidationError``."""
    return msgspec.convert(_overlay(msgspec.to_builtins(config), change), Config)


def _overlay(base: dict[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in change.items():
        below = out.get(key)
        is_range = isinstance(value, Mapping) and ("min" in value or "max" in value or "around" in value)
        if isinstance(value, Mapping) and isinstance(below, dict) and not is_range:
            out[key] = _overlay(below, value)
        else:
            out[key] = value
    return out
