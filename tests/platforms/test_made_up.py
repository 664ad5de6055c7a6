"""The machine publishes once on three made-up platforms, each with another call that cannot be taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from socialsim.testing import simulator
from tests.platforms.init.server import InitHost
from tests.platforms.made_up.known import HOSTS, made_up
from tests.platforms.made_up.server import MadeUpServer
from tests.publishing.ground import Connected, Ground, kinds, open_ground
from tests.support.databases import Databases
from tests.support.waiting import eventually

Servers = Mapping[str, MadeUpServer]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Each platform on its own port."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(MadeUpServer.running(host)) for name, host in HOSTS.items()}


@pytest_asyncio.fixture(scope="module")
async def ground(
    databases: Databases, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    """A house that knows the three; the simulator lends its pictures."""
    home: Path = tmp_path_factory.mktemp("made-up")
    known = {name: made_up(name, server.base_url) for name, server in servers.items()}
    with simulator(seed=3) as sim:
        async with databases.fresh() as dsn, open_ground(home, dsn, sim, more_platforms=known) as opened:
            yield opened


def _public(server: MadeUpServer, account: Connected) -> list[str]:
    return [row.text for row in server.truth() if row.account_id == account.ref]


@pytest.mark.parametrize("name", HOSTS)
async def test_a_post_goes_out_once_and_is_linked(ground: Ground, servers: Servers, name: str) -> None:
    account = await ground.made_up(name)
    post_id = await ground.post_one_picture(account)
    row = await ground.linked(post_id)
    (public,) = [row for row in servers[name].truth() if row.account_id == account.ref]
    assert (row["state"], row["mediaId"]) == ("PUBLISHED", public.object_id)


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("where", ["before", "after", "mid"])
async def test_a_lost_answer_makes_it_go_out_once_all_the_same(
    ground: Ground, servers: Servers, name: str, where: str
) -> None:
    account, server = await ground.made_up(name), servers[name]
    server.fault(HOSTS[name].publishing, where=where, what="reset")
    post_id = await ground.post_one_picture(account)
    row = await ground.until(post_id, "PUBLISHED")
    assert "unknown" in kinds(row)
    assert len(_public(server, account)) == 1


@pytest.mark.parametrize("name", HOSTS)
async def test_a_refusal_fails_at_once_and_is_not_sent_again(ground: Ground, servers: Servers, name: str) -> None:
    account, server = await ground.made_up(name), servers[name]
    server.fault(HOSTS[name].publishing, what="error", status=422, code=7)
    before = server.calls(HOSTS[name].publishing)
    row = await ground.until(await ground.post_one_picture(account), "FAILED")
    assert (row["error"]["code"], _public(server, account)) == ("7", [])
    assert server.calls(HOSTS[name].publishing) == before + 1


async def test_an_upload_that_broke_off_is_begun_anew(ground: Ground, servers: Servers) -> None:
    account, server = await ground.made_up("last_chunk"), servers["last_chunk"]
    server.fault("PUT /{a}/uploads/{id}", what="reset")
    post_id = await ground.post_one_picture(account)
    await ground.until(post_id, "PUBLISHED")
    assert [one["state"] for one in await ground.artefacts(post_id)] == ["abandoned", "published"]
    assert len(_public(server, account)) == 1


async def test_the_fuse_is_cut_at_once_and_a_file_never_fetched_is_tried_again(
    ground: Ground, servers: Servers
) -> None:
    account, server = await ground.made_up("init"), servers["init"]
    server.fault(InitHost.publishing, where="before", what="reset")
    post_id = await ground.post_one_picture(account)
    row = await ground.until(post_id, "PUBLISHED")
    first, second = await ground.artefacts(post_id)
    assert (first["state"], second["state"]) == ("expired", "published")
    async with ground.rows() as tx:
        links = await tx.fetch("SELECT * FROM link WHERE made_for LIKE 'publication:%' ORDER BY made_at DESC LIMIT 2")
        fetched = [
            await tx.fetchval("SELECT count(*) FROM link_fetch WHERE link_id = $1", link["id"]) for link in links
        ]
    assert [link["revoked_at"] is not None for link in links] == [True, True]
    assert fetched == [1, 0]
    assert "strong_no" in kinds(row)
    assert len(_public(server, account)) == 1


async def test_the_fuse_burnt_down_is_waited_for_and_what_came_of_it_is_adopted(
    ground: Ground, servers: Servers
) -> None:
    account, server = await ground.made_up("init"), servers["init"]
    server.fault(InitHost.publishing, where="after", what="timeout", seconds=0.6)
    post_id = await ground.post_one_picture(account)
    row = await ground.linked(post_id)
    (public,) = [row for row in server.truth() if row.account_id == account.ref]
    assert ("fetched" in kinds(row), row["mediaId"]) == (True, public.object_id)
    assert server.calls(InitHost.publishing) >= 1
    assert len(await ground.artefacts(post_id)) == 1


async def test_a_file_fetched_without_a_post_to_see_is_never_sent_again(ground: Ground, servers: Servers) -> None:
    account, server = await ground.made_up("init"), servers["init"]
    server.fault(InitHost.publishing, where="after", what="timeout", seconds=0.6)
    before = server.calls(InitHost.publishing)
    post_id = await ground.post_one_picture(account)
    await ground.until(post_id, "SENT")
    server.fault("GET /{a}/posts", what="status", status=500, times=0)

    async def looked_often() -> bool:
        return bool((await ground.row(post_id))["unknown_reads"] >= 5)

    await eventually(looked_often)
    assert (await ground.row(post_id))["state"] == "RECONCILING"
    assert server.calls(InitHost.publishing) == before + 1
    server.services.faults.clear()
    await ground.until(post_id, "PUBLISHED")
    assert len(_public(server, account)) == 1
