"""A valid call for every endpoint of TikTok that changes anything."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from socialsim.kernel.pictures import CLIP_PATH
from socialsim.testing import TIKTOK_MAYA
from tests.socialsim.staging import BACK, TIKTOK, UPLOADS, Recipe, Shot, Stage

_KEY = {"client_key": "simck0000000001"}
_CLIENT = {**_KEY, "client_secret": "socialsim-tiktok-client-secret"}


def _consent(stage: Stage, host: str) -> Shot:
    query = {**_KEY, "response_type": "code", "scope": "user.info.basic", "redirect_uri": BACK, "state": "s"}
    form: dict[str, str | list[str]] = {
        "action": "continue",
        "creator": TIKTOK_MAYA,
        "permission": ["user.info.basic"],
    }
    return Shot("POST", f"{stage.url(host, 'v2/auth/authorize/')}?{urlencode(query)}", "consent.given", form=form)


def _tiktok_code(stage: Stage, host: str) -> Shot:
    _, code = stage.sim.tiktok_login(BACK)
    form = {**_CLIENT, "grant_type": "authorization_code", "redirect_uri": BACK, "code": code}
    return Shot("POST", stage.url(host, "v2/oauth/token/"), "token.issued", form=form)


def _tiktok_revoke(stage: Stage, host: str) -> Shot:
    form = {**_CLIENT, "token": stage.token(TIKTOK)}
    return Shot("POST", stage.url(host, "v2/oauth/revoke/"), "consent.removed", form=form)


def _tiktok(stage: Stage, path: str, kind: str, document: Mapping[str, object]) -> Shot:
    return Shot("POST", stage.url(TIKTOK, path), kind, document=document, headers=stage.bearer(TIKTOK))


def _file(size: int) -> dict[str, object]:
    return {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": size, "total_chunk_count": 1}


def _post_info() -> dict[str, object]:
    return {"title": "by a recipe", "privacy_level": "SELF_ONLY", "brand_content_toggle": False}


def _direct(stage: Stage, host: str) -> Shot:
    document = {"post_info": _post_info(), "source_info": _file(CLIP_PATH.stat().st_size)}
    return _tiktok(stage, "v2/post/publish/video/init/", "job.started", document)


def _draft(stage: Stage, host: str) -> Shot:
    return _tiktok(stage, "v2/post/publish/inbox/video/init/", "job.started", {"source_info": _file(5000)})


def _photos(stage: Stage, host: str) -> Shot:
    pictures = [f"{stage.sim.url}/_sim/pictures/sea-{number}.jpg?w=720&h=900" for number in range(2)]
    document = {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": {**_post_info(), "description": "x"},
        "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0, "photo_images": pictures},
    }
    return _tiktok(stage, "v2/post/publish/content/init/", "job.started", document)


def _cancel(stage: Stage, host: str) -> Shot:
    publish_id = stage.made(_photos(stage, host), "data", "publish_id")
    return _tiktok(stage, "v2/post/publish/cancel/", "job.cancelled", {"publish_id": publish_id})


def _chunk(stage: Stage, host: str) -> Shot:
    film = CLIP_PATH.read_bytes()
    address = urlsplit(stage.made(_direct(stage, TIKTOK), "data", "upload_url"))
    headers = {"content-type": "video/mp4", "content-range": f"bytes 0-{len(film) - 1}/{len(film)}"}
    return Shot("PUT", f"{stage.url(host, 'video/')}?{address.query}", "upload.received", content=film, headers=headers)


RECIPES: Mapping[str, Mapping[str, Recipe]] = {
    TIKTOK: {
        "POST /v2/oauth/token/": _tiktok_code,
        "POST /v2/oauth/revoke/": _tiktok_revoke,
        "POST /v2/post/publish/video/init/": _direct,
        "POST /v2/post/publish/inbox/video/init/": _draft,
        "POST /v2/post/publish/content/init/": _photos,
        "POST /v2/post/publish/cancel/": _cancel,
    },
    "www.tiktok.com": {"POST /v2/auth/authorize/": _consent},
    **{host: {"PUT /video/": _chunk} for host in UPLOADS},
}
