"""Every page of the product, found by reflection, and the states that matter: looked at as a strict person would."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from uuid import UUID, uuid4

from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from huntaze.identity import every_route
from huntaze.inbox.send import SAYINGS
from huntaze.kit.text import Text
from huntaze.once import problem
from huntaze.platforms.compliance import PersonAsked
from huntaze.platforms.contract import PostType
from huntaze.platforms.errors import Reconnect
from huntaze.publishing import PostDraft, PostView, State
from huntaze.publishing.record import MISSED_PROBLEM, UNCONFIRMED
from socialsim.testing import MAYA, TIKTOK_MAYA
from tests.browser.chromium import SCREENSHOTS, Look, Watched, watched_page
from tests.fixtures import media
from tests.journeys.house import MAYA_ACCOUNTS, House, Person
from tests.outbox.planted import Planted, planted
from tests.support.waiting import eventually

NO_PAGES = frozenset(
    {
        "/static/{name}",
        "/live",
        "/healthz",
        "/readyz",
        "/metrics",
        "/m/{link}",
        "/media/{asset_id:uuid}/thumbnail",
        "/media/{asset_id:uuid}/file",
        "/accounts/picture",
        "/api/webhooks/{platform}",
        "/api/auth/{platform}",
        "/api/openapi.json",
        "/posts/quotas",
    }
)
"""GET routes that answer files, facts, streams, a redirect, or a part of a page."""
PREPARE = "POST /{ig}/media"
TOM = "9001000000000004"
Act = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Place:
    """A page to look at: where, as whom ("" nobody), and what is pressed there first."""

    name: str
    address: str
    who: str = "maya"
    status: int = 200
    act: Act | None = None


@dataclass
class Album:
    """Where every page is, and the sessions of those who see them."""

    house: House
    places: list[Place] = field(default_factory=list)
    cookies: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def add(self, name: str, path: str, who: str = "maya", status: int = 200, act: Act | None = None) -> None:
        """One more place of this house."""
        self.places.append(Place(name, self.house.url + path, who, status, act))


def page_routes(app: Starlette) -> Iterator[str]:
    """Paths of the routes that answer a page."""
    for path, route in every_route(app.routes):
        methods = getattr(route, "methods", None) or {"GET"}
        if "GET" in methods and path not in NO_PAGES and not hasattr(route, "dependant"):
            yield path


async def album(house: House, unowned: House) -> Album:
    """Fill a house with what its pages can show. ``unowned`` is another one, into which nobody has come yet."""
    house.app.router.routes.insert(0, Route("/broken", _broken))
    maya = await house.person()
    made = Album(house, cookies={"": {}, "maya": await house.cookies(maya)})
    await house.connect(maya, MAYA_ACCOUNTS)
    posts = await _posts(house, maya)
    photo = await house.asset(maya, media.jpeg(1080, 1350, seed=11), "a rather long name of a picture from the sea.jpg")
    await _figures(house)
    await _trouble(house, maya)
    grants = {name: await house.grant(maya, user_id=user, decline=decline) for name, user, decline in _GRANTS}
    accounts = await house.rows("SELECT id FROM account WHERE workspace_id = $1 ORDER BY username", maya.workspace_id)
    places = _addresses(posts, photo.id, grants, UUID(str(accounts[0]["id"])), await _mirrored(house, maya))
    webhook = await planted(house.rooms, maya.workspace_id)
    _by_route(made, await _events(house) | await _talk(house, maya) | places | _webhooks(webhook))
    made.add("webhook-secret", f"/settings/webhooks/{webhook.webhook_id}", act=_rotate)
    await _states(made, unowned)
    _simulator(made, posts["published"])
    return made


_GRANTS = (
    ("choose", MAYA, ()),
    ("choose-declined", MAYA, ("instagram_manage_comments",)),
    ("choose-nothing", TOM, ()),
)


def _addresses(
    posts: Mapping[str, PostView], photo: UUID, grants: Mapping[str, UUID], account: UUID, mirrored: Sequence[UUID]
) -> dict[str, list[tuple[str, str, str, int]]]:
    """For every route whose path has a parameter, or that needs more: name, path, who looks, status."""
    spent = "/sign-in/link/" + "x" * 43
    refused = "/api/auth/instagram/callback?code=x&state=y"
    post = "/posts/{post_id:uuid}"
    editable = ("draft", "scheduled", "failed")
    return {
        "/sign-in": [("sign-in", "/sign-in", "", 200)],
        "/sign-in/link/{token}": [("link-spent", spent, "", 410)],
        "/api/auth/{platform}/callback": [("connect-refused", refused, "maya", 400)],
        "/accounts/choose/{grant:uuid}": [
            (name, f"/accounts/choose/{one}", "maya", 200) for name, one in grants.items()
        ],
        "/accounts/{account:uuid}/disconnect": [("disconnect", f"/accounts/{account}/disconnect", "maya", 200)],
        "/media/{asset_id:uuid}": [
            ("media-photo", f"/media/{photo}", "maya", 200),
            ("media-video", f"/media/{posts['reel'].post.asset_ids[0]}", "maya", 200),
        ],
        "/published/{media_id:uuid}": [("published-carousel", f"/published/{mirrored[0]}", "maya", 200)],
        "/contacts/{person_id:uuid}": [("contact", f"/contacts/{mirrored[1]}", "maya", 200)],
        post: [
            (f"post-{name}", f"/posts/{one.post.id}", "maya", 200) for name, one in posts.items() if name != "draft"
        ],
        f"{post}/check": [("check", f"/posts/{posts['unconfirmed'].post.id}/check", "maya", 200)],
        f"{post}/edit": [(f"edit-{name}", f"/posts/{posts[name].post.id}/edit", "maya", 200) for name in editable],
    }


def _webhooks(made: Planted) -> dict[str, list[tuple[str, str, str, int]]]:
    one = f"/settings/webhooks/{made.webhook_id}"
    route = "/settings/webhooks/{webhook_id:uuid}"
    return {
        route: [("webhook", one, "maya", 200)],
        f"{route}/deliveries/{{delivery_id:uuid}}": [
            ("webhook-delivery", f"{one}/deliveries/{made.delivery_id}", "maya", 200)
        ],
    }


def _by_route(made: Album, addresses: Mapping[str, list[tuple[str, str, str, int]]]) -> None:
    """A place for every page route; a route with parameters that has no address here is an error of the test."""
    for path in page_routes(made.house.app):
        if path not in addresses and "{" in path:
            raise LookupError(f"{path}: say in _addresses where it is to be looked at")
        for name, where, who, status in addresses.get(
            path, [(path.strip("/").replace("/", "-") or "home", path, "maya", 200)]
        ):
            made.add(name, where, who, 500 if path == "/broken" else status)


async def _states(made: Album, unowned: House) -> None:
    """What the routes alone do not show: emptiness, errors, the ways that end elsewhere."""
    house = made.house
    newcomer = await house.person("Noé")
    made.cookies["new"] = await house.cookies(newcomer)
    for name, path in (
        ("home", "/"),
        ("posts", "/posts"),
        ("media", "/media"),
        ("accounts", "/accounts"),
        ("insights", "/insights"),
    ):
        made.add(f"{name}-empty", path, "new")
    made.cookies["helper"] = await house.cookies(await _without_rights(house))
    made.add("error-403", "/settings", "helper", 403)
    made.add("error-404", "/nothing-here", status=404)
    made.add("error-404-visitor", "/nothing-here", "", 404)
    made.add("posts-attention", "/posts?show=attention")
    made.add("compose-refused", "/posts/new", status=422, act=_publish_nothing)
    made.add("sign-in-wrong", "/sign-in", "", 422, _sign_in_wrong)
    made.add("connect-denied", "/platforms/connect/instagram", act=_deny)
    link = await unowned.rooms.identity.owner_link(unowned.url)
    made.places.append(Place("first-owner", link, "unowned"))
    made.places.append(Place("sign-in-unowned", f"{unowned.url}/sign-in", "unowned"))
    made.places.append(Place("parts", f"{unowned.url}/_parts", "unowned"))
    made.cookies["unowned"] = {}


def _simulator(made: Album, published: PostView) -> None:
    """The simulator's own pages, and its login windows."""
    sim, ref = made.house.sim, published.publications[0].media_ref
    feed = f"/accounts/{MAYA_ACCOUNTS[0]}"
    pages = {"home": "/", "feed": feed, "post": f"/media/{ref}", "requests": "/requests"}
    pages |= {name: f"/{name}" for name in ("webhooks", "faults", "clock", "people")}
    pages |= {"inbox": f"{feed}/inbox", "creator": f"/creators/{TIKTOK_MAYA}"}
    pages["request"] = f"/requests/{sim.get('/_sim/calls/log?limit=1')['calls'][0]['requestId']}"
    query = f"client_id={sim.app_id}&redirect_uri={made.house.url}/x&scope=instagram_basic,pages_show_list&state=s"
    dialog = f"/www.facebook.com/v26.0/dialog/oauth?{query}"
    pages |= {"dialog": dialog, "consent": f"{dialog}&sim_user={MAYA}"}
    returning = f"redirect_uri={made.house.url}/x&response_type=code&state=s"
    instagram = f"client_id={sim.instagram_app_id}&{returning}&scope=instagram_business_basic"
    pages["consent-instagram"] = f"/www.instagram.com/oauth/authorize?{instagram}&sim_account={MAYA_ACCOUNTS[0]}"
    tiktok = f"client_key={sim.client_key}&{returning}&scope=user.info.basic,video.publish"
    pages["consent-tiktok"] = f"/www.tiktok.com/v2/auth/authorize/?{tiktok}&sim_creator={TIKTOK_MAYA}"
    made.places += [Place(f"simulator-{name}", sim.url + path, "simulator") for name, path in pages.items()]
    made.cookies["simulator"] = {}


