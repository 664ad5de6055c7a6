"""How events are put for people: what they tell of, and why one failed."""

from __future__ import annotations

from collections.abc import Mapping

from huntaze.kit.text import N_
from huntaze.platforms.events import MALFORMED
from huntaze.ui.i18n import _

_KINDS: Mapping[str, str] = {
    MALFORMED: N_("Something unreadable"),
    "comments": N_("Comment"),
    "live_comments": N_("Comment on a live video"),
    "mentions": N_("Mention"),
    "story_insights": N_("Figures of a story"),
    "changed_fields": N_("Change of the account"),
    "message": N_("Message"),
    "message_echo": N_("Message of your own"),
    "message_deleted": N_("Message taken back"),
    "message_edit": N_("Message edited"),
    "reaction": N_("Reaction to a message"),
    "postback": N_("Button pressed in a conversation"),
    "referral": N_("Conversation begun by a link"),
    "seen": N_("Message read"),
    "handover": N_("Conversation handed over"),
    "optin": N_("Consent to messages"),
    "policy_enforcement": N_("Measure of the network"),
    "response_feedback": N_("Rating of an answer"),
    "standby": N_("Message while another app answers"),
    "post.publish.failed": N_("Post failed"),
    "post.publish.complete": N_("Post came through"),
    "post.publish.inbox_delivered": N_("Post waits in the app"),
    "post.publish.publicly_available": N_("Post is public"),
    "post.publish.publicaly_available": N_("Post is public"),
    "post.publish.no_longer_publicly_available": N_("Post is no longer public"),
    "post.publish.no_longer_publicaly_available": N_("Post is no longer public"),
    "authorization.removed": N_("Account took the permission back"),
}
"""By the names under which the networks send them; what has no words here is told by its name."""


def kind_words(kind: str) -> str:
    """What an event tells of; the network's own name of it if nobody knows it."""
    return _(_KINDS[kind]) if kind in _KINDS else kind.replace("_", " ").capitalize()


def reason_words(problem: str) -> str:
    """Why an event failed. What could not be decoded names its fault behind a colon, what failed at work does not."""
    return (
        _("What arrived cannot be read.") if ":" in problem else _("Something went wrong here while it was worked on.")
    )
