"""Containers, people, Pages and portfolios (instagram.md §1.4, §3.1). A field without a value is left out."""

from socialsim.meta.access import Context
from socialsim.meta.fields import Field, parse
from socialsim.meta.login.tokens import page_token
from socialsim.meta.model import Container, Page, Person, Portfolio
from socialsim.meta.paging import connection, window_of_field
from socialsim.meta.publishing.states import copyright_check, status_code, status_text
from socialsim.meta.reading.accounts import account_node
from socialsim.meta.reading.projection import OMIT, Table, media_link, project

# --- Container ---------------------------------------------------------------------------------------------------


def container_node(context: Context, container: Container, fields: tuple[Field, ...]) -> dict[str, object]:
    """An IG Container (§3.1)."""
    container.reads += 1
    return project(context, container, "IGContainer", CONTAINER, fields)


def _copyright(context: Context, container: Container, field: Field) -> object:
    own = context.services.config.accounts.get(container.account_id)
    return copyright_check(container, context.call.at, matches=own is not None and own.copyright_matches)


def _video_status(context: Context, container: Container, field: Field) -> object:
    """Both phases of a resumable upload: a field of Meta's SDK that the sheet does not have; its words are assumed."""
    upload = context.world.uploads.get(container.id)
    if upload is None:
        return OMIT
    state = status_code(container, context.call.at)
    processing = {"FINISHED": "complete", "PUBLISHED": "complete", "ERROR": "error"}.get(state, "in_progress")
    sending = "in_progress" if upload.offset else "not_started"
    return {
        "uploading_phase": {
            "status": "complete" if upload.whole else sending,
            "bytes_transferred": upload.offset,
            "source_file_size": upload.file_size,
        },
        "processing_phase": {"status": processing if upload.whole else "not_started"},
    }


CONTAINER: Table[Container] = {
    "id": lambda c, o, f: o.id,
    "status_code": lambda c, o, f: status_code(o, c.call.at),
    "status": lambda c, o, f: status_text(o, c.call.at),
    "copyright_check_status": _copyright,
    "video_status": _video_status,
}

# --- People, Pages, portfolios -----------------------------------------------------------------------------------


def person_node(context: Context, person: Person, fields: tuple[Field, ...]) -> dict[str, object]:
    """A Facebook user."""
    return project(context, person, "User", PERSON, fields)


def page_node(context: Context, page: Page, fields: tuple[Field, ...]) -> dict[str, object]:
    """A Page (§1.4)."""
    return project(context, page, "Page", PAGE, fields)


def portfolio_node(context: Context, portfolio: Portfolio, fields: tuple[Field, ...]) -> dict[str, object]:
    """A business portfolio."""
    return project(context, portfolio, "Business", PORTFOLIO, fields)


def _first_name(context: Context, person: Person, field: Field) -> object:
    return person.name.partition(" ")[0]


def _picture(context: Context, name: str) -> object:
    return {"data": {"url": media_link(context, name), "is_silhouette": False, "width": 50, "height": 50}}


def _accounts_edge(context: Context, person: Person, field: Field) -> object:
    return page_list(context, own_pages(context, person), "/me/accounts", field)


def own_pages(context: Context, person: Person) -> list[str]:
    """Pages of ``/me/accounts``: needs pages_show_list; portfolio Pages are missing there (T14)."""
    if not context.may("pages_show_list"):
        return []
    pages = (context.world.pages[page_id] for page_id in person.roles)
    return [page.id for page in pages if not page.portfolio_id and context.page_visible(page)]


def page_list(context: Context, page_ids: list[str], edge: str, field: Field) -> dict[str, object]:
    """A list of Pages in their own order."""
    below = field.below or parse("access_token,category,name,id,tasks")
    pages = context.world.pages
    return connection(
        context,
        [(float(index), page_id) for index, page_id in enumerate(page_ids)],
        window_of_field(field),
        lambda page_id: page_node(context, pages[page_id], below),
        edge=edge,
        fields=field.text_below,
        newest_first=False,
    )


def _page_token(context: Context, page: Page, field: Field) -> object:
    token = context.actor.token
    return OMIT if token is None else page_token(context, page, token).value


def _business_account(context: Context, page: Page, field: Field) -> object:
    account = context.world.accounts.get(page.instagram_id)
    if account is None or account.personal or not context.may("instagram_basic"):
        return OMIT
    return account_node(context, account, field.below or parse("id"))


def _connected_account(context: Context, page: Page, field: Field) -> object:
    account = context.world.accounts.get(page.instagram_id)
    return OMIT if account is None else account_node(context, account, field.below or parse("id"))


def _portfolio(context: Context, page: Page, field: Field) -> object:
    portfolio = context.world.portfolios.get(page.portfolio_id)
    return OMIT if portfolio is None else portfolio_node(context, portfolio, field.below or parse("id,name"))


PERSON: Table[Person] = {
    "id": lambda c, p, f: p.id,
    "name": lambda c, p, f: p.name,
    "first_name": _first_name,
    "last_name": lambda c, p, f: p.name.partition(" ")[2],
    "picture": lambda c, p, f: _picture(c, p.picture),
    "accounts": _accounts_edge,
}


def _fans(context: Context, page: Page, field: Field) -> object:
    """What a Page's public shows is read with a permission of its own (§1.1)."""
    context.need("pages_read_engagement")
    return 120 + sum(page.id.encode()) * 3


PAGE: Table[Page] = {
    "id": lambda c, p, f: p.id,
    "name": lambda c, p, f: p.name,
    "category": lambda c, p, f: p.category,
    "fan_count": _fans,
    "followers_count": _fans,
    "tasks": lambda c, p, f: c.person.roles.get(p.id, []),
    "access_token": _page_token,
    "instagram_business_account": _business_account,
    "connected_instagram_account": _connected_account,
    "picture": lambda c, p, f: _picture(c, f"avatar-{p.id}.jpg"),
    "business": _portfolio,
    "link": lambda c, p, f: f"https://www.facebook.com/{p.id}",
}

PORTFOLIO: Table[Portfolio] = {
    "id": lambda c, b, f: b.id,
    "name": lambda c, b, f: b.name,
}
