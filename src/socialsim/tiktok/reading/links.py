"""Addresses in answers: signed ones that expire, and those of www.tiktok.com (tiktok.md §3, §5)."""

import hashlib
import hmac

from socialsim.kernel.services import Services
from socialsim.tiktok.model import Client, Creator, Post


def signed(services: Services, name: str, size: tuple[int, int], lifetime: float) -> str:
    """A link to a picture or a clip of the simulator that works for ``lifetime`` seconds; its end is ``x-expires``."""
    ends = int(services.clock.epoch() + lifetime)
    mark = link_signature(services.seed, name, str(ends))
    width, height = size
    return f"{services.home}/_sim/media/{name}?w={width}&h={height}&x-expires={ends}&x-signature={mark}"


def link_signature(seed: int, name: str, ends: str) -> str:
    """The ``x-signature`` of a link."""
    return hmac.new(str(seed).encode(), f"tiktok/{name}/{ends}".encode(), hashlib.sha256).hexdigest()[:28]


def avatar(services: Services, creator: Creator, side: int) -> str:
    """A signed link to the creator's picture; ``creator_avatar_url`` lives 2 h (§4.1)."""
    return signed(services, creator.picture, (side, side), services.config.tiktok.avatar_lifetime)


def cover(services: Services, post: Post) -> str:
    """A signed link that lives 6 h (§5)."""
    return signed(services, post.cover, (540, 960), services.config.tiktok.cover_lifetime)


def profile(services: Services, creator: Creator) -> str:
    """The creator's page."""
    return f"{services.home}/www.tiktok.com/@{creator.username}"


def share(services: Services, creator: Creator, post: Post, client: Client) -> str:
    """The post's page, marked with the app that asked (§5 share_url)."""
    return f"{profile(services, creator)}/video/{post.id}?{_marks(client)}"


def embed(services: Services, post: Post, client: Client) -> str:
    """The post's player."""
    return f"{services.home}/www.tiktok.com/embed/v2/{post.id}?{_marks(client)}"


def _marks(client: Client) -> str:
    return f"utm_campaign=tt4d_open_api&utm_source={client.key}"
