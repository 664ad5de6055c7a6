"""The intake: verify, store once, answer; then decode and route. What arrived can be looked at and worked on again,
and people who ask for it are forgotten."""

from huntaze.webhooks.api import router
from huntaze.webhooks.compliance import Compliance
from huntaze.webhooks.compliance_web import compliance_routes
from huntaze.webhooks.drain import Drain
from huntaze.webhooks.events_web import event_routes
from huntaze.webhooks.forgetting import register_erasers
from huntaze.webhooks.handlers import Handler, On
from huntaze.webhooks.intake import Intake
from huntaze.webhooks.model import EventState, ListedRow
from huntaze.webhooks.reading_store import Wanted
from huntaze.webhooks.rehearsal import Rehearsal
from huntaze.webhooks.replay import REPEATABLE, StoredEvents
from huntaze.webhooks.tasks import tasks
from huntaze.webhooks.web import routes

__all__ = [
    "REPEATABLE",
    "Compliance",
    "Drain",
    "EventState",
    "Handler",
    "Intake",
    "ListedRow",
    "On",
    "Rehearsal",
    "StoredEvents",
    "Wanted",
    "compliance_routes",
    "event_routes",
    "register_erasers",
    "router",
    "routes",
    "tasks",
]
