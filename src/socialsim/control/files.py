"""Pictures drawn by code and media that were fetched, with the links that the platform signs."""

import hmac
import mimetypes

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from socialsim.control.bodies import Endpoints
from socialsim.core import Core
from socialsim.kernel.pictures import CLIP, CLIP_PATH
from socialsim.meta.reading.projection import link_signature
from socialsim.tiktok.reading.links import link_signature as tiktok_signature

_MEDIA_SIZE = (1080, 1350)
_AVATAR_SIZE = (320, 320)


class Files:
    """``/_sim/pictures`` and ``/_sim/media``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Endpoints:
        """What it answers."""
        return [
            ("/_sim/pictures/{name}", {"GET": self.picture}),
            ("/_sim/videos/{name}", {"GET": self.video}),
            ("/_sim/media/{name}", {"GET": self.media}),
        ]

    async def picture(self, request: Request) -> Response:
        """A drawn picture in the asked size."""
        query = request.query_params
        name = request.path_params["name"].removesuffix(".jpg")
        width, height = _AVATAR_SIZE if name.startswith("avatar-") else _MEDIA_SIZE
        return await self._drawn(name, int(query.get("w", width)), int(query.get("h", height)))

    async def video(self, request: Request) -> Response:
        """The clip that ships with the simulator, under any name."""
        return FileResponse(CLIP_PATH, media_type="video/mp4", headers={"cache-control": "max-age=86400"})

    async def media(self, request: Request) -> Response:
        """Bytes behind ``media_url``. A signed link must be right and not over its end; an unsigned one is for us."""
        name: str = request.path_params["name"]
        if not self._admits(request, name):
            return Response("URL signature expired", 403, media_type="text/plain")
        path = CLIP_PATH if name == CLIP else self._core.services.blobs.path(name)
        if path is not None:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            return FileResponse(path, media_type=kind, headers={"cache-control": "max-age=86400"})
        if not name.endswith(".jpg"):
            raise KeyError(name)
        return await self.picture(request)

    def _admits(self, request: Request, name: str) -> bool:
        query, services = request.query_params, self._core.services
        if "x-signature" in query:
            ends = query.get("x-expires", "")
            right = hmac.compare_digest(
                query["x-signature"].encode(), tiktok_signature(services.seed, name, ends).encode()
            )
            return right and services.clock.epoch() < int(ends)
        signature, ends = query.get("oh"), query.get("oe", "")
        if signature is None:
            return True
        right = hmac.compare_digest(signature.encode(), link_signature(services.seed, name, ends).encode())
        return right and services.clock.epoch() < int(ends, 16)

    async def _drawn(self, name: str, width: int, height: int) -> Response:
        data = await self._core.gallery.jpeg(name, width, height)
        return Response(data, media_type="image/jpeg", headers={"cache-control": "max-age=86400"})
