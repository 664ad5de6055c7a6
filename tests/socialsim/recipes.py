"""A valid call for every endpoint that changes anything, with the kind of ledger row it must leave."""

from collections.abc import Mapping

from tests.socialsim import recipes_login, recipes_meta, recipes_tiktok
from tests.socialsim.staging import FACEBOOK, INSTAGRAM, Recipe

RECIPES: Mapping[str, Mapping[str, Recipe]] = {
    **recipes_login.RECIPES,
    **recipes_meta.RECIPES,
    **recipes_tiktok.RECIPES,
    FACEBOOK: {**recipes_login.RECIPES[FACEBOOK], **recipes_meta.RECIPES[FACEBOOK]},
    INSTAGRAM: {**recipes_login.RECIPES[INSTAGRAM], **recipes_meta.RECIPES[INSTAGRAM]},
}
"""By host and template."""

READS = frozenset(
    {
        "POST /v2/video/list/",
        "POST /v2/video/query/",
        "POST /v2/post/publish/creator_info/query/",
        "POST /v2/post/publish/status/fetch/",
    }
)
"""POSTs that change nothing."""
CHANGING_GETS = frozenset({"GET /oauth/access_token", "GET /access_token", "GET /refresh_access_token"})
"""GETs that do."""
