"""The client with which the platforms themselves go out: for media that they fetch, for webhooks that they send."""

import httpx2

_HIGHEST_PORT = 65535


def outgoing_client() -> httpx2.AsyncClient:
    """Follows no redirect, reads no environment; any address it is given ends in an answer or in an ``HTTPError``."""
    return httpx2.AsyncClient(follow_redirects=False, trust_env=False, event_hooks={"request": [_check_port]})


async def _check_port(request: httpx2.Request) -> None:
    """Parsers let any number pass, and the event loop would break on it."""
    if (request.url.port or 0) > _HIGHEST_PORT:
        raise httpx2.ConnectError("There is no such port", request=request)
