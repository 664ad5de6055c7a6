"""``GET /v2/user/info/`` (tiktok.md §3)."""

from collections.abc import Callable

from socialsim.tiktok.access import Context
from socialsim.tiktok.errors import ApiError, scope_not_authorized
from socialsim.tiktok.login.grants import union_id_of
from socialsim.tiktok.reading.fields import asked_fields
from socialsim.tiktok.reading.links import avatar, profile

_Reader = Callable[[Context], object]
_BASIC: dict[str, _Reader] = {
    "open_id": lambda c: c.actor.grant.open_id,
    "union_id": lambda c: union_id_of(c.services, c.actor.client, c.actor.creator),
    "avatar_url": lambda c: avatar(c.services, c.actor.creator, 168),
    "avatar_url_100": lambda c: avatar(c.services, c.actor.creator, 100),
    "avatar_large_url": lambda c: avatar(c.services, c.actor.creator, 720),
    "display_name": lambda c: c.actor.creator.nickname,
}
_PROFILE: dict[str, _Reader] = {
    "username": lambda c: c.actor.creator.username,
    "bio_description": lambda c: c.actor.creator.bio,
    "profile_deep_link": lambda c: profile(c.services, c.actor.creator),
    "is_verified": lambda c: c.actor.creator.verified,
}
_STATS: dict[str, _Reader] = {
    "follower_count": lambda c: c.actor.creator.followers,
    "following_count": lambda c: c.actor.creator.following,
    "likes_count": lambda c: c.actor.creator.likes,
    "video_count": lambda c: public_count(c),
}
_READERS = _BASIC | _PROFILE | _STATS
_SCOPE_OF = {
    **dict.fromkeys(_BASIC, "user.info.basic"),
    **dict.fromkeys(_PROFILE, "user.info.profile"),
    **dict.fromkeys(_STATS, "user.info.stats"),
}


async def info(context: Context) -> dict[str, object]:
    """Only what is asked for. A field outside the scopes fails the whole call: 401 if none is allowed, else 400.

    A guess of the sheet; with the knob ``tiktok.overScope`` such fields are left out instead.
    """
    fields = asked_fields(context, _READERS)
    refused = [name for name in fields if not context.actor.may(_SCOPE_OF[name])]
    if len(refused) == len(fields):
        raise scope_not_authorized((_SCOPE_OF[refused[0]],))
    if refused and context.services.config.tiktok.over_scope == "refuse":
        message = f"The user did not grant the scope of these fields: {', '.join(refused)}."
        raise ApiError("scope_permission_missed", message, 400)
    return {"user": {name: _READERS[name](context) for name in fields if name not in refused}}


def public_count(context: Context) -> int:
    """Posts that anybody may see (§3 video_count)."""
    world, now = context.world, context.call.at
    return sum(world.is_public(world.posts[post_id], now) for _, post_id in context.actor.creator.posts)
