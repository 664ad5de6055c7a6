"""TikTok's knobs: ``tiktok`` of ``/_sim/config``."""

from typing import Literal

from msgspec import Struct, field

FailReason = Literal[
    "file_format_check_failed",
    "duration_check_failed",
    "frame_rate_check_failed",
    "picture_size_check_failed",
    "internal",
    "video_pull_failed",
    "photo_pull_failed",
    "publish_cancelled",
    "auth_removed",
    "spam_risk_too_many_posts",
    "spam_risk_user_banned_from_posting",
    "spam_risk_text",
    "spam_risk",
]
"""Why a job ended (tiktok.md §4.8)."""


class CreatorPostingConfig(Struct, rename="camel", forbid_unknown_fields=True):
    """What differs for one creator; None: as for all."""

    processing: float | None = None
    """Seconds from the last byte to the post or the draft."""
    moderation: float | None = None
    """Seconds from the post to the public."""
    post_cap: int | None = None
    """Posts in 24 h over all apps."""
    fails: FailReason | None = None
    """Every job ends with it."""
    never_finishes: bool = False
    """Jobs stay in PROCESSING for ever (§4.7)."""


class PostingConfig(Struct, rename="camel", forbid_unknown_fields=True):
    """How jobs ripen and what the documents leave open (tiktok.md §4, §11.4). Times are seconds."""

    processing: float = 1.0
    """From the last byte to the post or the draft."""
    spread: float = 0.0
    """0.2 draws each processing time within ±20 %."""
    per_gigabyte: float = 60.0
    """More processing for larger files: about half a minute at 512 MB (§4.7)."""
    moderation: float = 2.0
    """From the post to the public; hours are possible."""
    creators: dict[str, CreatorPostingConfig] = field(default_factory=dict)
    """By the simulator's id of the creator."""
    download_rate: float = 12_500_000.0
    """Bytes a second at which addresses are pulled: 100 Mbps (§4.9)."""
    pull_timeout: float = 3600.0
    """After it a pull fails (§4.9)."""
    upload_lifetime: float = 3600.0
    """How long an ``upload_url`` works (§4.6)."""
    upload_host: Literal["open-upload.tiktokapis.com", "upload.us.tiktokapis.com"] = "open-upload.tiktokapis.com"
    """Where ``upload_url`` points; both hosts take every upload."""
    late_upload: Literal["fails", "hangs"] = "fails"
    """What becomes of a job whose bytes were not all there in time: FAILED with ``internal``, or nothing ever."""
    post_cap: int = 15
    """Posts of a creator in 24 h over all apps; "typically around 15" (§4.11)."""
    draft_cap: int = 5
    """Pending drafts of a creator in 24 h (§4.3)."""
    draft_life: float = 0.0
    """How long a draft waits in the inbox; 0: for ever. Some say 24 h, no official text does (§4.3)."""
    unaudited_users: int = 5
    """Creators who may post through an unaudited app in 24 h (§4.11)."""
    unaudited_options: Literal["all", "self-only"] = "all"
    """Which privacy levels creator_info tells an unaudited app (§4.1)."""
    megabyte: Literal["either", "decimal", "binary"] = "either"
    """How chunk rules are read; ``either`` refuses only what is wrong both ways (§4.5)."""
    uploaded_bytes: Literal["count", "offset"] = "count"
    """Whether ``Content-Range`` of a chunk's answer ends in the number of bytes or in the last one's place (§4.6)."""
    repeated_chunk: Literal[416, 206] = 416
    """The answer to a range that is already there."""
    check_media: bool = True
    """Whether files are held against §4.12; otherwise any bytes are a good video."""
    toggles_required: bool = False
    """Whether an init without the two brand toggles is refused: the tables mark them required, samples omit them."""
    photo_limit: Literal["short-side", "box", "width"] = "short-side"
    """What "max 1080p" means: the shorter side, 1080 by 1920 either way round, or the width (§4.12)."""
    status_keys: Literal["all", "some", "none"] = "all"
    """``some``: status/fetch leaves out everything but the status; ``none``: its data are empty (§4.7)."""
    post_ids: Literal["list", "scalar"] = "list"
    """How ``publicaly_available_post_id`` comes; as a scalar it is missing while there is none."""
    spam_phrases: list[str] = field(default_factory=lambda: ["socialsim spam"])
    """A caption that holds one ends in ``spam_risk_text``."""


class EventConfig(Struct, rename="camel", forbid_unknown_fields=True):
    """How TikTok's events leave (tiktok.md §6, §11.4). Times are seconds."""

    duplicates: int = 0
    """More copies of each event."""
    delay: float = 0.0
    """How late each event leaves."""
    shuffle: bool = False
    """Each waits up to a second by chance, so that they overtake each other."""
    wrong_signature: bool = False
    """Whether events are signed with a secret that is not the app's."""
    resign: bool = True
    """Whether a retry is signed anew with its own ``t``, or carries the first one (§6.4 ?)."""
    user_openid: bool = True
    """Whether the envelope carries it; some documented samples do not."""
    post_id: Literal["number", "string"] = "number"
    """How ``post_id`` stands in the content."""
    failure_key: Literal["reason", "fail_reason"] = "reason"
    """The key under which a failed job says why (§6.3)."""
    spelling: Literal["documented", "corrected"] = "documented"
    """``no_longer_publicaly_available`` as it is written, or put right."""
    unknown: bool = False
    """Each event is followed by one of a name that nobody knows."""


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
