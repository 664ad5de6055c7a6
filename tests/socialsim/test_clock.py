"""Days and hours of both platforms in milliseconds, on a clock that stands until it is moved."""

import itertools
import json
from datetime import datetime
from typing import Any

import pytest

from socialsim.testing import TIKTOK_MAYA, SimulatorHandle
from tests.socialsim.long_story import settle
from tests.socialsim.parts import IG, PAGE, Graph, Listener, Reply, problem
from tests.socialsim.recipes import RECIPES
from tests.socialsim.staging import APP_TOKEN, FACEBOOK, INSTAGRAM, TIKTOK, Shot, Stage

NOON = 1_790_000_000.0
HOUR, DAY = 3600.0, 86400.0


@pytest.fixture
def still(sim: SimulatorHandle) -> SimulatorHandle:
    """A simulator at noon of a day that does not pass."""
    sim.post("/_sim/reset", {"seed": 7, "at": NOON})
    sim.configure({"ready": {"IMAGE": 0, "STORIES": 0, "default": 0}})
    return sim


def test_the_clock_stands_to_the_second_and_runs_on_when_told(still: SimulatorHandle) -> None:
    assert still.now() == still.now() == NOON
    still.advance(0.25)
    assert still.now() == NOON + 0.25
    running = still.post("/_sim/clock", {"stands": False})
    assert (running["stands"], NOON <= running["epoch"] < NOON + 60) == (False, True)
    assert still.now() > running["epoch"]


def test_a_long_lived_token_of_facebook_lives_sixty_days(still: SimulatorHandle) -> None:
    with Graph.of(still) as graph:
        assert graph.get("me", token=graph.user_token)["name"] == "Maya Le Goff"
        still.advance(60 * DAY - 1)
        assert graph.raw("GET", "me", token=graph.user_token).status_code == 200
        still.advance(1)
        assert problem(graph.raw("GET", "me", token=graph.user_token)) == (190, 463)
        exchange = f"oauth/access_token?grant_type=fb_exchange_token&fb_exchange_token={graph.user_token}"
        credentials = f"client_id={still.app_id}&client_secret={still.app_secret}"
        assert graph.fails("GET", f"{exchange}&{credentials}")[0] == 190
        assert graph.get(PAGE)["id"] == PAGE, "a Page token made of it has no end by time"
        data = graph.get(f"debug_token?input_token={graph.user_token}", token=APP_TOKEN)["data"]
        assert (data["is_valid"], data["expires_at"]) == (False, int(NOON + 60 * DAY))


def test_data_access_ends_ninety_days_after_the_last_login(still: SimulatorHandle) -> None:
    with Graph.of(still) as graph:
        still.advance(90 * DAY - 1)
        assert graph.get(PAGE)["id"] == PAGE
        still.advance(1)
        assert graph.fails("GET", PAGE)[0] == 190


def test_a_token_of_instagram_is_refreshed_after_a_day_and_lives_sixty_more(
    still: SimulatorHandle, listener: Listener
) -> None:
    stage = Stage(still, listener)
    with stage.client:
        token = stage.token(INSTAGRAM)
        refresh = Shot(
            "GET", stage.url(INSTAGRAM, f"refresh_access_token?grant_type=ig_refresh_token&access_token={token}"), ""
        )
        assert stage.fire(refresh).status_code == 400, "not within the first day"
        still.advance(DAY)
        renewed = stage.fire(refresh).json()
        assert renewed["expires_in"] == 60 * DAY
        me = Shot("GET", stage.url(INSTAGRAM, f"me?access_token={renewed['access_token']}"), "")
        still.advance(60 * DAY - 1)
        assert stage.fire(me).status_code == 200
        still.advance(1)
        assert problem(stage.fire(me)) == (190, 463)


def test_a_container_is_a_draft_for_a_day(still: SimulatorHandle) -> None:
    with Graph.of(still) as graph:
        first, second = graph.container(), graph.container()
        still.advance(DAY - 1)
        assert graph.get(f"{first}?fields=status_code")["status_code"] == "FINISHED"
        graph.publish(first)
        still.advance(1)
        assert graph.get(f"{second}?fields=status_code")["status_code"] == "EXPIRED"
        assert graph.fails("POST", f"{IG}/media_publish", creation_id=second)[1] in {2207008, 2207020}
        assert graph.get(f"{first}?fields=status_code")["status_code"] == "PUBLISHED"


