"""An app with a callback, and an inbox with people who write: what the stories of messages and webhooks share."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG, PAGE, Graph, Listener, Reply, Seen, eventually

EVERYTHING = (
    "comments,live_comments,mentions,story_insights,messages,message_echoes,message_edit,message_reactions,"
    "messaging_postbacks,messaging_referral,messaging_seen,messaging_handover,messaging_optins,"
    "messaging_policy_enforcement,response_feedback,standby"
)


def callback(listener: Listener, status: int = 200, path: str = "/hook") -> str:
    """A callback that answers handshakes rightly and events with ``status``."""

    def answer(seen: Seen) -> Reply:
        return Reply(200, seen.query["hub.challenge"][0].encode()) if seen.method == "GET" else Reply(status)

    listener.answers[path] = answer
    return f"{listener.url}{path}"


def subscribe_app(sim: SimulatorHandle, url: str, fields: str = EVERYTHING, **more: str) -> None:
    """The app's own subscription, with its app token."""
    path = f"{sim.graph_url}/v26.0/{sim.app_id}/subscriptions?access_token={quote(f'{sim.app_id}|{sim.app_secret}')}"
    data = {"object": "instagram", "callback_url": url, "fields": fields, "verify_token": "w", **more}
    answer = httpx2.post(path, data=data, trust_env=False)
    assert answer.json() == {"success": True}, answer.text


@dataclass
class PostOffice:
    """Where Maya's app hears of her inbox."""

    graph: Graph
    listener: Listener
    read: int = 0

    @classmethod
    def of(cls, graph: Graph, listener: Listener, fields: str = EVERYTHING, **more: str) -> "PostOffice":
        """Subscribed to everything, with the Page switched on."""
        subscribe_app(graph.sim, callback(listener), fields, **more)
        assert graph.post(f"{PAGE}/subscribed_apps", subscribed_fields="feed") == {"success": True}
        return cls(graph, listener)

    def next(self) -> dict[str, Any]:
        """The one entry of the next POST."""
        self.read += 1
        body = json.loads(self.listener.wait_for(self.read)[self.read - 1].body)
        (entry,) = body["entry"]
        return {"object": body["object"], **entry}

    def item(self) -> dict[str, Any]:
        """The one messaging item of the next POST, which has its times in milliseconds."""
        entry = self.next()
        (item,) = entry["messaging"]
        assert entry["id"] == IG
        assert entry["time"] > 10**12
        assert item.get("timestamp", entry["time"]) > 10**12
        found: dict[str, Any] = item
        return found

    def silent(self) -> None:
        """Nothing more was sent than what was read."""
        self.graph.sim.post("/_sim/clock", {"settle": True})
        assert len(self.graph.sim.deliveries()) == self.read


def act(sim: SimulatorHandle, deed: str, **body: object) -> dict[str, Any]:
    """Somebody does something; towards Maya's account unless another is named."""
    made: dict[str, Any] = sim.post(f"/_sim/act/{deed}", body)
    return made


def writes(sim: SimulatorHandle, username: str = "ana", **said: object) -> dict[str, Any]:
    """Somebody writes to Maya's account."""
    return act(sim, "message", **{"accountId": IG, "username": username, **said})


def send(graph: Graph, recipient: dict[str, str], message: object = None, **more: str) -> httpx2.Response:
    """``POST /{page}/messages`` as a form with nested JSON text."""
    data = {"recipient": json.dumps(recipient), **more}
    if message is not None:
        data["message"] = json.dumps(message)
    return graph.raw("POST", f"{PAGE}/messages", data)


__all__ = ["PostOffice", "act", "callback", "eventually", "send", "subscribe_app", "writes"]


def newest(graph: Graph) -> str:
    """The account's newest post."""
    return str(graph.get(f"{IG}/media?limit=1")["data"][0]["id"])


def ana(sim: SimulatorHandle) -> dict[str, str]:
    """Somebody who has just written."""
    return {"id": writes(sim, "ana", text="hello")["personId"]}


def attached(kind: str, url: str) -> dict[str, object]:
    """A message that is one file."""
    return {"attachment": {"type": kind, "payload": {"url": url}}}


def shown(sim: SimulatorHandle) -> list[dict[str, Any]]:
    """Messages of the newest conversation, oldest first."""
    found: list[dict[str, Any]] = sim.get(f"/_sim/inbox?accountId={IG}")["conversations"][0]["messages"]
    return found
