"""The mirror of what is on the platforms: accounts, posts, comments, people, conversations."""

from huntaze.crm.model import CommentRow, MediaRow, ProfileRow, SyncRow
from huntaze.crm.pictures import Pictures
from huntaze.crm.placing import Placing
from huntaze.crm.service import Mirror, Pushed
from huntaze.crm.subscribers import subscribers
from huntaze.crm.sync import Sync
from huntaze.crm.tasks import tasks

__all__ = [
    "CommentRow",
    "MediaRow",
    "Mirror",
    "Pictures",
    "Placing",
    "ProfileRow",
    "Pushed",
    "Sync",
    "SyncRow",
    "subscribers",
    "tasks",
]
