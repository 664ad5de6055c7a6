"""What the dashboard's Test button sends: made-up values, message fields in ``changes`` too (instagram.md §6.6)."""

from collections.abc import Mapping

TESTED_ACCOUNT = "0"
_SENT = "1769904000"
_ENDS: dict[str, object] = {"sender": {"id": "12334"}, "recipient": {"id": "23245"}, "timestamp": _SENT}
_COMMENT: dict[str, object] = {
    "from": {"id": "232323232", "username": "test"},
    "media": {"id": "123123123", "media_product_type": "FEED"},
    "id": "17865799348089039",
    "parent_id": "1231231234",
    "text": "This is an example.",
}
_HANDOVER: dict[str, object] = {"previous_owner_app_id": "12345", "new_owner_app_id": "67890", "metadata": "example"}
_BODIES: Mapping[str, dict[str, object]] = {
    "messages": {"message": {"mid": "random_mid", "text": "random_text"}},
    "message_echoes": {"message": {"mid": "random_mid", "text": "random_text", "is_echo": True}},
    "message_edit": {"message_edit": {"mid": "random_mid", "text": "random_text", "num_edit": 1}},
    "message_reactions": {"reaction": {"mid": "random_mid", "action": "react", "reaction": "love", "emoji": "❤️"}},
    "messaging_postbacks": {"postback": {"mid": "random_mid", "title": "Talk to human", "payload": "random_payload"}},
    "messaging_referral": {"referral": {"ref": "example", "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"}},
    "messaging_seen": {"read": {"mid": "random_mid"}},
    "messaging_handover": {"pass_thread_control": _HANDOVER},
    "messaging_optins": {"optin": {"type": "notification_messages", "payload": "random_payload"}},
    "messaging_policy_enforcement": {"policy_enforcement": {"action": "warning", "reason": "An example."}},
    "response_feedback": {"response_feedback": {"mid": "random_mid", "feedback": "Good"}},
    "standby": {"message": {"mid": "random_mid", "text": "random_text"}},
}
_CHANGES: Mapping[str, dict[str, object]] = {
    "comments": _COMMENT,
    "live_comments": {**_COMMENT, "media": {"id": "123123123", "media_product_type": "LIVE"}},
    "mentions": {"media_id": "17887498072083520", "comment_id": "17887498072083521"},
    "story_insights": {
        "media_id": "17887498072083520",
        "impressions": 444,
        "reach": 44,
        "taps_forward": 4,
        "taps_back": 3,
        "exits": 3,
        "replies": 0,
    },
}


FIELDS = (*_CHANGES, *_BODIES)
"""What has a sample."""
TESTABLE_FIELDS = (*_CHANGES, *_BODIES)
"""Every field with a Test button."""


def sample(field: str) -> dict[str, object]:
    """The value of a field's test; KeyError for a field that has none."""
    return _CHANGES[field] if field in _CHANGES else {**_ENDS, **_BODIES[field]}
