"""The live stream: what changed reaches the browser as parts of the page, made anew for each viewer.

A change names what changed and never holds HTML: language, zone and rights are the viewer's. Resuming is the normal
path (htmx closes the stream of a hidden tab), so every change bears a cursor, which comes back as Last-Event-ID.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from htpy import Node, fragment
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from huntaze.ui.viewer import Viewer

HEARTBEAT_SECONDS = 20.0
# Ending now and then lets the next request ask again who is looking: a withdrawn session loses its stream.
LIFETIME_SECONDS = 50.0
RETRY_MILLISECONDS = 700
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Change:
    """What changed: its place in the order of changes, its kind (“publication.changed”), the id of the thing and a
    few small facts.
    """

    cursor: str
    kind: str
    subject: str
    data: Mapping[str, str] = field(default_factory=dict)


class ReadChanges(Protocol):
    """Changes of one workspace, oldest first, without end. `after` is the last cursor seen; None means from now on."""

    def __call__(self, workspace_id: str, after: str | None, /) -> AsyncGenerator[Change, None]: ...


ViewerOf = Callable[[Request], Awaitable[Viewer | None]]
RenderChange = Callable[[Viewer, Change], Awaitable[Node]]


@dataclass(frozen=True, slots=True)
class LiveStream:
    """One stream for each open tab. `closing` is set when the server stops: every stream then ends at once."""

    read_changes: ReadChanges
    viewer_of: ViewerOf
    render: RenderChange
    closing: asyncio.Event
    heartbeat: float = HEARTBEAT_SECONDS
    lifetime: float = LIFETIME_SECONDS

    async def respond(self, request: Request) -> Response:
        """Answer the request with the stream; 401 when nobody is signed in."""
        viewer = await self.viewer_of(request)
        if viewer is None:
            return Response(status_code=401)
        after = request.headers.get("last-event-id") or request.query_params.get("since")
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._messages(viewer, after), media_type="text/event-stream", headers=headers)

    async def _messages(self, viewer: Viewer, after: str | None) -> AsyncGenerator[str, None]:
        yield f"retry: {RETRY_MILLISECONDS}\n: open\n\n"
        loop = asyncio.get_running_loop()
        end = loop.time() + self.lifetime
        changes = self.read_changes(viewer.workspace_id, after)
        stopping = asyncio.ensure_future(self.closing.wait())
        upcoming = asyncio.ensure_future(anext(changes))
        try:
            while (left := end - loop.time()) > 0:
                wait = min(self.heartbeat, left)
                done, _pending = await asyncio.wait(
                    {upcoming, stopping}, timeout=wait, return_when=asyncio.FIRST_COMPLETED
                )
                if stopping in done:
                    return
                if upcoming not in done:
                    yield ": here\n\n"
                    continue
                try:
                    change = upcoming.result()
                except StopAsyncIteration:
                    return
                yield await self._message(viewer, change)
                upcoming = asyncio.ensure_future(anext(changes))
        finally:
            stopping.cancel()
            upcoming.cancel()
            # The reader is in use until its pending step has ended; only then may it be closed.
            await asyncio.wait({upcoming})
            await changes.aclose()

    async def _message(self, viewer: Viewer, change: Change) -> str:
        with viewer.speaking():
            html = str(fragment[await self.render(viewer, change)])
        lines = [f"data: {line}" for line in _LINE_BREAK.split(html)] if html else []
        return "\n".join([f"id: {change.cursor}", *lines, "", ""])


def live_route(
    read_changes: ReadChanges,
    viewer_of: ViewerOf,
    render: RenderChange,
    *,
    closing: asyncio.Event,
    path: str = "/live",
    heartbeat: float = HEARTBEAT_SECONDS,
) -> Route:
    """GET `path`: the stream.

    `render` answers `partial()`s, or None when the viewer's pages show nothing of the change.
    """
    live = LiveStream(read_changes, viewer_of, render, closing, heartbeat)
    return Route(path, live.respond, methods=["GET"], name="live")