async def _posts(house: House, maya: Person) -> dict[str, PostView]:
    """Posts in the states that people meet."""
    sim, make = house.sim, _Maker(house, maya)
    made = {
        "published": await make.sent("First light over the bay.\n\nNew prints land Friday. #printmaking", photos=1),
        "carousel": await make.sent("Pulling the first proofs", photos=3),
        "reel": await make.sent("Studio tour", video=True),
    }
    media_ref = made["published"].publications[0].media_ref
    said = sim.comment(MAYA_ACCOUNTS[0], media_ref or "", "lena.draws", "très beau 😍 Which paper is it?")
    sim.post("/_sim/act/reply", {"commentId": said, "username": "petit.phare", "text": "I would like to know too!"})
    sim.add_fault(
        {"where": "before", "what": "error", "code": 36003, "subcode": 2207009, "match": {"endpoint": PREPARE}}
    )
    made["failed"] = await make.sent("Packing orders today", photos=1, ends=State.FAILED)
    soon = house.rooms.clock.now() + timedelta(days=2)
    made["scheduled"] = await make.create("Sunday market", PostType.IMAGE, await make.photos(1), due_at=soon)
    made["draft"] = await make.create("Half a thought", PostType.IMAGE, await make.photos(1), draft=True)
    for state, caption in ((State.UNCONFIRMED, "Did it go out?"), (State.HELD, "Held for a reason")):
        later = await make.create(caption, PostType.IMAGE, await make.photos(1), due_at=soon)
        made[state.value.lower()] = await make.put(later, state)
    await eventually(lambda: house.rows("SELECT 1 FROM comment WHERE parent_ref <> ''"))
    return made


