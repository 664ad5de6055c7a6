"""A publishing job: what one init asked for and what became of it (tiktok.md §4.7, §11.2)."""

from typing import Literal

from msgspec import Struct, field

from socialsim.kernel.tiktok_config import FailReason

Status = Literal["PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD", "SEND_TO_USER_INBOX", "PUBLISH_COMPLETE", "FAILED"]
Privacy = Literal["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"]
What = Literal["ready", "upload-ends", "pull-ends", "public"]


class Step(Struct, rename="camel"):
    """Something that will happen to a job at a virtual time."""

    at: float
    what: What
    post_id: str = ""


class Wishes(Struct, rename="camel"):
    """``post_info``: how the creator wants it posted. A draft from a file has none."""

    title: str = ""
    description: str = ""
    privacy: Privacy | Literal[""] = ""
    disable_comment: bool = False
    disable_duet: bool = False
    disable_stitch: bool = False
    cover_ms: int = 0
    cover_index: int = 0
    brand_content: bool = False
    brand_organic: bool = False
    aigc: bool = False
    music: bool = False


class Job(Struct, rename="camel"):
    """One post or draft on its way. Its state follows from what is written here; ``steps`` are still to come."""

    id: str
    """The ``publish_id``."""
    number: int
    client_key: str
    creator_id: str
    open_id: str
    grant: int
    request_id: str
    created_at: float
    media: Literal["VIDEO", "PHOTO"]
    direct: bool
    wishes: Wishes
    urls: list[str] = field(default_factory=list)
    """What is pulled; empty for an upload."""
    size: int = 0
    chunk: int = 0
    count: int = 0
    upload_id: str = ""
    upload_token: str = ""
    received: int = 0
    """Bytes."""
    flaw: FailReason | Literal[""] = ""
    """Why it will fail once it is processed."""
    pace: float = 1.0
    """How much longer than usual its processing takes."""
    received_at: float | None = None
    """When the last byte was there."""
    blobs: list[str] = field(default_factory=list)
    seconds: float = 0.0
    width: int = 0
    height: int = 0
    delivered_at: float | None = None
    """When the draft reached the creator's inbox."""
    posts: list[str] = field(default_factory=list)
    """What was posted from it; a draft may be posted several times."""
    fail_reason: FailReason | Literal[""] = ""
    ended_at: float | None = None
    """When it was first posted, or failed."""
    steps: list[Step] = field(default_factory=list)

    @property
    def status(self) -> Status:
        """As ``status/fetch`` tells it."""
        if self.fail_reason:
            return "FAILED"
        if self.posts:
            return "PUBLISH_COMPLETE"
        if self.delivered_at is not None:
            return "SEND_TO_USER_INBOX"
        return "PROCESSING_DOWNLOAD" if self.urls else "PROCESSING_UPLOAD"

    @property
    def part(self) -> str:
        """The file in which its bytes are gathered."""
        return f"tiktok-{self.number}.part"

    @property
    def pull_reason(self) -> FailReason:
        """Why it ends if its media cannot be fetched (§4.8)."""
        return "video_pull_failed" if self.media == "VIDEO" else "photo_pull_failed"

    @property
    def over(self) -> bool:
        """Whether nothing that the API does can change it any more."""
        return bool(self.fail_reason or self.posts or self.delivered_at is not None)

    @property
    def publish_type(self) -> str:
        """Of webhooks: only the word for drafts is documented (§6.3)."""
        return "DIRECT_POST" if self.direct else "INBOX_SHARE"
