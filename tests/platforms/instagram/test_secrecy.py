"""No token and no secret in a log line, an exception or an address where a header was possible (T44)."""

import logging

import pytest

from huntaze.platforms.contract import Access, App, ArtefactRequest, MediaSource, PostType
from huntaze.platforms.errors import PlatformError
from huntaze.platforms.instagram import Instagram
from socialsim.testing import SimulatorHandle
from tests.platforms.instagram.world import MAYA_ACCOUNT, MAYA_PAGE, REDIRECT_URI

MUST_BE_IN_THE_QUERY = {"/v26.0/oauth/access_token", "/v26.0/debug_token"}


async def test_a_whole_round_leaves_no_secret_behind(
    instagram: Instagram, sim: SimulatorHandle, app: App, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("", "httpx2"):
        caplog.set_level(logging.DEBUG, logger=name)
    login = instagram.logins["facebook"]
    _, code = sim.login(REDIRECT_URI, scope=",".join(login.wanted_scopes))
    grant = await login.exchange(app, REDIRECT_URI, code)
    found = (await login.discover(app, grant)).accounts[0]
    access = Access(app, MAYA_ACCOUNT, found.token, grant.token, MAYA_PAGE)
    await login.subscribe(access)
    source = MediaSource(f"{sim.url}/_sim/pictures/sea-1.jpg?w=1080&h=1350", "image", "image/jpeg", 1)
    request = ArtefactRequest(PostType.IMAGE, item=False, media=(source,), caption="Hi")
    artefact = await instagram.publisher.begin(access, request)
    await instagram.publisher.status(access, artefact.ref)
    await instagram.publisher.commit(access, artefact, request)
    await instagram.publisher.baseline(access)
    await instagram.reader.media(access, limit=2)
    refreshed = await login.refresh(app, grant)
    await login.revoke(app, grant)
    failures: list[str] = []
    for call in (login.refresh(app, grant), instagram.reader.profile(access), login.exchange(app, REDIRECT_URI, code)):
        with pytest.raises(PlatformError) as caught:
            await call
        failures.append(f"{caught.value!s} {caught.value!r} {vars(caught.value)} {caught.getrepr(showlocals=True)}")

    # The code is a variable of this very frame, so tracebacks show it: it is looked for in the log only.
    secrets = [code, app.secret.reveal(), *(s.reveal() for s in (grant.token, found.token, refreshed.token))]
    lines = [f"{record.name} {record.getMessage()}" for record in caplog.records if record.name != "socialsim"]
    assert any("httpx2" in line for line in lines)
    assert [line for line in lines if any(secret in line for secret in secrets)] == []
    assert [text for text in failures if any(secret in text for secret in secrets[1:])] == []

    transcript = sim.get("/_sim/calls/log?limit=500")["calls"]
    telling = {row["path"] for row in transcript if "token=" in row["query"] or "secret=" in row["query"]}
    assert telling
    assert {path.removeprefix("/graph.facebook.com") for path in telling} <= MUST_BE_IN_THE_QUERY
