"""The mirror of what is on the platforms: accounts, posts, comments, people, conversations."""

from huntaze.crm.erasing import Erasing
from huntaze.crm.keeping.taking import PUSHED, Pushed
from huntaze.crm.model import CommentRow, DriftRow, FigureRow, MediaRow, ProfileRow, SyncRow
from huntaze.crm.neighbour import mirrored_of
from huntaze.crm.pages.comment_parts import comment_count, comment_list, comments_card
from huntaze.crm.pages.web import routes
from huntaze.crm.people.conversations import Conversations
from huntaze.crm.people.mentions import Mentions
from huntaze.crm.people.profiles import Profiles
from huntaze.crm.people.tasks import people_tasks
from huntaze.crm.reading import threads, told
from huntaze.crm.reading.api import router
from huntaze.crm.reading.browsing import Browsing
from huntaze.crm.reading.threads import CommentFilter, Own
from huntaze.crm.service import Mirror
from huntaze.crm.subscribers import subscribers
from huntaze.crm.sync.asking import Asking, sync_router, sync_routes
from huntaze.crm.sync.drift import Drift
from huntaze.crm.sync.pictures import Pictures
from huntaze.crm.sync.placing import Placing
from huntaze.crm.sync.sync import Sync, ZoneOf
from huntaze.crm.sync.tasks import tasks

__all__ = [
    "PUSHED",
    "Asking",
    "Browsing",
    "CommentFilter",
    "CommentRow",
    "Conversations",
    "Drift",
    "DriftRow",
    "Erasing",
    "FigureRow",
    "MediaRow",
    "Mentions",
    "Mirror",
    "Own",
    "Pictures",
    "Placing",
    "ProfileRow",
    "Profiles",
    "Pushed",
    "Sync",
    "SyncRow",
    "ZoneOf",
    "comment_count",
    "comment_list",
    "comments_card",
    "mirrored_of",
    "people_tasks",
    "router",
    "routes",
    "subscribers",
    "sync_router",
    "sync_routes",
    "tasks",
    "threads",
    "told",
]