def test_a_story_is_gone_after_a_day_and_the_quota_is_free_again(still: SimulatorHandle) -> None:
    with Graph.of(still) as graph:
        story = graph.publish(graph.container(media_type="STORIES"))
        still.advance(DAY - 1)
        assert [one["id"] for one in graph.get(f"{IG}/stories")["data"]] == [story]
        assert graph.get(f"{IG}/content_publishing_limit")["data"] == [{"quota_usage": 1}]
        still.advance(2)
        assert graph.get(f"{IG}/stories")["data"] == []
        assert graph.get(f"{IG}/content_publishing_limit")["data"] == [{"quota_usage": 0}]


def test_tokens_and_upload_addresses_of_tiktok_end(still: SimulatorHandle, listener: Listener) -> None:
    still.configure({"tiktok": {"tokenProfile": "2h", "rateLimits": False}})
    stage = Stage(still, listener)
    with stage.client:
        pair = still.tiktok_tokens()
        chunk = RECIPES["open-upload.tiktokapis.com"]["PUT /video/"](stage, "open-upload.tiktokapis.com")
        still.advance(HOUR)
        assert stage.fire(chunk).status_code == 403, "an upload address lives an hour"
        info = Shot("GET", stage.url(TIKTOK, "v2/user/info/?fields=open_id"), "", headers=_bearer(pair["accessToken"]))
        assert stage.fire(info).status_code == 200
        still.advance(HOUR)
        assert stage.fire(info).status_code == 401
        form = {"client_key": "simck0000000001", "client_secret": "socialsim-tiktok-client-secret"}
        form |= {"grant_type": "refresh_token", "refresh_token": pair["refreshToken"]}
        still.advance(180 * DAY - 2 * HOUR)
        late = stage.fire(Shot("POST", stage.url(TIKTOK, "v2/oauth/token/"), "", form=form)).json()
        assert late["error"] == "invalid_grant"


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


# --- Webhooks ----------------------------------------------------------------------------------------------------


def subscribed(stage: Stage) -> None:
    stage.fire(RECIPES[FACEBOOK]["POST /{app}/subscriptions"](stage, FACEBOOK))
    stage.fire(RECIPES[FACEBOOK]["POST /{page}/subscribed_apps"](stage, FACEBOOK))
    stage.sim.post("/_sim/tiktok/clients", {"key": "simck0000000001", "callbackUrl": stage.hook})


def comments(stage: Stage) -> None:
    stage.comment()


def removes(stage: Stage) -> None:
    stage.token(TIKTOK)
    stage.sim.post("/_sim/tiktok/act/disconnect", {"creatorId": TIKTOK_MAYA})


PLATFORMS = [pytest.param(comments, 36 * HOUR, id="meta-36h"), pytest.param(removes, 72 * HOUR, id="tiktok-72h")]


def newest(sim: SimulatorHandle) -> dict[str, Any]:
    return dict(sim.deliveries()[-1])


def tried_at(delivery: dict[str, Any]) -> list[float]:
    return [datetime.fromisoformat(attempt["at"]).timestamp() for attempt in delivery["attempts"]]


@pytest.mark.parametrize(("happens", "patience"), PLATFORMS)
def test_an_event_that_nobody_takes_is_tried_less_and_less_often_then_dropped(
    still: SimulatorHandle, listener: Listener, happens: Any, patience: float
) -> None:
    stage = Stage(still, listener)
    with stage.client:
        subscribed(stage)
        listener.answers["/hook"] = Reply(503)
        happens(stage)
    settle(still, patience + 1)
    given_up = newest(still)
    times = tried_at(given_up)
    assert given_up["state"] == "dropped"
    assert times[0] == NOON, "at once"
    assert patience / 2 < times[-1] - times[0] <= patience
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(waits) >= 10
    assert waits[:8] == sorted(waits[:8])
    settle(still, 10 * DAY)
    assert len(newest(still)["attempts"]) == len(times)


@pytest.mark.parametrize(("happens", "patience"), PLATFORMS)
def test_a_receiver_that_comes_back_in_time_gets_the_event_once(
    still: SimulatorHandle, listener: Listener, happens: Any, patience: float
) -> None:
    stage = Stage(still, listener)
    with stage.client:
        subscribed(stage)
        listener.answers["/hook"] = Reply(500)
        happens(stage)
    settle(still, patience / 2)
    assert newest(still)["state"] == "waiting"
    listener.seen.clear()
    listener.answers["/hook"] = Reply(200)
    settle(still, patience)
    taken = newest(still)
    assert taken["state"] == "delivered"
    assert [attempt["status"] for attempt in taken["attempts"]][-1] == 200
    (arrived,) = [seen for seen in listener.seen if seen.method == "POST"]
    assert json.loads(arrived.body)
