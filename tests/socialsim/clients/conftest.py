"""Clients of other people, pointed at the simulator and changed in nothing else."""

from collections.abc import Callable, Iterator

import pytest
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession
from pyfacebook import FacebookApi, IGBusinessApi

from socialsim.testing import SimulatorHandle
from tests.socialsim.parts import IG

Sdk = Callable[[str], FacebookAdsApi]
"""Meta's SDK with a token, on graph.facebook.com; with the app's secret, so that every call carries its proof."""


@pytest.fixture
def sdk(sim: SimulatorHandle) -> Iterator[Sdk]:
    """Meta's own SDK: ``GRAPH`` is the one thing that is ours."""
    sessions: list[FacebookSession] = []

    def of(token: str) -> FacebookAdsApi:
        session = FacebookSession(sim.app_id, sim.app_secret, token, timeout=10)
        session.GRAPH = sim.graph_url
        session.requests.trust_env = False
        sessions.append(session)
        return FacebookAdsApi(session)

    yield of
    for session in sessions:
        session.requests.close()


@pytest.fixture
def instagram(sim: SimulatorHandle) -> Iterator[IGBusinessApi]:
    """python-facebook's Instagram client as Maya's Page."""
    token = sim.tokens()["pages"][0]["pageToken"]
    client = IGBusinessApi(
        app_id=sim.app_id,
        app_secret=sim.app_secret,
        access_token=token,
        base_url=f"{sim.graph_url}/",
        instagram_business_id=IG,
        timeout=10,
    )
    client.session.trust_env = False
    yield client
    client.session.close()


@pytest.fixture
def facebook(sim: SimulatorHandle, monkeypatch: pytest.MonkeyPatch) -> Iterator[FacebookApi]:
    """python-facebook before anybody has logged in. Its OAuth library wants to be told that plain http is meant."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("NO_PROXY", "*")
    client = FacebookApi(
        app_id=sim.app_id,
        app_secret=sim.app_secret,
        oauth_flow=True,
        base_url=f"{sim.graph_url}/",
        authorization_url=f"{sim.dialog_url}/v24.0/dialog/oauth",
        access_token_url=f"{sim.graph_url}/oauth/access_token",
        redirect_uri="https://localhost/",
        timeout=10,
    )
    client.session.trust_env = False
    yield client
    client.session.close()
