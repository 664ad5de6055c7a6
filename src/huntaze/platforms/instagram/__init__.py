"""Instagram, so far through Facebook Login: what ``contract.Platform`` promises, over Meta's Graph API.

Facts come from the sheet instagram.md; sections are cited where they are used. A second login is one more entry in
``logins`` and one more ``Graph`` on its own host: everything else asks the account it is handed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from huntaze.kit.clock import Clock
from huntaze.platforms.contract import (
    Commenter,
    Events,
    Finding,
    InsightsReader,
    Limits,
    Login,
    OnUsage,
    PeopleReader,
    PostContent,
    Publisher,
    Reader,
)
from huntaze.platforms.instagram.client import Graph
from huntaze.platforms.instagram.commenting import GraphCommenter
from huntaze.platforms.instagram.conversations import GraphPeopleReader
from huntaze.platforms.instagram.events import GraphEvents
from huntaze.platforms.instagram.insights import GraphInsights
from huntaze.platforms.instagram.limits import INSTAGRAM_LIMITS, check
from huntaze.platforms.instagram.oauth import FacebookLogin
from huntaze.platforms.instagram.publish import ContainerPublisher
from huntaze.platforms.instagram.reading import GraphReader

__all__ = ["Instagram", "InstagramUrls", "SignedRequests"]


from huntaze.platforms.instagram.signed_request import SignedRequests


@dataclass(frozen=True, slots=True)
class InstagramUrls:
    """Base addresses, so that the same client talks to Meta or to a stand-in."""

    graph: str = "https://graph.facebook.com"
    dialog: str = "https://www.facebook.com"


class Instagram:
    """The platform. ``irreversible_client`` opens a fresh connection for every call and never retries
    (``kit.http.irreversible_client``); ``on_usage`` is told the allowances that answers name."""

    name = "instagram"
    label = "Instagram"

    def __init__(
        self,
        client: httpx2.AsyncClient,
        irreversible_client: httpx2.AsyncClient,
        urls: InstagramUrls,
        graph_version: str,
        clock: Clock,
        on_usage: OnUsage | None = None,
    ) -> None:
        graph = Graph(client, irreversible_client, urls.graph, graph_version, on_usage)
        facebook = FacebookLogin(graph, urls.dialog, graph_version, clock)
        self.limits: Limits = INSTAGRAM_LIMITS
        self.logins: Mapping[str, Login] = {facebook.name: facebook}
        self.publisher: Publisher = ContainerPublisher(graph)
        self.reader: Reader = GraphReader(graph)
        self.people: PeopleReader | None = GraphPeopleReader(graph)
        self.commenter: Commenter | None = GraphCommenter(graph)
        self.insights: InsightsReader | None = GraphInsights(graph)
        self.events: Events = GraphEvents()

    def check(self, content: PostContent) -> list[Finding]:
        """What Instagram would refuse or change, from its limits as data; asks nobody."""
        return check(content)
