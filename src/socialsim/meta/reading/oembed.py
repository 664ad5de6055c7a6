"""oEmbed of a public post by its address, for an app (instagram.md §4.6)."""

import html
import re

from socialsim.meta import errors
from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError, Problem, bad_parameter
from socialsim.meta.reading.projection import permalink

FEATURE = "meta_oembed_read"
_ADDRESS = re.compile(r"^https?://[^?#]*www\.instagram\.com/(?:p|reel|tv)/([\w-]+)/?(?:[?#].*)?$")
_NARROWEST, _WIDEST = 320, 658
_APP_TOKEN_NEEDED = Problem(10, None, "(#10) An app access token is needed to read oEmbed")


async def oembed(context: Context, _: str) -> object:
    """``GET /instagram_oembed?url=``: html to embed; author and thumbnail left the answer on 3 Nov 2025."""
    if context.actor.token is not None:
        raise GraphError(_APP_TOKEN_NEEDED)
    context.need_feature(FEATURE)
    params = context.call.params
    found = _ADDRESS.match(context.parameter("url"))
    if found is None:
        raise bad_parameter("url must be the address of an Instagram post")
    media = context.world.media.get(context.world.shortcodes.get(found[1], ""))
    if media is None or media.parent_id or media.product == "STORY":
        raise GraphError(errors.MEDIA_UNKNOWN)
    width = _width(params.get("maxwidth", ""))
    address = html.escape(permalink(context.services.home, media))
    hidden = params.get("hidecaption", "").lower() in {"true", "1"}
    caption = "" if hidden else f"<p>{html.escape(media.caption)}</p>"
    script = (
        ""
        if params.get("omitscript", "").lower() in {"true", "1"}
        else '<script async src="//www.instagram.com/embed.js"></script>'
    )
    quote = f'<blockquote class="instagram-media" data-instgrm-permalink="{address}">{caption}</blockquote>'
    return {
        "version": "1.0",
        "provider_name": "Instagram",
        "provider_url": "https://www.instagram.com/",
        "type": "rich",
        "width": width,
        "html": quote + script,
    }


def _width(text: str) -> int:
    if not text:
        return _WIDEST
    if not (text.isascii() and text.isdigit() and len(text) < 6) or not _NARROWEST <= int(text) <= _WIDEST:
        raise bad_parameter(f"maxwidth must be between {_NARROWEST} and {_WIDEST}")
    return int(text)