async def _talk(house: House, maya: Person) -> dict[str, list[tuple[str, str, str, int]]]:
    """A comment with an answer that failed, and a private one of which nobody can tell."""
    sql = "SELECT * FROM comment WHERE workspace_id = $1 AND username = 'lena.draws'"
    said = (await house.rows(sql, maya.workspace_id))[0]
    for kind, state, why in (
        ("reply", "FAILED", SAYINGS.missed),
        ("private_reply", "UNCONFIRMED", SAYINGS.unconfirmed),
    ):
        await house.rows(
            "INSERT INTO comment_deed (id, workspace_id, account_id, platform, comment_id, comment_ref, thread_ref,"
            " media_ref, person_ref, commented_at, kind, text, state, asked_by, created_at, wanted_at, problem)"
            " VALUES (gen_random_uuid(), $1, $2, 'instagram', $3, $4, $4, $5, $6, now(), $7, 'It is washi.', $8,"
            " 'Maya', now(), now(), $9) RETURNING id",
            maya.workspace_id, said["account_id"], said["id"], said["comment_ref"], said["media_ref"],
            said["person_ref"], kind, state, problem(why.code, why.message, why.remedy),
        )  # fmt: skip
    return {"/comments/{comment_id:uuid}": [("comment", f"/comments/{said['id']}?do=reply", "maya", 200)]}


