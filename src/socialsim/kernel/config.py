"""The knobs of a running simulator, read and merged by ``/_sim/config``."""

import random
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from socialsim.kernel.posting_config import EventConfig, PostingConfig


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
    message_shape: Literal["messaging", "changes", "flat", "standby"] = "messaging"
    """The form of inbox events; ``changes`` is the one of the dashboard's Test button."""
    comment_key: Literal["id", "comment_id"] = "id"
    """How a comment names itself in its own event."""
    times: Literal["numbers", "strings"] = "numbers"
    """How times are written, and the number of an edit."""
    wrapped: bool = False
    """Whether a body stands in an array, as in the platform's own samples."""
    new_time: bool = False
    """Whether a copy or a retry carries the time of its own sending."""
    disable_after: float = 0.0
    """Seconds of failure after which the platform switches a subscription off; 0 = never."""


class InstagramLoginConfig(Struct, rename="camel", forbid_unknown_fields=True):
    """What Instagram Login leaves open (instagram.md §2). Times are seconds."""

    token_answer: Literal["flat", "documented"] = "flat"  # noqa: S105  the shape of an answer
    """What a code is exchanged for: as seen live, or in a list as the documents show it."""
    short_token_lifetime: float = 3600.0
    refresh_after: float = 86_400.0
    """How old a long-lived token must be to be refreshed."""
    old_token_lives: bool = True
    """Whether a token works on after it was refreshed."""
    versioned_lengthening: bool = True
    """Whether exchange and refresh take a version before their path: Meta's SDK writes one, the documents do not."""
    wrapped_me: bool = False
    """Whether ``/me`` comes as ``{"data": [{…}]}``, as in some copies of the documents."""
    mixed_case_type: bool = False
    """Whether ``account_type`` comes as ``Business`` and ``Media_Creator``."""
    signed_with: Literal["instagram", "meta"] = "instagram"
    """The app secret of webhooks and callbacks of accounts connected this way: live test, or the documents."""


class ComplianceConfig(Struct, rename="camel", forbid_unknown_fields=True):
    """How the callbacks of instagram.md §7 leave: ``repeats`` more copies of each, or wrongly signed."""

    repeats: int = 0
    bad_signature: bool = False


class TikTokConfig(Struct, rename="camel", forbid_unknown_fields=True):
    """What is particular about TikTok. Times are seconds."""

    token_profile: Literal["2h", "24h"] = "2h"  # noqa: S105  a length of time
    """2 h and 180 d, or 24 h and 365 d (tiktok.md §2.5); an app may have its own."""
    refresh_grace: float = 0.0
    """How long a rotated refresh token still works (§2.6)."""
    refresh_restarts: bool = True
    """Whether rotation restarts the life of the refresh token, or its successor ends when it would have ended."""
    refresh_ends_access: bool = False
    """Whether a refresh also ends the access token before."""
    code_lifetime: float = 600.0
    oauth_error_status: Literal[200, 400, 401] = 400
    """Of the errors of §2.8; 200 is the other reading."""
    error_shape: Literal["wrapped", "bare", "without-data"] = "wrapped"
    """``bare``: the three keys without ``error`` around them, as the general error page shows; ``data`` may be absent
    (§1.3)."""
    log_key: Literal["log_id", "logid"] = "log_id"
    """How the envelope names it: samples and tables differ (§1.2)."""
    over_scope: Literal["refuse", "omit"] = "refuse"
    """What becomes of a field of user info outside the granted scopes (§3)."""
    invalid_word: Literal["invalid_params", "invalid_param"] = "invalid_params"
    """How posting endpoints spell it (§4.13)."""
    rate_limits: bool = True
    display_limit_per: Literal["token", "app"] = "token"
    """Whom the 600 a minute of user info and videos are counted for (§3)."""
    query_with_cursor: bool = False
    """Whether video/query also answers ``cursor`` and ``has_more``, as one official sample does (§5)."""
    target_delay: float = 0.0
    """How long a new target user of a sandbox waits until it works (§9: up to an hour)."""
    cover_lifetime: float = 21_600.0
    avatar_lifetime: float = 7200.0
    posting: PostingConfig = field(default_factory=PostingConfig)
    webhooks: EventConfig = field(default_factory=EventConfig)


