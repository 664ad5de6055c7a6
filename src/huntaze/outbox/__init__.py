"""What happened, told once: one row in the transaction in which it happens, read by live pages and by subscribers."""

from huntaze.outbox.erasing import AccountEraser, ErasedAccount, Eraser, Erasers, erase_told, erase_told_of_account
from huntaze.outbox.model import TOPICS, Change, Event, News, Subscriber
from huntaze.outbox.service import Outbox
from huntaze.outbox.store import latest_position, tell, tell_many
from huntaze.outbox.tasks import DELIVER, tasks

__all__ = [
    "DELIVER",
    "TOPICS",
    "AccountEraser",
    "Change",
    "ErasedAccount",
    "Eraser",
    "Erasers",
    "Event",
    "News",
    "Outbox",
    "Subscriber",
    "erase_told",
    "erase_told_of_account",
    "latest_position",
    "tasks",
    "tell",
    "tell_many",
]
