"""Sixty days of tokens, a day of containers, three days of webhook retries, by moving the clock."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import httpx2

from bench.figure import Figure, Ground, Measured
from socialsim.testing import TIKTOK_MAYA, SimulatorHandle, simulator
from tests.socialsim.parts import IG, PAGE, Listener, Reply, Seen

HOUR = 3600.0
DAY = 24 * HOUR


def clock_s(ground: Ground) -> Measured:
    """Wall seconds of the whole story, without the start of the simulator; unmet when a part of it is not so."""
    with simulator(seed=ground.seed, process=True) as sim, Listener() as receiver:
        receiver.answers["/hook"] = _handshake_then_nothing
        sim.configure({"ready": {"default": 0, "IMAGE": 0}})
        began = time.perf_counter()
        seen = {**_tokens(sim), **_containers(sim), **_retries(sim, receiver.url + "/hook")}
        took = time.perf_counter() - began
    return Measured(took, n=len(seen), detail={"seen": seen}, ok=all(seen.values()))


def _tokens(sim: SimulatorHandle) -> dict[str, bool]:
    """A long-lived token lives 60 days (instagram.md §1.3), TikTok's 2 hours and 180 days (tiktok.md §2.5)."""
    meta = {"authorization": f"Bearer {sim.tokens()['userToken']}"}
    made = sim.tiktok_tokens()
    tiktok = {"authorization": f"Bearer {made['accessToken']}"}
    me = f"{sim.graph_url}/v26.0/me"
    info = f"{sim.tiktok_url}/v2/user/info/?fields=open_id"
    alive = [_answer(me, meta), _answer(info, tiktok)]
    sim.advance(2 * HOUR + 1)
    ended = _answer(info, tiktok)
    sim.advance(59 * DAY)
    nearly = _answer(me, meta)
    sim.advance(DAY)
    over = _answer(me, meta)
    return {
        "tokens_live": all("error" not in one or one["error"]["code"] == "ok" for one in alive),
        "tiktok_token_ends": ended["error"]["code"] == "access_token_invalid",
        "meta_token_lives_59_days": "error" not in nearly,
        "meta_token_ends": over["error"]["error_subcode"] == 463,
    }


def _containers(sim: SimulatorHandle) -> dict[str, bool]:
    """A container that nobody publishes is EXPIRED after 24 hours (instagram.md §3.1)."""
    bearer = {"authorization": f"Bearer {sim.tokens()['userToken']}"}
    picture = f"{sim.url}/_sim/pictures/sea-clock.jpg"
    made = httpx2.post(f"{sim.graph_url}/v26.0/{IG}/media", data={"image_url": picture}, headers=bearer).json()
    status = f"{sim.graph_url}/v26.0/{made['id']}?fields=status_code"
    before = _answer(status, bearer)["status_code"]
    sim.advance(DAY + 1)
    return {"container_expires": (before, _answer(status, bearer)["status_code"]) == ("FINISHED", "EXPIRED")}


def _retries(sim: SimulatorHandle, url: str) -> dict[str, bool]:
    """Meta tries for 36 hours (instagram.md §6.4), TikTok for 72 (tiktok.md §6.1); then it is dropped."""
    _subscribe(sim, url)
    media = sim.get(f"/_sim/truth/media?accountId={IG}")["media"][0]["id"]
    sim.comment(IG, media, "lea", "Bravo")
    sim.post("/_sim/tiktok/clients", {"key": sim.client_key, "secret": sim.client_secret, "callbackUrl": url})
    sim.tiktok_tokens()
    sim.post("/_sim/tiktok/act/disconnect", {"creatorId": TIKTOK_MAYA})
    sim.post("/_sim/clock", {"advance": 3 * DAY + HOUR, "settle": True})
    spans = {"tiktok" if "user_openid" in one["body"] else "meta": _span(one) for one in sim.deliveries()}
    dropped = all(one["state"] == "dropped" for one in sim.deliveries())
    return {
        "meta_retries_36_hours": 24 * HOUR < spans["meta"] <= 36 * HOUR,
        "tiktok_retries_72_hours": 60 * HOUR < spans["tiktok"] <= 72 * HOUR,
        "dropped_in_the_end": dropped,
    }


def _subscribe(sim: SimulatorHandle, url: str) -> None:
    app = {"authorization": f"Bearer {sim.app_id}|{sim.app_secret}"}
    page = {"authorization": f"Bearer {sim.tokens()['pages'][0]['pageToken']}"}
    asked = {"object": "instagram", "callback_url": url, "verify_token": "word", "fields": "comments"}
    httpx2.post(f"{sim.graph_url}/v26.0/{sim.app_id}/subscriptions", data=asked, headers=app).raise_for_status()
    fields = {"subscribed_fields": "feed"}
    httpx2.post(f"{sim.graph_url}/v26.0/{PAGE}/subscribed_apps", data=fields, headers=page).raise_for_status()


def _handshake_then_nothing(seen: Seen) -> Reply:
    if seen.method == "GET":
        return Reply(200, seen.query["hub.challenge"][0].encode())
    return Reply(500)


def _span(delivery: dict[str, Any]) -> float:
    """Virtual seconds from the first try to the last."""
    tries = [datetime.fromisoformat(attempt["at"]) for attempt in delivery["attempts"]]
    return (tries[-1] - tries[0]).total_seconds()


def _answer(url: str, headers: dict[str, str]) -> Any:
    return httpx2.get(url, headers=headers).json()


FIGURES = (Figure("clock_s", clock_s, target=2.0, op="<"),)
