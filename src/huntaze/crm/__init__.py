"""The mirror of what is on the platforms: accounts, posts, comments, people, conversations."""

from huntaze.crm.api import router
from huntaze.crm.asking import Asking, sync_router, sync_routes
from huntaze.crm.browsing import Browsing
from huntaze.crm.conversations import Conversations
from huntaze.crm.drift import Drift
from huntaze.crm.erasing import Erasing
from huntaze.crm.mentions import Mentions
from huntaze.crm.model import CommentRow, DriftRow, FigureRow, MediaRow, ProfileRow, SyncRow
from huntaze.crm.neighbour import mirrored_of
from huntaze.crm.people import Profiles
from huntaze.crm.people_tasks import people_tasks
from huntaze.crm.pictures import Pictures
from huntaze.crm.placing import Placing
from huntaze.crm.service import Mirror
from huntaze.crm.subscribers import subscribers
from huntaze.crm.sync import Sync, ZoneOf
from huntaze.crm.taking import PUSHED, Pushed
from huntaze.crm.tasks import tasks
from huntaze.crm.web import routes

__all__ = [
    "PUSHED",
    "Asking",
    "Browsing",
    "CommentRow",
    "Conversations",
    "Drift",
    "DriftRow",
    "Erasing",
    "FigureRow",
    "MediaRow",
    "Mentions",
    "Mirror",
    "Pictures",
    "Placing",
    "ProfileRow",
    "Profiles",
    "Pushed",
    "Sync",
    "SyncRow",
    "ZoneOf",
    "mirrored_of",
    "people_tasks",
    "router",
    "routes",
    "subscribers",
    "sync_router",
    "sync_routes",
    "tasks",
]
