"""Posts, their schedule and the publishing state machine: out exactly once, or a person is told."""

from huntaze.publishing.advance import Advance
from huntaze.publishing.answers import brief, is_final, problem_of, status_url, whole
from huntaze.publishing.api import first_comment_router, router
from huntaze.publishing.around import Around, Surroundings
from huntaze.publishing.bulk.api import bulk_router
from huntaze.publishing.bulk.service import Bulk, Report, RowError
from huntaze.publishing.commented import CommentedPosts
from huntaze.publishing.creating import Creating
from huntaze.publishing.deciding import Deciding
from huntaze.publishing.erasing import erase_account
from huntaze.publishing.errors import PublishingError
from huntaze.publishing.first_comments import FirstCommenting
from huntaze.publishing.idempotency import Idempotency
from huntaze.publishing.material import AccountFindings
from huntaze.publishing.model import Overdue, PostDraft, PostRow, PostView, PublicationRow
from huntaze.publishing.recurring import Recurring
from huntaze.publishing.schedule_api import recurrences_router, slots_router
from huntaze.publishing.service import Publishing
from huntaze.publishing.slots import Slots
from huntaze.publishing.states import FACES, Action, State, allows
from huntaze.publishing.store import posts_using_asset
from huntaze.publishing.subscribers import subscribers
from huntaze.publishing.tasks import first_comment_tasks, recurring_tasks, tasks
from huntaze.publishing.timings import Timings
from huntaze.publishing.watch import Watch
from huntaze.publishing.web import routes

__all__ = [
    "FACES",
    "AccountFindings",
    "Action",
    "Advance",
    "Around",
    "Bulk",
    "CommentedPosts",
    "Creating",
    "Deciding",
    "FirstCommenting",
    "Idempotency",
    "Overdue",
    "PostDraft",
    "PostRow",
    "PostView",
    "PublicationRow",
    "Publishing",
    "PublishingError",
    "Recurring",
    "Report",
    "RowError",
    "Slots",
    "State",
    "Surroundings",
    "Timings",
    "Watch",
    "allows",
    "brief",
    "bulk_router",
    "erase_account",
    "first_comment_router",
    "first_comment_tasks",
    "is_final",
    "posts_using_asset",
    "problem_of",
    "recurrences_router",
    "recurring_tasks",
    "router",
    "routes",
    "slots_router",
    "status_url",
    "subscribers",
    "tasks",
    "whole",
]
