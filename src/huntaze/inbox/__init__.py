"""Work on what people say: comments are answered, hidden and deleted, each once, or a person is told."""

from huntaze.inbox.api import router
from huntaze.inbox.erasing import erase_account
from huntaze.inbox.send import Deeds
from huntaze.inbox.service import CommentWork
from huntaze.inbox.tasks import tasks
from huntaze.inbox.web import routes

__all__ = ["CommentWork", "Deeds", "erase_account", "router", "routes", "tasks"]
