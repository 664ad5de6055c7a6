"""The front desk: pages and doors that join several rooms or name a platform."""

from starlette.routing import Route

from huntaze.accounts import Accounts
from huntaze.crm import Drift
from huntaze.desk import connect, health, outgoing_web, settings
from huntaze.desk.cards import Cards
from huntaze.desk.home import Home
from huntaze.desk.live import Live
from huntaze.desk.navigation import navigation
from huntaze.desk.outgoing_api import router as outgoing_router
from huntaze.desk.outgoing_door import OutgoingDoor
from huntaze.desk.outgoing_facts import neighbours as outgoing_neighbours
from huntaze.desk.publish_api import PublishDoor
from huntaze.desk.publish_api import router as publish_router
from huntaze.identity import Identity
from huntaze.kit.db import Database
from huntaze.kit.metrics import Metrics
from huntaze.publishing import Watch

__all__ = [
    "Cards",
    "Live",
    "OutgoingDoor",
    "PublishDoor",
    "navigation",
    "outgoing_neighbours",
    "outgoing_router",
    "publish_router",
    "routes",
]


def routes(
    database: Database, identity: Identity, accounts: Accounts, cards: Cards, metrics: Metrics, outgoing: OutgoingDoor
) -> list[Route]:
    """Home, connecting, settings, and what operators ask."""
    watch = Watch(database, cards.clock, cards.publishing.timings)
    drift = Drift(database, cards.clock)
    return [
        *Home(database, cards, identity, watch, drift, outgoing.outgoing.targets).routes(),
        *connect.connect_routes(accounts, identity),
        *settings.routes(identity),
        *outgoing_web.routes(outgoing),
        *health.routes(database, cards.clock, metrics, watch, drift, outgoing.outgoing.log),
    ]
