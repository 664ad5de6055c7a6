"""What each recorded delivery of TikTok says: one entry per fixture."""

from datetime import UTC, datetime
from pathlib import Path

from huntaze.platforms.contract import (
    AuthorizationRemoved,
    NeutralEvent,
    Noted,
    PostProgressed,
    PostState,
    RemovalReason,
)

FIXTURES = Path(__file__).parents[2] / "fixtures" / "tiktok"
CREATOR = "0f3a-sim-open-id"
SENT_AT = datetime(2026, 9, 21, 14, 15, tzinfo=UTC)
POST, DRAFT = "v_pub_file~v2-1.700000000000000001", "v_inbox_file~v2-1.700000000000000002"
SHARE = {"share_id": "video.6974245311675353080.VDCxrcMJ"}


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def progressed(state: PostState, media_ref: str = "", reason: str = "", account: str = CREATOR) -> PostProgressed:
    return PostProgressed(account, POST, state, SENT_AT, media_ref, reason)


EXPECTED: dict[str, tuple[str, NeutralEvent]] = {
    "authorization_removed": (
        "authorization.removed", AuthorizationRemoved(CREATOR, RemovalReason.DISCONNECTED, SENT_AT)
    ),
    "post_failed": ("post.publish.failed", progressed(PostState.FAILED, reason="file_format_check_failed")),
    "post_failed_fail_reason": ("post.publish.failed", progressed(PostState.FAILED, reason="spam_risk")),
    "post_complete": ("post.publish.complete", progressed(PostState.COMPLETE)),
    "post_complete_without_openid": ("post.publish.complete", progressed(PostState.COMPLETE, account="")),
    "post_inbox_delivered": (
        "post.publish.inbox_delivered", PostProgressed(CREATOR, DRAFT, PostState.INBOX_DELIVERED, SENT_AT)
    ),
    "post_public": ("post.publish.publicly_available", progressed(PostState.PUBLIC, "7500000000000000001")),
    "post_public_text_id": ("post.publish.publicly_available", progressed(PostState.PUBLIC, "7500000000000000002")),
    "post_no_longer_public": (
        "post.publish.no_longer_publicaly_available", progressed(PostState.NO_LONGER_PUBLIC, "7500000000000000001")
    ),
    "post_no_longer_public_corrected": (
        "post.publish.no_longer_publicly_available", progressed(PostState.NO_LONGER_PUBLIC, "7500000000000000001")
    ),
    "video_upload_failed": ("video.upload.failed", Noted("video.upload.failed", CREATOR, SHARE)),
    "video_publish_completed": ("video.publish.completed", Noted("video.publish.completed", CREATOR, SHARE)),
    "portability_download_ready": (
        "portability.download.ready",
        Noted("portability.download.ready", CREATOR, {"request_id": "7380000000000000001"}),
    ),
}  # fmt: skip
UNKNOWN = {"unknown_event": "post.publish.not_known_yet"}