async def _events(house: House) -> dict[str, list[tuple[str, str, str, int]]]:
    """An event that failed, and somebody who asked to be forgotten."""
    dead = "UPDATE intake_event SET state = 'dead', tries = 8, problem = 'TimeoutError', done_at = now()"
    rows = await house.rows(f"{dead} WHERE id = (SELECT min(id) FROM intake_event) RETURNING id")
    asked = await house.rooms.compliance.ask("instagram", PersonAsked("nobody", house.rooms.clock.now()))
    return {
        "/events/{event_id}": [("event", f"/events/{rows[0]['id']}", "maya", 200)],
        "/deletion/{code}": [("deletion", f"/deletion/{asked.code}", "", 200)],
        "/privacy": [("privacy", "/privacy", "", 200)],
    }


class _Maker:
    """Makes posts of one person on their first account."""

    def __init__(self, house: House, person: Person) -> None:
        self._house = house
        self._person = person
        self._seed = 100

    async def photos(self, count: int) -> list[UUID]:
        """New pictures."""
        made = []
        for _ in range(count):
            self._seed += 1
            made.append(
                (await self._house.asset(self._person, media.jpeg(1080, 1350, seed=self._seed), "photo.jpg")).id
            )
        return made

    async def create(
        self,
        caption: str,
        kind: PostType,
        assets: Sequence[UUID],
        *,
        draft: bool = False,
        due_at: datetime | None = None,
    ) -> PostView:
        """A post through the front door of publishing."""
        rows = await self._house.rows(
            "SELECT id FROM account WHERE workspace_id = $1 AND account_ref = $2",
            self._person.workspace_id,
            MAYA_ACCOUNTS[0],
        )
        account = UUID(str(rows[0]["id"]))
        asked = PostDraft(kind, caption, tuple(assets), (account,), due_at, "Europe/Paris", draft=draft)
        return await self._house.rooms.publishing.create(self._person.actor, asked)

    async def sent(
        self, caption: str, *, photos: int = 0, video: bool = False, ends: State = State.PUBLISHED
    ) -> PostView:
        """A post that has gone out, or not, as the platform wanted."""
        kind = PostType.REELS if video else PostType.IMAGE if photos == 1 else PostType.CAROUSEL
        clip = await self._house.asset(self._person, media.mp4(3.0, 540, 960), "tour.mp4") if video else None
        view = await self.create(caption, kind, [clip.id] if clip else await self.photos(photos))

        async def ended() -> bool:
            return (await self._seen(view)).state is ends

        await eventually(ended, seconds=30)
        return await self._seen(view)

    async def put(self, view: PostView, state: State) -> PostView:
        """Into a state that takes days to reach."""
        why = MISSED_PROBLEM if state is State.HELD else problem("unconfirmed", *UNCONFIRMED)
        async with self._house.rooms.database.transaction() as tx:
            await tx.execute(
                "UPDATE publication SET state = $2, next_check_at = NULL, problem = $3 WHERE post_id = $1",
                view.post.id,
                state.value,
                why,
            )
        return await self._seen(view)

    async def _seen(self, view: PostView) -> PostView:
        seen = await self._house.rooms.publishing.view(self._person.workspace_id, view.post.id)
        assert seen is not None
        return seen


async def _figures(house: House) -> None:
    """What the platform counts is read at once, but for what takes many calls."""
    soon = "name <> ALL (ARRAY['history', 'audience'])"
    await eventually(lambda: house.rows("SELECT 1 FROM insights_round OFFSET 15"))
    async with house.rooms.database.transaction() as tx:
        await tx.execute(f"UPDATE insights_round SET next_at = now() WHERE {soon}")
        for row in await tx.fetch("SELECT workspace_id, account_id FROM insights_round WHERE name = 'days'"):
            await house.rooms.insights.wake(tx, row["workspace_id"], row["account_id"])

    async def all_read() -> bool:
        return not await house.rows(f"SELECT 1 FROM insights_round WHERE finished_at IS NULL AND {soon}")

    await eventually(all_read, seconds=30)


