"""The knobs of a running simulator, read and merged by ``/_sim/config``."""

import random
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct, field


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


class WebhookConfig(Struct, rename="camel", forbid_unknown_fields=True):
    """How events leave. ``duplicates`` more copies of each, ``delay`` seconds late, ``batch`` > 1 joins that many."""

    duplicates: int = 0
    delay: float = 0.0
    shape: Literal["changes", "flat"] = "changes"
    shuffle: bool = False
    batch: int = 1
    timeout: float = 10.0
    own_comments: bool = True
    """Whether an account's own comments are told as well."""


class Config(Struct, rename="camel", forbid_unknown_fields=True):
    """Everything that can be tuned while running. Times are seconds."""

    ready: dict[str, float | Range] = field(
        default_factory=lambda: {"IMAGE": 0.6, "CAROUSEL_ITEM": 0.6, "CAROUSEL": 0.4, "STORIES": 0.8, "default": 2.0}
    )
    """Per container kind: IMAGE, CAROUSEL_ITEM, VIDEO (an item), CAROUSEL, REELS, STORIES, default."""
    accounts: dict[str, AccountConfig] = field(default_factory=dict)
    quota_total: int = 50
    container_limit: int = 400
    strict_media: bool = False
    fetch_timeout: float = 20.0
    code_lifetime: float = 3600.0
    short_token_lifetime: float = 5400.0
    long_token_lifetime: float = 5_184_000.0
    exchange_extends: bool = False
    """Whether exchanging a long-lived token gives a new one with a new end, or the same one again (§1.3)."""
    data_access_lifetime: float = 7_776_000.0
    media_link_lifetime: float = 259_200.0
    republish_code: int = 9007
    republish_subcode: int = 2207027
    webhooks: WebhookConfig = field(default_factory=WebhookConfig)

    def ready_after(self, account_id: str, kind: str, dice: random.Random) -> float:
        """Seconds until a container of that kind is ready; the account's own value wins."""
        for table in (self.accounts[account_id].ready if account_id in self.accounts else {}, self.ready):
            value = table.get(kind, table.get("default"))
            if value is not None:
                return value.draw(dice) if isinstance(value, Range) else value
        return 0.0

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
