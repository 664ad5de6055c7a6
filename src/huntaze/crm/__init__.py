"""The mirror of what is on the platforms: accounts, posts, comments, people, conversations."""

from huntaze.crm.conversations import Conversations
from huntaze.crm.mentions import Mentions
from huntaze.crm.model import CommentRow, MediaRow, ProfileRow, SyncRow
from huntaze.crm.people import Profiles
from huntaze.crm.people_tasks import people_tasks
from huntaze.crm.pictures import Pictures
from huntaze.crm.placing import Placing
from huntaze.crm.service import Mirror
from huntaze.crm.subscribers import subscribers
from huntaze.crm.sync import Sync
from huntaze.crm.taking import PUSHED, Pushed
from huntaze.crm.tasks import tasks

__all__ = [
    "PUSHED",
    "CommentRow",
    "Conversations",
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
    "people_tasks",
    "subscribers",
    "tasks",
]
