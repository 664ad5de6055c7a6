"""Attachments a client sends: fetched, checked by content and size, kept (instagram.md §5.1 Media, §5.4)."""

from collections.abc import Mapping

from socialsim.kernel.fetching import FetchFailed
from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError, bad_parameter
from socialsim.meta.inbox import Attachment, Upload
from socialsim.meta.messaging import problems
from socialsim.meta.messaging.bodies import json_object, text_of
from socialsim.meta.model import Account

_MB = 1024 * 1024
_CAPS = {"image": 8 * _MB, "audio": 25 * _MB, "video": 25 * _MB, "file": 25 * _MB}
_TYPES = {
    "image": {"png", "jpg"},
    "audio": {"aac", "m4a", "wav", "mp4"},
    "video": {"mp4", "m4a", "ogg", "avi", "mov", "webm"},
    "file": {"pdf"},
}
_TEMPLATES = {"generic": "elements", "button": "buttons", "product": "elements"}
_SIGNS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"OggS", "ogg"), (b"\x1aE\xdf\xa3", "webm"))
FILES = frozenset(_CAPS)


def extension_of(head: bytes) -> str:
    """What a file is by its first bytes, or an empty text."""
    for sign, extension in _SIGNS:
        if head.startswith(sign):
            return extension
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head[:4] == b"RIFF":
        return {b"WAVE": "wav", b"AVI ": "avi"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return {b"M4A ": "m4a", b"qt  ": "mov"}.get(head[8:12], "mp4")
    return "aac" if head[:1] == b"\xff" and head[1:2] in {b"\xf1", b"\xf9"} else ""


async def attachment(context: Context, account: Account, part: Mapping[str, object]) -> Attachment:
    """One attachment of a message, ready to go out."""
    kind = text_of(part.get("type"))
    payload = part.get("payload")
    known: Mapping[str, object] = payload if isinstance(payload, dict) else {}
    match kind.lower():
        case "like_heart":
            return Attachment("like_heart", blob="leaf-heart.jpg")
        case "media_share":
            return _own_post(context, account, text_of(known.get("id")))
        case "template":
            return Attachment("template", template=_template(known))
        case "image" | "audio" | "video" | "file" as name:
            return await _file(context, account, name, known)
        case _:
            raise bad_parameter(f"Param message[attachment][type] is not a known type: {kind}")


def _own_post(context: Context, account: Account, media_id: str) -> Attachment:
    media = context.world.media.get(media_id)
    if media is None or media.account_id != account.id:
        raise bad_parameter("MEDIA_SHARE needs the id of one of the account's own posts")
    return Attachment("share", media_id=media.id)


def _template(payload: Mapping[str, object]) -> dict[str, object]:
    """Generic, button or product: which one, with something in it."""
    kind = text_of(payload.get("template_type"))
    wanted = _TEMPLATES.get(kind)
    if wanted is None:
        raise bad_parameter("template_type must be one of generic, button, product")
    parts = payload.get(wanted)
    if not isinstance(parts, list) or not parts or not all(isinstance(part, dict) for part in parts):
        raise bad_parameter(f"A {kind} template needs {wanted}")
    if kind == "button" and not text_of(payload.get("text")):
        raise bad_parameter("A button template needs text")
    needed = "id" if kind == "product" else "title"
    if not all(text_of(part.get(needed)) for part in parts):
        raise bad_parameter(f"Each of the {wanted} needs {needed}")
    return dict(payload)


async def _file(context: Context, account: Account, kind: str, payload: Mapping[str, object]) -> Attachment:
    upload_id = text_of(payload.get("attachment_id"))
    if not upload_id:
        return await _fetched(context, kind, text_of(payload.get("url")))
    upload = context.world.inbox.uploads.get(upload_id)
    if upload is None or upload.account_id != account.id or upload.attachment.kind != kind:
        raise GraphError(problems.ATTACHMENT_UNKNOWN)
    return upload.attachment


async def _fetched(context: Context, kind: str, url: str) -> Attachment:
    if not url:
        raise bad_parameter("Param message[attachment][payload] needs url or attachment_id")
    services = context.services
    config = services.config
    try:
        download = await services.fetcher.open(url, strict=config.strict_media, timeout=config.messaging.fetch_timeout)
        data = await download.read(_CAPS[kind])
    except FetchFailed as error:
        known = {"slow": problems.ATTACHMENT_SLOW, "too-large": problems.ATTACHMENT_SIZE}
        raise GraphError(known.get(error.reason, problems.ATTACHMENT_FETCH)) from error
    extension = extension_of(data)
    if extension not in _TYPES[kind]:
        raise GraphError(problems.ATTACHMENT_TYPE)
    return Attachment(kind, blob=services.blobs.put(data, extension), size=len(data))


async def upload(context: Context, account: Account) -> Upload:
    """``POST /{page}/message_attachments``: keep it for later messages."""
    if context.call.params.get("platform", "").lower() != "instagram":
        raise bad_parameter("socialsim: only platform=instagram is simulated")
    part = json_object(context.parameter("message"), "message").get("attachment")
    if not isinstance(part, dict) or text_of(part.get("type")) not in FILES:
        raise bad_parameter("Param message[attachment] must be an image, audio, video or file")
    stored = await attachment(context, account, part)
    made = Upload(context.services.mint.id("1784", 16), account.id, stored)
    context.world.inbox.uploads[made.id] = made
    return made
