"""What each recorded delivery of Instagram is cut into, and what it says: one entry per fixture."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from huntaze.platforms.contract import (
    Attachment,
    CommentReceived,
    ControlMove,
    FieldChanged,
    Mentioned,
    MessageReceived,
    NeutralEvent,
    Noted,
    OptedIn,
    Postback,
    Reacted,
    Referral,
    Referred,
    Seen,
    StoryLink,
    StoryNumbers,
    ThreadControl,
)

FIXTURES = Path(__file__).parents[2] / "fixtures" / "instagram"
ACCOUNT = "17841400000000001"
PAGE = "108000000000001"
SENT_AT = datetime(2026, 2, 2, 2, 40, 0, 1000, UTC)
TESTED_AT = datetime(2026, 2, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Expected:
    kind: str
    identity: str
    partition: str
    neutral: NeutralEvent
    replaces: bool = False


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def comment(ref: str, media: str, text: str, parent: str = "") -> CommentReceived:
    return CommentReceived(ACCOUNT, ref, media, parent, text, "9988", "ana", None)


def message(mid: str, text: str = "") -> MessageReceived:
    return MessageReceived(ACCOUNT, mid, "9988", False, text, SENT_AT)


def cdn(number: int) -> str:
    return f"https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id={number}"


def under(media: str, neutral: NeutralEvent, identity: str, kind: str = "comments") -> Expected:
    return Expected(kind, identity, f"{ACCOUNT}/media/{media}", neutral, replaces=kind == "story_insights")


def commented(neutral: CommentReceived, kind: str = "comments") -> Expected:
    return under(neutral.media_ref, neutral, f"comment/{neutral.comment_ref}/created", kind)


def said(neutral: MessageReceived, kind: str = "message", state: str = "created") -> Expected:
    identity = f"message/{neutral.message_ref}/{state}"
    return Expected(kind, identity, f"{ACCOUNT}/person/{neutral.person_ref}", neutral)


def happened(kind: str, identity: str, neutral: NeutralEvent) -> Expected:
    return Expected(kind, identity, f"{ACCOUNT}/person/9988", neutral)


def control(move: ControlMove) -> Expected:
    neutral = ThreadControl(ACCOUNT, "9988", move, "700", "701", "to the inbox", SENT_AT)
    return happened("handover", f"{move}_thread_control/9988/1770000000001", neutral)


ECHO = replace(message("aWdf3", "Hello Ana"), from_account=True, app_ref="700")
TO_SELF = replace(message("aWdf4", "note to self"), person_ref=ACCOUNT, from_account=True, to_self=True)
STANDBY = replace(message("aWdf14", "for the other app"), standby=True)
STANDBY_ECHO = replace(message("aWdf16", "from the other app"), from_account=True, app_ref="701", standby=True)
TESTED = MessageReceived(ACCOUNT, "random_mid", "12334", False, "random_text", TESTED_AT)
BY_AD = Referral("spring", "ADS", "OPEN_THREAD", "2385", "Spring", "https://atelier.example/p.jpg")
BY_LINK = Referral("shop-window", "IGME-SOURCE-LINK", "OPEN_THREAD")
STORY = StoryLink("1793", cdn(2), "https://atelier.example")
AD_COMMENT = replace(
    comment("17993", "1790", "how much?"), ad_ref="2385", ad_title="Spring", original_media_ref="1789"
)  # fmt: skip
FIGURES = {"impressions": 40, "reach": 38, "taps_forward": 12, "taps_back": None, "exits": 6, "replies": None}

EXPECTED = {
    "comments": commented(comment("17990", "1789", "café 😀")),
    "comments_reply": commented(comment("17991", "1789", "thank you", "17990")),
    "comments_comment_id": commented(comment("17992", "1789", "nice")),
    "comments_ad": commented(AD_COMMENT),
    "comments_flat": commented(comment("17994", "1789", "nice")),
    "live_comments": commented(replace(comment("17995", "1791", "hi from Brest"), live=True), "live_comments"),
    "mentions_caption": under("1792", Mentioned(ACCOUNT, "1792"), "mention/1792/caption/created", "mentions"),
    "mentions_comment": under("1792", Mentioned(ACCOUNT, "1792", "17996"), "mention/1792/17996/created", "mentions"),
    "story_insights": under("1793", StoryNumbers(ACCOUNT, "1793", FIGURES), "story_insights/1793", "story_insights"),
    "changed_fields": Expected(
        "changed_fields", "changed_fields/comments", ACCOUNT, FieldChanged(ACCOUNT, "comments"), replaces=True
    ),
    "messages_in_changes": said(message("aWdf-test", "random_text")),
    "test_button": said(TESTED),
    "message": said(message("aWdf1", "Bonjour ✨")),
    "message_page": Expected(
        "message",
        "message/aWdf15/created",
        f"{PAGE}/person/9988",
        replace(message("aWdf15", "to the Page's inbox"), account_ref=PAGE),
    ),
    "message_attachments": said(replace(message("aWdf2"), attachments=(Attachment("image", cdn(1)),))),
    "message_echo": said(ECHO, "message_echo"),
    "message_self": said(TO_SELF, "message_echo"),
    "message_self_beside": said(TO_SELF, "message_echo"),
    "message_unsend": said(replace(message("aWdf1"), deleted=True), "message_deleted", "deleted"),
    "message_unsupported": said(replace(message("aWdf5"), unsupported=True)),
    "message_quick_reply": said(replace(message("aWdf6", "Opening hours"), quick_reply="HOURS")),
    "message_reply": said(replace(message("aWdf7", "the blue one"), reply_to="aWdf3")),
    "message_story_reply": said(replace(message("aWdf8", "where is this?"), story=STORY)),
    "message_story_mention": said(
        replace(message("aWdf9"), story_mention=True, attachments=(Attachment("story_mention", cdn(3)),))
    ),
    "message_post_share": said(
        replace(message("aWdf10"), attachments=(Attachment("ig_post", cdn(4), "Vases", "1789"),))
    ),
    "message_reel_share": said(
        replace(message("aWdf11"), attachments=(Attachment("ig_reel", cdn(5), "Kiln", "1794"),))
    ),
    "message_ad_start": said(replace(message("aWdf12", "Is this available?"), referral=BY_AD)),
    "message_edit": said(replace(message("aWdf1", "Bonsoir"), edited=2), "message_edit", "edited:2"),
    "reaction": happened(
        "reaction",
        "reaction/aWdf3/9988/react/1770000000001",
        Reacted(ACCOUNT, "aWdf3", "9988", False, False, SENT_AT, "love", "❤️"),
    ),
    "reaction_unreact": happened(
        "reaction",
        "reaction/aWdf3/9988/unreact/1770000000001",
        Reacted(ACCOUNT, "aWdf3", "9988", False, True, SENT_AT),
    ),
    "postback": happened(
        "postback", "postback/aWdf13/created", Postback(ACCOUNT, "aWdf13", "9988", "Opening hours?", "HOURS", SENT_AT)
    ),
    "referral": happened(
        "referral", "referral/shop-window/9988/1770000000001", Referred(ACCOUNT, "9988", BY_LINK, SENT_AT)
    ),
    "seen": happened("seen", "9988/aWdf3/seen", Seen(ACCOUNT, "aWdf3", "9988", False, SENT_AT)),
    "handover_pass": control(ControlMove.PASSED),
    "handover_take": control(ControlMove.TAKEN),
    "handover_request": control(ControlMove.REQUESTED),
    "optin": happened(
        "optin", "optin/9988/1770000000001", OptedIn(ACCOUNT, "9988", "notification_messages", "NEWS", SENT_AT)
    ),
    "standby": happened("standby", "standby/message/aWdf14/created", STANDBY),
    "standby_echo": happened("standby", "standby/message/aWdf16/created", STANDBY_ECHO),
    "policy_enforcement": Expected(
        "policy_enforcement",
        "policy_enforcement//1770000000001",
        f"{ACCOUNT}/person/",
        Noted("policy_enforcement", ACCOUNT, {"action": "warning", "reason": "An example."}),
    ),
    "response_feedback": happened(
        "response_feedback",
        "response_feedback/9988/1770000000001",
        Noted("response_feedback", ACCOUNT, {"message_ref": "aWdf3", "feedback": "Good"}),
    ),
}
UNKNOWN = {"unknown_change": "brand_new_field", "unknown_messaging": "messaging", "unknown_entry": "unknown"}
