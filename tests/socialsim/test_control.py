"""The control plane, the process, the pictures."""

import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from socialsim.testing import SimulatorHandle, simulator
from tests.socialsim.parts import IG, Graph, browse


def test_a_seed_of_many_accounts_gives_one_owner_and_their_pages(sim: SimulatorHandle) -> None:
    made = sim.seed({"accounts": 20, "media": 3, "comments": 2})
    assert len({account["accountId"] for account in made["accounts"]}) == 20
    with Graph.of(sim, made["userId"]) as graph:
        assert len(graph.get("me/accounts?limit=100", graph.user_token)["data"]) == 20
        account = made["accounts"][0]["accountId"]
        media = graph.get(f"{account}/media?fields=comments_count")["data"]
    assert [row["comments_count"] for row in media] == [2, 2, 2]
    assert sim.truth() == []


def test_the_same_seed_gives_the_same_ids_and_tokens(sim: SimulatorHandle) -> None:
    def run() -> str:
        sim.reset(seed=11)
        made = sim.seed({"accounts": 2})
        return json.dumps([made, sim.tokens(made["userId"])["userToken"]])

    assert run() == run()


def test_calls_are_counted_by_endpoint_and_kept_without_secrets(graph: Graph) -> None:
    graph.sim.delete("/_sim/calls")
    graph.client.get(f"{IG}?access_token={graph.page_token}&fields=id")
    graph.get(f"{IG}/media")
    assert graph.sim.calls() == {"GET /{ig}": 1, "GET /{ig}/media": 1}
    assert (graph.sim.calls(IG), graph.sim.calls("1")) == (graph.sim.calls(), {})
    log = graph.sim.get("/_sim/calls/log?limit=10")["calls"]
    assert [call["endpoint"] for call in log] == ["GET /{ig}/media", "GET /{ig}"]
    assert graph.page_token not in json.dumps(log)


def test_the_clock_moves_by_hand(sim: SimulatorHandle) -> None:
    before = sim.now()
    sim.advance(3600)
    assert 3600 <= sim.now() - before < 3700
    assert sim.post("/_sim/clock", {"offset": 0})["offset"] == 0


def test_a_snapshot_brings_everything_back(graph: Graph) -> None:
    sim = graph.sim
    media = graph.publish(graph.container(caption="kept"))
    state = sim.get("/_sim/snapshot")
    sim.reset()
    assert graph.fails("GET", media) == (190, None)
    graph.client.put(f"{sim.url}/_sim/snapshot", json=state)
    assert graph.get(f"{media}?fields=caption")["caption"] == "kept"
    assert [row["objectId"] for row in sim.truth("media.published")] == [media]
    assert graph.publish(graph.container()) != media


def test_a_knob_with_a_typo_is_refused_and_nothing_changes(sim: SimulatorHandle) -> None:
    before = sim.get("/_sim/config")
    with pytest.raises(RuntimeError, match="422"):
        sim.configure({"quotaTotl": 5})
    assert sim.get("/_sim/config") == before


@pytest.mark.parametrize("scene", ["sea", "hills", "print", "leaf", "still", "road", "plate", "shapes", "avatar"])
def test_a_picture_is_the_same_jpeg_every_time(scene: str) -> None:
    from socialsim.kernel.pictures.studio import paint

    data = paint(f"{scene}-x", scene, 120, 150)
    assert data == paint(f"{scene}-x", scene, 120, 150)
    assert data != paint(f"{scene}-y", scene, 120, 150)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("JPEG", (120, 150))


def test_a_picture_comes_in_the_asked_size_within_bounds(sim: SimulatorHandle) -> None:
    with Image.open(io.BytesIO(browse(f"{sim.url}/_sim/pictures/anything.jpg?w=99&h=5").content)) as image:
        assert image.size == (99, 16)


def test_a_page_of_another_site_cannot_command_it(sim: SimulatorHandle) -> None:
    with Graph.of(sim) as graph:
        headers = {"Sec-Fetch-Site": "cross-site"}
        assert graph.client.post(f"{sim.url}/_sim/reset", headers=headers).status_code == 403
        assert graph.client.post(f"{sim.url}/clock", headers=headers).status_code == 403
        assert graph.client.get(f"{sim.url}/", headers=headers).status_code == 200


def start(state: Path) -> tuple["subprocess.Popen[str]", str]:
    command = [sys.executable, "-m", "socialsim", "--port", "0", "--state", str(state)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    line = child.stdout.readline()
    assert line.startswith("socialsim: ready on http://127.0.0.1:")
    return child, line.split()[-1]


def test_a_process_ends_cleanly_and_starts_again_with_its_data(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    for expected in (10, 11):
        child, url = start(state)
        with child:
            sim = SimulatorHandle(url)
            sim.configure({"ready": {"IMAGE": 0}})
            with Graph.of(sim) as graph:
                media = graph.publish(graph.container())
                assert len(graph.get(f"{IG}/media")["data"]) == expected
                assert browse(graph.get(f"{media}?fields=media_url")["media_url"]).status_code == 200
            sim.close()
            child.send_signal(signal.SIGTERM)
            out, err = child.communicate(timeout=10)
        assert (child.returncode, out, err) == (0, "", "")


def test_a_taken_port_is_told_in_one_line() -> None:
    with simulator() as sim:
        command = [sys.executable, "-m", "socialsim", "--port", sim.url.rpartition(":")[2]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "cannot listen on" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_simulator_as_a_process_of_its_own() -> None:
    with simulator(process=True) as sim:
        assert sim.get("/_sim")["name"] == "socialsim"