async def _mirrored(house: House, maya: Person) -> list[UUID]:
    """A carousel of the platform's, and somebody who commented."""
    found = []
    for sql in (
        "SELECT id FROM platform_media WHERE workspace_id = $1 AND type = 'CAROUSEL' ORDER BY published_at LIMIT 1",
        "SELECT id FROM people WHERE workspace_id = $1 AND username = 'lena.draws'",
    ):
        found.append(UUID(str((await house.rows(sql, maya.workspace_id))[0]["id"])))
    return found


async def _trouble(house: House, maya: Person) -> None:
    """The second account needs a person."""
    sql = "SELECT id FROM account WHERE workspace_id = $1 AND account_ref = $2"
    second = (await house.rows(sql, maya.workspace_id, MAYA_ACCOUNTS[1]))[0]["id"]
    ended = Text("The sign-in has expired or was withdrawn."), Text("Connect the account again.")
    await house.rooms.accounts.needs_reconnect(UUID(str(second)), Reconnect(*ended, platform="instagram"))


async def _without_rights(house: House) -> Person:
    """Somebody who may look at nothing yet."""
    person = await house.person("Ines")
    async with house.rooms.database.transaction() as tx:
        await tx.execute("UPDATE member SET role = 'guest' WHERE person_id = $1", person.id)
    return person


async def _broken(_request: Request) -> Response:
    raise RuntimeError("broken on purpose")


async def _publish_nothing(page: Page) -> None:
    await page.locator("[data-main]").click()
    await expect(page.locator("[role=alert], #errors, .error-summary").first).to_be_visible()


async def _sign_in_wrong(page: Page) -> None:
    await page.locator("#login").fill(f"{uuid4()}@example.org")
    await page.locator("#password").fill("not this one")
    await page.locator("main form button.primary").click()
    await expect(page.locator(".banner").first).to_be_visible()


async def _rotate(page: Page) -> None:
    await page.locator("[command=show-modal][commandfor=rotate]").click()
    await page.locator("dialog[open] button.primary").click()
    await expect(page.locator("#made")).to_be_visible()


async def _deny(page: Page) -> None:
    await page.locator("main a[href='/api/auth/instagram']").click()
    await page.get_by_text("Continue as Jonas Berg").click()
    await page.locator("button[value=cancel]").click()
    await page.wait_for_url("**/callback?**")


async def look_around(browser: Browser, made: Album, look: Look, *, shoot: bool = False) -> list[str]:
    """Every place in one look: what a person would not forgive, each with the page's name."""
    groups = [list(group) for _, group in groupby(sorted(made.places, key=lambda one: one.who), lambda one: one.who)]

    async def walk(places: Sequence[Place]) -> list[str]:
        found: list[str] = []
        cookies = made.cookies[places[0].who]
        async with watched_page(browser, places[0].address, look, cookies=cookies) as watched:
            for place in places:
                found += [f"{place.name} ({look.name}): {fault}" for fault in await faults_of(watched, place)]
                if shoot:
                    await _shoot(watched, place, look)
        return found

    walked = await asyncio.gather(*(walk(group) for group in groups))
    return [fault for group in walked for fault in group]


async def faults_of(watched: Watched, place: Place) -> list[str]:
    """One place: status and policy of the answer, console, accessibility, sideways scrolling."""
    watched.complaints.clear()
    answer = await watched.page.goto(place.address, wait_until="load")
    assert answer is not None
    found = []
    if place.act is not None:
        await place.act(watched.page)
    elif answer.status != place.status:
        found.append(f"answered {answer.status}, not {place.status}")
    if "default-src 'none'" not in (await answer.all_headers()).get("content-security-policy", ""):
        found.append("no content security policy")
    found += [f"axe: {fault}" for fault in await watched.axe()]
    found += [f"sideways at 320: {fault}" for fault in await watched.sideways()]
    # A browser writes every page that is itself an error to its console
    expected = f"responded with a status of {place.status} "
    return found + [one for one in await watched.faults() if place.status < 400 or expected not in one]


async def _shoot(watched: Watched, place: Place, look: Look) -> None:
    folder: Path = SCREENSHOTS / look.name
    folder.mkdir(parents=True, exist_ok=True)
    await watched.page.evaluate("scrollTo(0, 0)")
    await watched.page.screenshot(path=folder / f"{place.name}.png", full_page=True, animations="disabled")
