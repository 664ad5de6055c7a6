"""The built files of the browser: what they are called, and the route that serves them, already compressed and never
changing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

DIST_FOLDER = Path(__file__).parent.parent / "static" / "dist"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_FOR_EVER = "public, max-age=31536000, immutable"


class AssetsMissing(Exception):
    """The browser's files are not built: run `python hatch_build.py`."""


class UnknownIcon(Exception):
    """The icon is not in the sprite: add its lucide name to frontend/icons.json and run `python hatch_build.py`."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One built file with its compressed forms, held in memory (about 300 kB together)."""

    media_type: str
    modified: str
    by_encoding: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Assets:
    """Names of the built files and of the icons in the sprite; `prefix` is where `static_route` is mounted."""

    names: Mapping[str, str]
    icons: frozenset[str]
    files: Mapping[str, StaticFile]
    prefix: str = "/static/"

    @classmethod
    def load(cls, folder: Path = DIST_FOLDER) -> "Assets":
        """Read the manifest and every file of a build. Raises AssetsMissing when there is none."""
        manifest = folder / "manifest.json"
        if not manifest.exists():
            raise AssetsMissing(AssetsMissing.__doc__)
        content = json.loads(manifest.read_bytes())
        files = {name: _read(folder / name) for name in content["files"].values()}
        return cls(content["files"], frozenset(content["icons"]), files)

    def url(self, name: str) -> str:
        """Where a built file is served: `app.js` → `/static/app-HASH.js`."""
        return self.prefix + self.names[name]

    def icon(self, name: str) -> str:
        """The address of one symbol of the sprite. Raises UnknownIcon."""
        if name not in self.icons:
            raise UnknownIcon(f"“{name}”: {UnknownIcon.__doc__}")
        return f"{self.url('icons.svg')}#{name}"


def _read(path: Path) -> StaticFile:
    forms = {"": path.read_bytes()}
    for encoding, ending in (("br", ".br"), ("gzip", ".gz")):
        compressed = path.with_name(path.name + ending)
        if compressed.exists():
            forms[encoding] = compressed.read_bytes()
    return StaticFile(_TYPES[path.suffix], formatdate(path.stat().st_mtime, usegmt=True), forms)


def static_route(assets: Assets) -> Route:
    """GET and HEAD of the built files: immutable, brotli or gzip as asked, 304 for a known ETag or date."""

    async def serve(request: Request) -> Response:
        name = request.path_params["name"]
        file = assets.files.get(name)
        if file is None:
            return PlainTextResponse("Not found", status_code=404)
        accepted = {part.split(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")}
        encoding = next((known for known in ("br", "gzip") if known in accepted and known in file.by_encoding), "")
        headers = {
            "cache-control": _FOR_EVER,
            "etag": f'"{name}{"-" + encoding if encoding else ""}"',
            "last-modified": file.modified,
            "vary": "accept-encoding",
        }
        if _known(request, headers):
            return Response(status_code=304, headers=headers)
        if encoding:
            headers["content-encoding"] = encoding
        return Response(file.by_encoding[encoding], headers=headers, media_type=file.media_type)

    return Route(assets.prefix + "{name}", serve, methods=["GET"], name="static")


def _known(request: Request, headers: Mapping[str, str]) -> bool:
    """Whether the browser holds this very form; If-None-Match rules over If-Modified-Since (RFC 9110 §13.1.3)."""
    etags = request.headers.get("if-none-match")
    if etags is not None:
        return headers["etag"] in {tag.strip().removeprefix("W/") for tag in etags.split(",")} or etags.strip() == "*"
    return request.headers.get("if-modified-since") == headers["last-modified"]
