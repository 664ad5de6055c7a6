"""People, workspaces, sessions, API keys; who may do what; the guarded doors of every page and endpoint."""

from huntaze.identity.answers import install_problems, page_errors, problem_response
from huntaze.identity.api import router
from huntaze.identity.doors import LARGEST_BODY, PUBLIC, GuardedRoute, every_route, unguarded, verbs_of
from huntaze.identity.errors import Forbidden, ForgedRequest, IdentityError, NotSignedIn, TooMany
from huntaze.identity.frame import Frame
from huntaze.identity.model import Actor
from huntaze.identity.network import RateLimit, client_address
from huntaze.identity.pages import language_switch
from huntaze.identity.rights import KEY_SCOPES, VERBS, allow
from huntaze.identity.service import Identity
from huntaze.identity.tasks import tasks
from huntaze.identity.web import routes

__all__ = [
    "KEY_SCOPES",
    "LARGEST_BODY",
    "PUBLIC",
    "VERBS",
    "Actor",
    "Forbidden",
    "ForgedRequest",
    "Frame",
    "GuardedRoute",
    "Identity",
    "IdentityError",
    "NotSignedIn",
    "RateLimit",
    "TooMany",
    "allow",
    "client_address",
    "every_route",
    "install_problems",
    "language_switch",
    "page_errors",
    "problem_response",
    "router",
    "routes",
    "tasks",
    "unguarded",
    "verbs_of",
]
