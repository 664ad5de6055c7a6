"""Filling a world: the default cast, or as many generic accounts as a test asks for."""

from msgspec import Struct, field

from socialsim.kernel.pictures import CLIP
from socialsim.kernel.services import Services
from socialsim.meta.cast import CAST, CastAccount, CastPage, CastPerson
from socialsim.meta.cast_alone import ALONE
from socialsim.meta.community.comments import add_comment, follower_id
from socialsim.meta.model import Account, App, Media, Page, Person, Portfolio, World, put

DEFAULT_APP_ID = "700000000000001"
DEFAULT_APP_SECRET = "socialsim-meta-app-secret"  # noqa: S105  a made-up app of the simulator
DEFAULT_INSTAGRAM_APP_ID = "800000000000001"
DEFAULT_INSTAGRAM_APP_SECRET = "socialsim-instagram-app-secret"  # noqa: S105  a made-up app of the simulator
ALL_TASKS = ["MANAGE", "CREATE_CONTENT", "MODERATE", "MESSAGING", "ADVERTISE", "ANALYZE"]
DAY = 86400.0
_CAPTIONS = (
    "Slow morning, good light.",
    "Three tries, and the fourth one sings.",
    "Back to where it began.",
    "A quiet corner of the week.",
    "Which one would you keep?",
)
_REMARKS = (
    "Love this!",
    "So calm. 🌿",
    "Where is that?",
    "Encore, s'il te plaît !",
    "The colours…",
    "Ça donne envie 😍",
)
_FANS = ("lena.draws", "m_okafor", "petit.phare", "yuki.walks", "bruno_k", "salt.and.linen", "claire.dz", "rosa.mundi")
_SCENES = ("sea", "hills", "print", "leaf", "still", "road", "plate", "shapes")


class InstagramSpec(Struct, rename="camel", forbid_unknown_fields=True):
    """An Instagram account to be made; ``media`` past posts with ``comments`` each."""

    username: str
    id: str = ""
    name: str = ""
    biography: str = ""
    website: str = ""
    followers: int = 1200
    follows: int = 180
    media: int = 9
    comments: int = 2
    personal: bool = False
    country: str = "US"


class PageSpec(Struct, rename="camel", forbid_unknown_fields=True):
    """A Page to be made, inside a portfolio if that is named."""

    name: str
    id: str = ""
    tasks: list[str] = field(default_factory=lambda: list(ALL_TASKS))
    portfolio: str = ""
    needs_ads_permission: bool = False
    instagram: InstagramSpec | None = None


class PersonSpec(Struct, rename="camel", forbid_unknown_fields=True):
    """A Facebook user with Pages."""

    name: str
    id: str = ""
    pages: list[PageSpec] = field(default_factory=list)


class Scenario(Struct, rename="camel", forbid_unknown_fields=True):
    """Body of ``POST /_sim/seed``: people in detail, or a number of generic ``accounts`` of one new person."""

    users: list[PersonSpec] = field(default_factory=list)
    accounts: int = 0
    media: int = 9
    comments: int = 2
    followers: int = 1200


class SeededAccount(Struct, rename="camel"):
    """What came of a scenario, per Instagram account or Page."""

    user_id: str
    page_id: str
    account_id: str
    username: str


