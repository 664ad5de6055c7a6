"""Which fixture shows which kind of event of the fact sheets, so that none is without; for the tests and the bench."""

from collections.abc import Iterable, Mapping

from huntaze.kit.clock import ManualClock
from huntaze.platforms.contract import Events, Unhandled
from huntaze.platforms.instagram.events import GraphEvents
from huntaze.platforms.tiktok import TikTokEvents
from tests.platforms.instagram import recorded as instagram
from tests.platforms.tiktok import recorded as tiktok

SECTIONS = ("instagram.md#6.5", "instagram.md#6.7", "instagram.md#6.8", "tiktok.md#6.3")
"""Their tables name kinds of events."""
SENDERS: Mapping[str, Events] = {"instagram": GraphEvents(), "tiktok": TikTokEvents(ManualClock())}
NEUTRAL = {f"instagram/{name}": expected.neutral for name, expected in instagram.EXPECTED.items()} | {
    f"tiktok/{name}": neutral for name, (_, neutral) in tiktok.EXPECTED.items()
}
FIXTURES = {"instagram": instagram.fixture, "tiktok": tiktok.fixture}

_COMMENTS = ("comments", "comments_reply", "comments_comment_id", "comments_ad", "comments_flat", "live_comments")
_HANDOVER = ("handover_pass", "handover_take", "handover_request")
_INSTAGRAM: Mapping[str, tuple[str, ...]] = {
    "6.5/comments-live_comments": _COMMENTS,
    "6.5/mentions": ("mentions_caption", "mentions_comment"),
    "6.5/story_insights": ("story_insights",),
    "6.5/messages": ("message", "message_attachments", "message_page"),
    "6.5/message_echoes": ("message_echo",),
    "6.5/message_reactions-messaging_postbacks-messaging_referral-mes": (
        "reaction", "postback", "referral", "seen", *_HANDOVER, "standby",
    ),
    "6.5/message_edit-10-sept-2025-some-lists-say-message_edits": ("message_edit",),
    "6.5/messaging_optins": ("optin",),
    "6.5/messaging_policy_enforcement-response_feedback": ("policy_enforcement", "response_feedback"),
    "6.7/comments-live_comments": _COMMENTS,
    "6.7/mentions": ("mentions_caption", "mentions_comment"),
    "6.7/story_insights": ("story_insights",),
    "6.7/messages-co.-in-changes": ("messages_in_changes", "test_button"),
    "6.8/text-attachments": ("message", "message_attachments"),
    "6.8/echo": ("message_echo",),
    "6.8/self-test": ("message_self", "message_self_beside"),
    "6.8/unsend": ("message_unsend",),
    "6.8/unsupported": ("message_unsupported",),
    "6.8/quick-reply": ("message_quick_reply",),
    "6.8/reply-to-message": ("message_reply",),
    "6.8/story-reply": ("message_story_reply",),
    "6.8/story-mention": ("message_story_mention",),
    "6.8/post-share": ("message_post_share",),
    "6.8/reel-share": ("message_reel_share",),
    "6.8/ad-start": ("message_ad_start",),
    "6.8/reaction": ("reaction", "reaction_unreact"),
    "6.8/postback": ("postback",),
    "6.8/referral": ("referral",),
    "6.8/seen": ("seen",),
    "6.8/edit": ("message_edit",),
    "6.8/handover": _HANDOVER,
    "6.8/standby": ("standby", "standby_echo"),
}  # fmt: skip
_TIKTOK: Mapping[str, tuple[str, ...]] = {
    "6.3/authorization.removed": ("authorization_removed",),
    "6.3/post.publish.failed": ("post_failed", "post_failed_fail_reason"),
    "6.3/post.publish.complete": ("post_complete", "post_complete_without_openid"),
    "6.3/post.publish.inbox_delivered": ("post_inbox_delivered",),
    "6.3/post.publish.publicly_available": ("post_public", "post_public_text_id"),
    "6.3/post.publish.no_longer_publicaly_available-sic": ("post_no_longer_public", "post_no_longer_public_corrected"),
    "6.3/video.upload.failed-video.publish.completed": ("video_upload_failed", "video_publish_completed"),
    "6.3/portability.download.ready": ("portability_download_ready",),
}
KINDS = {f"instagram.md#{row}": [f"instagram/{name}" for name in names] for row, names in _INSTAGRAM.items()} | {
    f"tiktok.md#{row}": [f"tiktok/{name}" for name in names] for row, names in _TIKTOK.items()
}
"""Row of a fact sheet to the fixtures that show it."""


def kinds_of(rows: Iterable[str]) -> list[str]:
    """Those of the sheets' rows that name kinds of events."""
    return [row for row in rows if row.partition("/")[0] in SECTIONS]


def without_fixture(rows: Iterable[str]) -> list[str]:
    """Kinds among these rows that no fixture shows, or that are not understood as they should be."""
    return [row for row in kinds_of(rows) if not KINDS.get(row) or not all(map(is_understood, KINDS[row]))]


def is_understood(name: str) -> bool:
    """Whether a fixture is one event, and says what it should, which is never that nobody knows it."""
    platform, _, fixture = name.partition("/")
    events = SENDERS[platform]
    try:
        (item,) = events.split(FIXTURES[platform](fixture))
        neutral = events.decode(item.kind, item.account_ref, item.payload)
    except (OSError, ValueError):
        return False
    return not isinstance(neutral, Unhandled) and neutral == NEUTRAL.get(name)
