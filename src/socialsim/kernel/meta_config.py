"""The knobs of what Meta leaves open, area by area."""

from typing import Literal

from msgspec import Struct, field


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