class Seeder:
    """Puts people, Pages, accounts and their past into a world. The past is not in the truth ledger."""

    def __init__(self, services: Services, world: World) -> None:
        self._services = services
        self._world = world

    def default_app(self) -> App:
        """The app that the demo uses."""
        app = App(DEFAULT_APP_ID, DEFAULT_APP_SECRET, "Huntaze demo")
        app.instagram_id, app.instagram_secret = DEFAULT_INSTAGRAM_APP_ID, DEFAULT_INSTAGRAM_APP_SECRET
        self._world.apps[app.id] = app
        return app

    def cast(self) -> None:
        """The default people (names and ids are part of the documentation)."""
        for person in CAST:
            self._cast_person(person)
        for account in ALONE:
            self._cast_account(account).type = "MEDIA_CREATOR"

    def scenario(self, scenario: Scenario) -> list[SeededAccount]:
        """Make what is asked for; gives every Page that was made."""
        users = list(scenario.users)
        if scenario.accounts:
            users.append(self._generic(scenario))
        return [made for user in users for made in self._person(user)]

    def _generic(self, scenario: Scenario) -> PersonSpec:
        number = self._services.mint.number
        pages = []
        for _ in range(scenario.accounts):
            n = number("generic")
            instagram = InstagramSpec(
                username=f"creator.{n:03d}",
                name=f"Creator {n}",
                biography="Made by the simulator.",
                followers=scenario.followers,
                media=scenario.media,
                comments=scenario.comments,
            )
            pages.append(PageSpec(name=f"Creator {n}", instagram=instagram))
        return PersonSpec(name=f"Owner {number('owner')}", pages=pages)

    def _person(self, spec: PersonSpec) -> list[SeededAccount]:
        mint = self._services.mint
        person = Person(spec.id or mint.id("9002", 16), spec.name, f"avatar-{spec.name}.jpg")
        self._world.people[person.id] = person
        made = []
        for page_spec in spec.pages:
            page = Page(page_spec.id or mint.id("1011", 15), page_spec.name)
            page.needs_ads_permission = page_spec.needs_ads_permission
            self._world.pages[page.id] = page
            person.roles[page.id] = list(page_spec.tasks)
            if page_spec.portfolio:
                self._into_portfolio(person, page, page_spec.portfolio)
            account = self._instagram(page_spec.instagram, page) if page_spec.instagram else None
            made.append(
                SeededAccount(person.id, page.id, account.id if account else "", account.username if account else "")
            )
        return made

    def _into_portfolio(self, person: Person, page: Page, name: str, portfolio_id: str = "") -> None:
        known = next((p for p in self._world.portfolios.values() if p.name == name), None)
        portfolio = known or Portfolio(portfolio_id or self._services.mint.id("1201", 15), name)
        self._world.portfolios[portfolio.id] = portfolio
        portfolio.owned_pages.append(page.id)
        page.portfolio_id = portfolio.id
        if portfolio.id not in person.portfolios:
            person.portfolios.append(portfolio.id)

    def _instagram(self, spec: InstagramSpec, page: Page) -> Account:
        account = Account(
            id=spec.id or self._services.mint.id("178415"),
            username=spec.username,
            name=spec.name or spec.username,
            picture=f"avatar-{spec.username}.jpg",
            page_id="" if spec.personal else page.id,
            biography=spec.biography,
            website=spec.website,
            followers=spec.followers,
            follows=spec.follows,
            personal=spec.personal,
            country=spec.country,
        )
        page.instagram_id = account.id
        self._world.accounts[account.id] = account
        for index in range(spec.media):
            self._generic_post(account, index, spec)
        return account

    def _generic_post(self, account: Account, index: int, spec: InstagramSpec) -> None:
        dice = self._services.dice
        at = self._services.clock.epoch() - (spec.media - index) * 1.5 * DAY + dice.random() * 3600
        scene = _SCENES[(index + len(account.username)) % len(_SCENES)]
        media = self._medium(account, at, "IMAGE", f"{scene}-{account.username}-{index}.jpg")
        media.caption = _CAPTIONS[(index + dice.randrange(2)) % len(_CAPTIONS)]
        media.likes = dice.randrange(5, max(6, spec.followers // 8))
        for number in range(spec.comments):
            fan = _FANS[(index + number) % len(_FANS)]
            self._remark(media, fan, _REMARKS[dice.randrange(len(_REMARKS))], at + 600.0 * (number + 1))

    # The cast

    def _cast_person(self, cast: CastPerson) -> None:
        person = Person(cast.id, cast.name, f"avatar-{cast.picture}.jpg")
        self._world.people[person.id] = person
        for cast_page in cast.pages:
            self._cast_page(person, cast_page)

    def _cast_page(self, person: Person, cast: CastPage) -> None:
        page = Page(cast.id, cast.name, cast.category)
        self._world.pages[page.id] = page
        person.roles[page.id] = list(ALL_TASKS)
        if cast.portfolio:
            self._into_portfolio(person, page, cast.portfolio, "120000000000001")
        if cast.instagram is not None:
            account = self._cast_account(cast.instagram)
            page.instagram_id = account.id
            account.page_id = "" if account.personal else page.id

    def _cast_account(self, cast: CastAccount) -> Account:
        account = Account(
            id=cast.id,
            username=cast.username,
            name=cast.name,
            picture=f"avatar-{cast.username}.jpg",
            biography=cast.biography,
            website=cast.website,
            followers=cast.followers,
            follows=cast.follows,
            personal=cast.personal,
            country=cast.country,
        )
        self._world.accounts[account.id] = account
        now = self._services.clock.epoch()
        for post in cast.posts:
            at = now - post.days_ago * DAY
            first, *more = post.pictures
            kind = "VIDEO" if post.reel else "CAROUSEL_ALBUM" if more else "IMAGE"
            media = self._medium(account, at, kind, f"{first}.jpg")
            if post.reel:
                media.product, media.blob, media.cover = "REELS", CLIP, f"{first}.jpg"
            media.caption, media.likes, media.alt_text = post.caption, post.likes, post.alt_text
            for picture in post.pictures if more else ():
                media.children.append(self._medium(account, at, "IMAGE", f"{picture}.jpg", media.id).id)
            for number, (username, text, answer) in enumerate(post.comments):
                comment_id = self._remark(media, username, text, at + 1500.0 * (number + 1))
                if answer:
                    when = at + 1500.0 * (number + 1) + 2400
                    add_comment(
                        self._services, self._world, media, account.id, account.username, answer, when, comment_id
                    )
        return account

    def _medium(self, account: Account, at: float, kind: str, picture: str, parent_id: str = "") -> Media:
        mint = self._services.mint
        media = Media(
            id=mint.id("18000"),
            account_id=account.id,
            kind=kind,
            product="FEED",
            timestamp=float(int(at)),
            shortcode=mint.opaque("shortcode", 11),
            blob=picture,
            parent_id=parent_id,
        )
        self._world.media[media.id] = media
        self._world.shortcodes[media.shortcode] = media.id
        if not parent_id:
            put(account.timeline, media.timestamp, media.id)
        return media

    def _remark(self, media: Media, username: str, text: str, at: float) -> str:
        author = follower_id(self._services, self._world, media.account_id, username)
        return add_comment(self._services, self._world, media, author, username, text, float(int(at))).id
