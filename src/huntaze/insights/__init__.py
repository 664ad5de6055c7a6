"""Figures over time: what platforms count of accounts and posts, kept as a series, read in few calls."""

from huntaze.insights.api import router
from huntaze.insights.card import post_card
from huntaze.insights.erasing import erase_account
from huntaze.insights.model import LatestRow
from huntaze.insights.pull import Pull
from huntaze.insights.reading import Readings
from huntaze.insights.service import Insights
from huntaze.insights.subscribers import subscribers
from huntaze.insights.tasks import tasks
from huntaze.insights.web import routes

__all__ = [
    "Insights",
    "LatestRow",
    "Pull",
    "Readings",
    "erase_account",
    "post_card",
    "router",
    "routes",
    "subscribers",
    "tasks",
]