class InsightsConfig(Struct, rename="camel", forbid_unknown_fields=True):
    """How numbers come (instagram.md §4.4, §4.5). Times are seconds."""

    delay: float = 0.0
    """How late all figures are; the platform names up to 48 h."""
    reach_lag: float = 3600.0
    """How far ``reach`` of a medium stays behind its ``views``."""
    nested_failure: Literal["drop", "fail"] = "drop"
    """What an expanded ``insights`` does on a medium that cannot serve it: its key is missing, or all fails."""
    early_code: int = 100
    """The code beside subcode 2108006 for media of before the professional account; 4 was seen as well."""
    bare_text: bool = False
    """Whether "Not enough viewers…" comes without its ``(#10)`` prefix."""
    upper_case: bool = False
    """Whether values of media breakdowns come in capitals, as they are documented, or in small letters."""


class ReadingConfig(Struct, rename="camel", forbid_unknown_fields=True):
    """What reading may cost, and what comments may hold (instagram.md §4.2, §4.3)."""

    budget: int = 300_000
    """The largest product of the limits of one nested request; above it code 1 asks to reduce the data."""
    newest: int = 10_000
    """How many media a list reaches back."""
    null_batch_every: int = 0
    """Each n-th item of a batch answers null, as if it had timed out; 0 never."""
    sensitive_hashtags: list[str] = field(default_factory=list)
    comment_length: int = 300
    comment_hashtags: int = 4
    comment_links: int = 1
    """Limits of a comment through the API; 0 lifts one."""


class Rate(Struct, rename="camel", forbid_unknown_fields=True):
    """So many calls of an account in so many seconds."""

    calls: int
    seconds: float = 3600.0


class LimitsConfig(Struct, rename="camel", forbid_unknown_fields=True):
    """Meta's call limits (instagram.md §8.1), by default too roomy to be met; the floors are for small accounts."""

    impressions_floor: int = 20_000
    engaged_floor: int = 20_000
    """Engaged people of a Page, for its own calls and for messages."""
    users_floor: int = 1_000_000
    user_calls: int = 100_000_000
    """Calls an hour with one person's token."""
    rates: dict[str, Rate] = field(default_factory=dict)
    """By endpoint, e.g. ``GET /{ig}/insights``."""
    penalty: float = 60.0
    """Seconds by which each call while blocked lengthens the block."""
    headers: float = 1.0
    """The share of answers that carry the usage headers."""


class UploadConfig(Struct, rename="camel", forbid_unknown_fields=True):
    """Meta's resumable upload (instagram.md §3.4)."""

    tells_uri: bool = True
    """Whether the answer that makes the container carries ``uri``."""
    error_status: int = 400
    """The status of a ``debug_info`` answer, seen as 200 and 4xx; without a right token it is 401 at any rate."""


class MessagingConfig(Struct, rename="camel", forbid_unknown_fields=True):
    """Limits of Instagram's inbox and what its documents leave open (instagram.md §5.1). 0 is no limit."""

    conversations_per_second: int = 2
    """Lists and single reads of one account together."""
    sends_per_second: int = 100
    """100 in one section of the platform's page, 300 in the other."""
    media_per_second: int = 10
    """Audio and video."""
    private_replies_per_hour: int = 750
    """To comments of posts and reels."""
    live_replies_per_second: int = 100
    """To comments of a broadcast."""
    fetch_timeout: float = 75.0
    """Seconds an attachment may take to be fetched."""
    language: Literal["en", "fr", "de"] = "en"
    """Of the error outside the window."""
    self_answer: Literal["message_id", "id"] = "message_id"
    """What a message to oneself answers."""
    self_flag: Literal["message", "item"] = "message"
    """Where ``is_self`` stands."""
    reel_type: Literal["ig_reel", "reel"] = "ig_reel"
    """What a shared reel is called in an event."""


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
