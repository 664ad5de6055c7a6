"""The intake: verify, store once, answer; then decode and route."""

from huntaze.webhooks.drain import Drain
from huntaze.webhooks.intake import Intake
from huntaze.webhooks.tasks import tasks
from huntaze.webhooks.web import routes

__all__ = ["Drain", "Intake", "routes", "tasks"]
