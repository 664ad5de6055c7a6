"""The pages of the login dialog: plain forms, no script."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import htpy as h

from socialsim.kernel.pages import sheet


@dataclass(frozen=True, slots=True)
class Choice:
    """A person to continue as."""

    id: str
    name: str
    picture: str
    note: str


@dataclass(frozen=True, slots=True)
class PermissionChoice:
    """A permission that can be unticked."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class PageChoice:
    """A Page that can be unticked."""

    id: str
    name: str
    picture: str
    note: str
    chosen: bool


def frame(title: str, *content: h.Node) -> h.Renderable:
    """A page of www.facebook.com."""
    return sheet(title, "f", "Log in with Facebook", *content)


def people_page(app_name: str, people: list[Choice], query: str, back: str) -> h.Renderable:
    """Who are you?"""
    return frame(
        f"Log in to {app_name}",
        h.h1[f"Log in to {app_name}"],
        h.p(".lead")["Choose who you are today."],
        h.ul(".people")[
            (
                h.li[
                    h.a(".person", href=f"?{query}&sim_user={person.id}")[
                        h.img(src=person.picture, alt="", width="48", height="48"),
                        h.span(".who")[h.strong[f"Continue as {person.name}"], h.span(".note")[person.note]],
                        h.span(".go", aria_hidden="true")["\u203a"],
                    ]
                ]
                for person in people
            )
        ],
        h.p(".quiet")["You will return to ", h.span(".address")[urlsplit(back).netloc], "."],
    )


def consent_page(
    *,
    app_name: str,
    person: Choice,
    permissions: list[PermissionChoice],
    pages: list[PageChoice],
    hidden: list[tuple[str, str]],
    back: str,
) -> h.Renderable:
    """What may the app do, and with which Pages?"""
    return frame(
        f"{app_name} asks for access",
        h.div(".as")[
            h.img(src=person.picture, alt="", width="48", height="48"),
            h.p[f"Logged in as {person.name}. ", h.a(href=_switch(hidden))["Not you?"]],
        ],
        h.h1[f"{app_name} asks for access"],
        h.form(method="post")[
            (h.input(type="hidden", name=name, value=value) for name, value in hidden),
            h.input(type="hidden", name="user", value=person.id),
            _pages(pages),
            _permissions(app_name, permissions),
            h.div(".actions")[
                h.button(".plain", type="submit", name="action", value="cancel")["Cancel"],
                h.button(".primary", type="submit", name="action", value="continue")[
                    f"Continue as {person.name.partition(' ')[0]}"
                ],
            ],
        ],
        h.p(".quiet")["You will return to ", h.span(".address")[urlsplit(back).netloc], "."],
    )


def _switch(hidden: list[tuple[str, str]]) -> str:
    return "?" + urlencode(hidden)


def _pages(pages: list[PageChoice]) -> h.Node:
    if not pages:
        return h.p(".empty")["You do not manage any Page. Without one the app cannot reach an Instagram account."]
    return h.fieldset[
        h.legend["Pages and the Instagram accounts behind them"],
        (
            h.label(".row")[
                h.input(type="checkbox", name="page", value=page.id, checked=page.chosen),
                h.img(src=page.picture, alt="", width="40", height="40"),
                h.span(".who")[h.strong[page.name], h.span(".note")[page.note]],
            ]
            for page in pages
        ),
    ]


def _permissions(app_name: str, permissions: list[PermissionChoice]) -> h.Node:
    if not permissions:
        return h.p(".empty")["Nothing new is asked for."]
    return h.fieldset[
        h.legend[f"{app_name} will be able to"],
        (
            h.label(".row")[
                h.input(type="checkbox", name="permission", value=permission.name, checked=True),
                h.span(".who")[h.span[permission.words], h.code(".note")[permission.name]],
            ]
            for permission in permissions
        ),
    ]


def problem_page(message: str) -> h.Renderable:
    """An error that Facebook shows instead of returning to the app."""
    return frame(
        "Something went wrong",
        h.h1["Sorry, something went wrong"],
        h.p(".problem", role="alert")[message],
        h.p(".quiet")["This is shown here because there is no safe address to return to."],
    )
