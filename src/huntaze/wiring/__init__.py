"""The only place that knows everyone: builds the rooms from one `Settings` and joins them."""

from huntaze.wiring.house import House, build
from huntaze.wiring.web import api, bulk, intake, stored_events, web_app
from huntaze.wiring.work import CONCURRENCY, tasks, worker

__all__ = ["CONCURRENCY", "House", "api", "build", "bulk", "intake", "stored_events", "tasks", "web_app", "worker"]
