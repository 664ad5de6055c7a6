"""`python -m tests.docs.api_page` writes docs/look-up/api.md from the routes and the OpenAPI description themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from huntaze.identity import every_route, verbs_of
from huntaze.kit.migrate import upgrade
from huntaze.kit.postgres import EmbeddedPostgres
from huntaze.wiring import api
from socialsim.testing import simulator
from tests.journeys.house import opened

PAGE = Path(__file__).parents[2] / "docs" / "look-up" / "api.md"
_HEAD = """# The JSON API

Made from the product by `python -m tests.docs.api_page`; a test holds it. The whole description is at
`/api/openapi.json` of a running server. [Examples](../do/publish.md).

A program sends `Authorization: Bearer KEY`; a key may do what its scopes say. Names are camelCase, ids are text, times
have an offset. An unknown field is refused. What takes an `Idempotency-Key`
[may be asked again](../understand/publishing.md#asked-twice). Long lists are `{"items": […], "nextCursor": …}`; hand
`nextCursor` back as `cursor`. What is not there and what belongs to somebody else is the same 404.

A refusal is a problem (RFC 9457, `application/problem+json`) with `code`, `detail`, `remedy`,
`errors[{pointer, detail}]`, and perhaps `file`, `platform`, `platformCode`, `traceId`; 429 and 503 say `Retry-After`.

Endpoints whose scope no key can hold belong to the pages of Huntaze.

| | endpoint | scope |
|---|---|---|
"""


def page(app: FastAPI) -> str:
    """The whole document."""
    lines = [f"| {method} | `/api{path}` | `{verb}` |" for method, path, verb in endpoints(app)]
    described = get_openapi(title="", version="", routes=app.routes)
    bodies = [body for one in endpoints(app) if (body := _body(described, *one[:2]))]
    return _HEAD + "\n".join(lines) + "\n\n## What is sent\n\n" + "\n".join(bodies)


def endpoints(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    """Method, path below `/api`, and scope of each endpoint, by path."""
    found = []
    for path, route in every_route(app.routes):
        for method in getattr(route, "methods", None) or ():
            found += [(path, method, verb) for verb in verbs_of(route)]
    order = {"GET": 0, "POST": 1, "PUT": 2, "PATCH": 3, "DELETE": 4}
    for path, method, verb in sorted(found, key=lambda one: (one[0], order.get(one[1], 9))):
        if method in order:
            yield method, path, verb


def _body(described: Mapping[str, Any], method: str, path: str) -> str:
    told = described["paths"][path][method.lower()]
    content = told.get("requestBody", {}).get("content", {})
    headers = [one["name"].title() for one in told.get("parameters", ()) if one["in"] == "header"]
    parts = [f"- headers: {', '.join(f'`{name}`' for name in headers)}"] if headers else []
    for kind, body in content.items():
        schema = _resolved(described, body["schema"])
        if "properties" not in schema:
            parts.append(f"- {kind}: {schema['description']}")
            continue
        required = schema.get("required", [])
        fields = [
            f"`{name}` {_kind(described, spec)}{' (needed)' if name in required else ''}"
            for name, spec in schema["properties"].items()
        ]
        parts.append(f"- {kind}: {', '.join(fields)}")
    return f"**{method} `/api{path}`**\n\n" + "\n".join(parts) + "\n" if parts else ""


def _kind(described: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
    """A type in a word."""
    if "anyOf" in spec:
        return " or ".join(_kind(described, one) for one in spec["anyOf"])
    found = _resolved(described, spec)
    if "enum" in found:
        return " \\| ".join(str(value) for value in found["enum"])
    if found.get("type") == "array":
        return f"list of {_kind(described, found['items'])}"
    if found.get("type") == "object":
        return "{" + ", ".join(found.get("properties", {})) + "}"
    plain = {"uuid": "id", "date-time": "time", "binary": "file"}
    return plain.get(found.get("format", "")) or str(found.get("type", "value"))


def _resolved(described: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].rpartition("/")[2]
    found: Mapping[str, Any] = described["components"]["schemas"][name]
    return found


def main() -> None:
    """Write the page."""
    with TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as dsn:
        asyncio.run(_write(dsn, Path(folder)))


async def _write(dsn: str, home: Path) -> None:
    await upgrade(dsn)
    with simulator() as sim:
        async with opened(dsn, home, sim) as house:
            PAGE.write_text(page(api(house.rooms)), encoding="utf-8")


if __name__ == "__main__":
    main()
