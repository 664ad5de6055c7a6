"""From the dialog to a connected account and back (instagram.md §1), against the simulator."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from huntaze.kit.secret import Secret
from huntaze.platforms.contract import Access, App, Discovery, Grant
from huntaze.platforms.errors import Later, Reconnect, Rejected
from huntaze.platforms.instagram import Instagram
from socialsim.testing import SimulatorHandle
from tests.platforms.instagram.world import INES, INES_PAGE, JONAS, MAYA, MAYA_ACCOUNT, MAYA_PAGE, REDIRECT_URI, TOM
from tests.support.serving import serving

VERIFY = Secret("our-verify-token")


def login_scopes(instagram: Instagram) -> str:
    return ",".join(instagram.logins["facebook"].wanted_scopes)


async def grant_of(
    instagram: Instagram, sim: SimulatorHandle, app: App, user: str = MAYA, decline: list[str] | None = None
) -> Grant:
    _, code = sim.login(REDIRECT_URI, scope=login_scopes(instagram), user_id=user, decline=decline)
    return await instagram.logins["facebook"].exchange(app, REDIRECT_URI, code)


async def found_by(
    instagram: Instagram, sim: SimulatorHandle, app: App, user: str, decline: list[str] | None = None
) -> Discovery:
    return await instagram.logins["facebook"].discover(app, await grant_of(instagram, sim, app, user, decline))


async def test_the_dialog_leads_back_with_a_code_that_becomes_a_long_lived_grant(
    instagram: Instagram, sim: SimulatorHandle, app: App
) -> None:
    login = instagram.logins["facebook"]
    address = login.authorize_url(app, REDIRECT_URI, "state-1")
    form: Mapping[str, str | list[str]] = dict(parse_qsl(urlsplit(address).query)) | {
        "user": MAYA,
        "permission": list(login.wanted_scopes),
        "page": [MAYA_PAGE],
        "action": "continue",
    }
    async with httpx2.AsyncClient(trust_env=False) as browser:
        assert (await browser.get(address)).status_code == 200
        answer = await browser.post(address, data=form)
    back = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}

    assert back["state"] == "state-1"
    assert login.denied(back) is None
    grant = await login.exchange(app, REDIRECT_URI, back["code"] + "#_=_")

    assert (grant.user_ref, grant.declined) == (MAYA, frozenset())
    assert grant.scopes >= set(login.wanted_scopes)
    assert grant.expires_at is not None
    assert grant.expires_at - grant.issued_at > timedelta(days=50)
    assert grant.data_access_expires_at is not None
    assert grant.data_access_expires_at > datetime.now(UTC) + timedelta(days=80)


async def test_asking_again_names_the_rerequest(instagram: Instagram, app: App) -> None:
    address = instagram.logins["facebook"].authorize_url(app, REDIRECT_URI, "s", ask_again=True)

    assert dict(parse_qsl(urlsplit(address).query))["auth_type"] == "rerequest"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"error": "access_denied", "error_reason": "user_denied", "state": "s"}, "You ended the sign-in"),
        ({"error_code": "1349048", "error_message": "URL blocked"}, "URL blocked"),
        ({"error": "server_error", "error_description": "Try later"}, "Try later"),
        ({"state": "s"}, "without an answer"),
    ],
)
def test_a_callback_without_a_code_is_explained(instagram: Instagram, query: dict[str, str], words: str) -> None:
    denied = instagram.logins["facebook"].denied(query)

    assert denied is not None
    assert words in str(denied.reason)
    assert str(denied.remedy)


async def test_a_code_works_once(instagram: Instagram, sim: SimulatorHandle, app: App) -> None:
    _, code = sim.login(REDIRECT_URI, scope=login_scopes(instagram))
    await instagram.logins["facebook"].exchange(app, REDIRECT_URI, code)

    with pytest.raises(Rejected) as caught:
        await instagram.logins["facebook"].exchange(app, REDIRECT_URI, code)

    assert caught.value.subcode == "36009"
    assert code not in caught.value.raw


async def test_a_callback_address_that_differs_by_a_slash_is_named(
    instagram: Instagram, sim: SimulatorHandle, app: App
) -> None:
    _, code = sim.login(REDIRECT_URI, scope=login_scopes(instagram))

    with pytest.raises(Rejected, match="callback address"):
        await instagram.logins["facebook"].exchange(app, REDIRECT_URI + "/", code)


async def test_an_unticked_permission_shows_right_after_the_callback(
    instagram: Instagram, sim: SimulatorHandle, app: App
) -> None:
    grant = await grant_of(instagram, sim, app, decline=["instagram_content_publish"])
    discovery = await instagram.logins["facebook"].discover(app, grant)

    assert grant.declined == {"instagram_content_publish"}
    assert "instagram_content_publish" not in grant.scopes
    assert [str(text) for text in discovery.accounts[0].off] == ["Publishing is off: its permission was not given."]


async def test_every_account_is_found_and_a_page_without_one_is_explained(
    instagram: Instagram, sim: SimulatorHandle, app: App
) -> None:
    discovery = await found_by(instagram, sim, app, MAYA)

    assert [account.username for account in discovery.accounts] == ["atelier.maya", "roue.libre"]
    first = discovery.accounts[0]
    assert (first.account_ref, first.page_ref, first.page_name) == (MAYA_ACCOUNT, MAYA_PAGE, "Atelier Maya")
    assert first.off == ()
    assert first.followers
    assert first.token
    assert [row.name for row in discovery.unusable] == ["Marché de Douarnenez"]
    assert "No Instagram account is linked" in str(discovery.unusable[0].reason)


async def test_a_person_without_a_page_learns_what_is_missing(
    instagram: Instagram, sim: SimulatorHandle, app: App
) -> None:
    discovery = await found_by(instagram, sim, app, JONAS)

    assert discovery.accounts == ()
    assert "shows us no Page" in str(discovery.unusable[0].reason)


async def test_a_personal_account_is_explained(instagram: Instagram, sim: SimulatorHandle, app: App) -> None:
    discovery = await found_by(instagram, sim, app, TOM)

    assert discovery.accounts == ()
    assert discovery.unusable[0].name == "tom.keller"
    assert "personal" in str(discovery.unusable[0].reason)


async def test_an_account_inside_a_portfolio_is_found(instagram: Instagram, sim: SimulatorHandle, app: App) -> None:
    discovery = await found_by(instagram, sim, app, INES)

    assert [(account.username, account.page_ref) for account in discovery.accounts] == [("maison.carvalho", INES_PAGE)]
    assert discovery.unusable == ()


async def test_without_business_management_the_portfolio_is_suspected(
    instagram: Instagram, sim: SimulatorHandle, app: App
) -> None:
    discovery = await found_by(instagram, sim, app, INES, decline=["business_management"])

    assert discovery.accounts == ()
    assert any("business management" in str(row.remedy) for row in discovery.unusable)


async def test_a_declined_base_permission_is_named_before_anything_is_asked(
    instagram: Instagram, sim: SimulatorHandle, app: App
) -> None:
    discovery = await found_by(instagram, sim, app, MAYA, decline=["pages_show_list"])

    assert discovery.accounts == ()
    assert "pages_show_list" in str(discovery.unusable[0].reason)


async def test_a_role_that_only_looks_is_explained_and_one_that_only_moderates_cannot_publish(
    instagram: Instagram, sim: SimulatorHandle, app: App
) -> None:
    pages = [
        {"name": name, "tasks": tasks, "instagram": {"username": name, "media": 0}}
        for name, tasks in {"looker": ["ANALYZE"], "moderator": ["MODERATE", "ANALYZE"]}.items()
    ]
    sim.seed({"users": [{"id": "9001000000000077", "name": "Zoe", "pages": pages}]})

    discovery = await found_by(instagram, sim, app, "9001000000000077")

    assert [row.name for row in discovery.unusable] == ["looker"]
    assert [account.username for account in discovery.accounts] == ["moderator"]
    assert "your role" in str(discovery.accounts[0].off[0])


async def test_a_long_list_of_pages_is_followed_to_its_end(
    instagram: Instagram, sim: SimulatorHandle, app: App
) -> None:
    seeded = sim.seed({"accounts": 230, "media": 0, "comments": 0})

    discovery = await found_by(instagram, sim, app, seeded["userId"])

    assert len({account.account_ref for account in discovery.accounts}) == 230


async def test_webhooks_are_switched_on_for_the_app_and_for_the_account(
    instagram: Instagram, sim: SimulatorHandle, app: App, access: Access
) -> None:
    bodies: list[tuple[bytes, Mapping[str, str]]] = []

    async def shake(request: Request) -> Response:
        challenge = instagram.events.handshake(request.query_params, VERIFY)
        return PlainTextResponse(challenge or "", 200 if challenge else 403)

    async def take(request: Request) -> Response:
        bodies.append((await request.body(), request.headers))
        return Response()

    routes = [Route("/hook", shake, methods=["GET"]), Route("/hook", take, methods=["POST"])]
    login = instagram.logins["facebook"]
    async with serving(Starlette(routes=routes)) as url:
        await login.subscribe_app(app, f"{url}/hook", VERIFY)
        await login.subscribe(access)
        media_ref = (await instagram.reader.media(access, limit=1)).items[0].media_ref
        comment_ref = sim.comment(MAYA_ACCOUNT, media_ref, "ana", "Très beau ✨")
        await _until(lambda: bool(bodies))
        with pytest.raises(Rejected):
            await login.subscribe_app(app, f"{url}/hook", Secret("a stranger's"))

    raw, headers = bodies[0]
    assert instagram.events.authentic(raw, headers, [app.secret])
    item = instagram.events.split(raw)[0]
    assert item.identity == f"comment/{comment_ref}/created"


async def test_a_refresh_gives_a_grant_that_still_works(instagram: Instagram, sim: SimulatorHandle, app: App) -> None:
    grant = await grant_of(instagram, sim, app)
    sim.advance(timedelta(days=20).total_seconds())

    fresh = await instagram.logins["facebook"].refresh(app, grant)

    assert (fresh.user_ref, fresh.scopes) == (grant.user_ref, grant.scopes)
    assert fresh.expires_at is not None
    assert grant.expires_at is not None
    assert fresh.expires_at >= grant.expires_at


async def test_an_inspection_tells_what_is_granted_now_and_renews_nothing(
    instagram: Instagram, sim: SimulatorHandle, app: App
) -> None:
    grant = await grant_of(instagram, sim, app)

    seen = await instagram.logins["facebook"].inspect(app, grant)

    assert seen.token == grant.token
    assert (seen.scopes, seen.expires_at) == (grant.scopes, grant.expires_at)


async def test_revoking_kills_the_tokens_and_revoking_again_is_no_error(
    instagram: Instagram, sim: SimulatorHandle, app: App
) -> None:
    login = instagram.logins["facebook"]
    grant = await grant_of(instagram, sim, app)

    await login.revoke(app, grant)
    await login.revoke(app, grant)

    with pytest.raises(Reconnect):
        await login.refresh(app, grant)
    with pytest.raises(Reconnect) as caught:
        await login.discover(app, grant)
    assert caught.value.code == "190"
    assert grant.token.reveal() not in f"{caught.value} {caught.value.raw}"


@pytest.mark.parametrize(
    ("act", "subcode"), [("change-password", "460"), ("checkpoint", "459"), ("log-out", "467"), ("remove-app", "458")]
)
async def test_what_happens_to_the_person_asks_for_a_reconnect_with_its_reason(
    instagram: Instagram, sim: SimulatorHandle, access: Access, act: str, subcode: str
) -> None:
    sim.post(f"/_sim/act/{act}", {"userId": MAYA})

    with pytest.raises(Reconnect) as caught:
        await instagram.reader.profile(access)

    assert (caught.value.code, caught.value.subcode) == ("190", subcode)


async def test_a_proof_made_with_a_wrong_secret_is_refused_where_the_app_demands_one(
    instagram: Instagram, sim: SimulatorHandle, access: Access
) -> None:
    sim.post("/_sim/apps", {"id": sim.app_id, "secret": sim.app_secret, "requireProof": True})

    assert (await instagram.reader.profile(access)).username == "atelier.maya"
    with pytest.raises(Rejected):
        await instagram.reader.profile(replace(access, app=App(access.app.app_id, Secret("wrong"))))


async def test_a_throttled_exchange_can_be_tried_later(instagram: Instagram, sim: SimulatorHandle, app: App) -> None:
    sim.add_fault({"what": "error", "code": 4, "status": 400, "match": {"endpoint": "GET /oauth/access_token"}})

    with pytest.raises(Later):
        await grant_of(instagram, sim, app)


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.02)
