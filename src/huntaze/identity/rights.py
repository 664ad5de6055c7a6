"""Who may do what: the verbs, and the one function that decides."""

from __future__ import annotations

from uuid import UUID

from huntaze.identity.errors import Forbidden
from huntaze.identity.model import Actor

VERBS = frozenset(
    {
        "posts.read",
        "posts.write",
        "media.read",
        "media.write",
        "accounts.read",
        "accounts.connect",
        "comments.read",
        "comments.write",
        "events.read",
        "events.write",
        "settings.write",
        "keys.write",
        "webhooks.write",
    }
)

KEY_SCOPES = VERBS - {"accounts.connect", "settings.write", "keys.write"}
"""What an API key may hold. Connecting belongs to a browser session, and a key makes no keys."""

OWNER = "owner"
KEY = "key"


def allow(actor: Actor, verb: str, account_id: UUID | None = None) -> None:
    """Return if ``actor`` may do ``verb`` (on this account); else raise ``Forbidden``.

    An owner may do everything in their workspace, a key what its scopes say. ``account_id`` is part of the question
    so that rights per account need no new call; no role asks for it yet. An unknown verb raises ``ValueError``.
    """
    if verb not in VERBS:
        raise ValueError(f"{verb} is no verb")
    if actor.role == OWNER:
        return
    if actor.role == KEY and verb in KEY_SCOPES and verb in actor.scopes:
        return
    raise Forbidden(verb)
