"""How a node becomes what ``fields`` asked for, and the small words that many nodes share (instagram.md §4.1)."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, TypeVar

from socialsim.meta.access import Context
from socialsim.meta.errors import bad_parameter
from socialsim.meta.fields import Field
from socialsim.meta.model import Media

T = TypeVar("T")


class _Omitted:
    """A field that has no value."""


OMIT: Final = _Omitted()
Resolver = Callable[[Context, T, Field], object]
Table = Mapping[str, Resolver[T]]
_ID = Field("id")


def project(context: Context, node: T, type_name: str, table: Table[T], fields: tuple[Field, ...]) -> dict[str, object]:
    """The selected fields of a node and always its id; an unknown one gives code 100 (§5.2, §8.3)."""
    out: dict[str, object] = {}
    for field in fields:
        resolver = table.get(field.name)
        if resolver is None:
            raise bad_parameter(f"Tried accessing nonexisting field ({field.name}) on node type ({type_name})")
        value = resolver(context, node, field)
        if value is not OMIT:
            out[field.name] = value
    identity = table.get("id")
    if identity is not None and "id" not in out:
        out["id"] = identity(context, node, _ID)
    return out


def facebook_only(resolver: Resolver[T]) -> Resolver[T]:
    """A field that Instagram Login does not know (§0.1, §4.1, §4.2)."""

    def resolve(context: Context, node: T, field: Field) -> object:
        if context.by_instagram:
            raise bad_parameter(f"Tried accessing nonexisting field ({field.name})")
        return resolver(context, node, field)

    return resolve


def or_omit(value: object) -> object:
    """The value, or nothing at all if it is empty: empty fields are left out, never null (§4.1)."""
    return value if value else OMIT


def graph_time(epoch: float) -> str:
    """``2026-01-31T08:00:00+0000``: no colon in the offset."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def media_link(context: Context, name: str) -> str:
    """A link with a signature and an end, as the platform's CDN gives; the simulator serves it (§4.1, T37)."""
    services = context.services
    lifetime = services.config.media_link_lifetime
    ends = f"{int((context.call.at // 3600) * 3600 + lifetime):X}"
    return f"{services.home}/_sim/media/{name}?_nc_cat=1&oh={link_signature(services.seed, name, ends)}&oe={ends}"


def link_signature(seed: int, name: str, ends: str) -> str:
    """The ``oh`` of a media link."""
    return hmac.new(str(seed).encode(), f"{name}/{ends}".encode(), hashlib.sha256).hexdigest()[:32]


def permalink(home: str, media: Media) -> str:
    """Where a person sees it; answered by the simulator's own pages."""
    kind = "reel" if media.product == "REELS" else "p"
    return f"{home}/www.instagram.com/{kind}/{media.shortcode}/"


def legacy_id(object_id: str) -> str:
    """The older, shorter number of an account or medium (``ig_id`` and its newer twin)."""
    return object_id[-11:].lstrip("0")
