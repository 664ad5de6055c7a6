"""The pages of Instagram's authorisation window: plain forms, no script."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import htpy as h

from socialsim.kernel.pages import sheet
from socialsim.meta.login.dialog_pages import Choice, PermissionChoice

Query = dict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What every page knows: who asks, where it leads back to, and the request's own query."""

    app_name: str
    back: str
    query: Query

    def link(self, **more: str) -> str:
        """The same window with something added."""
        return "?" + urlencode({**self.query, **more})


def _frame(title: str, *content: h.Node) -> h.Renderable:
    return sheet(title, None, "Instagram", *content, style="authorize")


def _leads(asked: Asked) -> h.Node:
    return h.p(".quiet")["You will return to ", h.span(".address")[urlsplit(asked.back).netloc], "."]


def _choices(choices: list[tuple[Choice, str]]) -> h.Node:
    return h.ul(".people")[
        (
            h.li[
                h.a(".person", href=href)[
                    h.img(src=choice.picture, alt="", width="48", height="48"),
                    h.span(".who")[h.strong[choice.name], h.span(".note")[choice.note]],
                    h.span(".go", aria_hidden="true")["\u203a"],
                ]
            ]
            for choice, href in choices
        )
    ]


def accounts_page(asked: Asked, accounts: list[Choice], *, by_facebook: bool) -> h.Renderable:
    """Which account? ``by_facebook`` offers the other way in."""
    return _frame(
        "Log in to Instagram",
        h.h1["Log in to Instagram"],
        h.p(".lead")[f"Choose the account to use with {asked.app_name}."],
        _choices([(account, asked.link(sim_account=account.id)) for account in accounts])
        if accounts
        else h.p(".empty")["No Instagram account is connected to this person's Pages."],
        by_facebook and h.p(".other")[h.a(href=asked.link(sim_facebook="choose"))["Log in with Facebook"]],
        _leads(asked),
    )


def facebook_page(asked: Asked, people: list[Choice]) -> h.Renderable:
    """Who are you on Facebook?"""
    return _frame(
        "Log in with Facebook",
        h.h1["Log in with Facebook"],
        h.p(".lead")["Then choose one of your Instagram accounts."],
        _choices([(person, asked.link(sim_facebook=person.id)) for person in people]),
        h.p(".other")[h.a(href=asked.link())["Log in with Instagram instead"]],
        _leads(asked),
    )


def credentials_page(asked: Asked, *, problem: str, by_facebook: bool) -> h.Renderable:
    """Type who you are, although you may be signed in (``force_reauth``)."""
    return _frame(
        "Log in to Instagram",
        h.h1["Log in to Instagram"],
        h.p(".lead")[f"{asked.app_name} asks you to log in again."],
        problem and h.p(".problem", role="alert")[problem],
        h.form(method="post")[
            _hidden(asked.query),
            h.label(".field")[
                "Username", h.input(name="username", autocomplete="off", autocapitalize="none", required=True)
            ],
            h.label(".field")["Password", h.input(name="password", type="password", autocomplete="off", required=True)],
            h.p(".quiet")["Any password will do here."],
            h.div(".actions")[h.button(".primary", type="submit", name="action", value="sign-in")["Log in"]],
        ],
        by_facebook and h.p(".other")[h.a(href=asked.link(sim_facebook="choose"))["Log in with Facebook"]],
        _leads(asked),
    )


def consent_page(asked: Asked, account: Choice, permissions: list[PermissionChoice], required: str) -> h.Renderable:
    """What may the app do with this account? One permission cannot be unticked."""
    return _frame(
        f"{asked.app_name} asks for access",
        h.div(".as")[
            h.img(src=account.picture, alt="", width="48", height="48"),
            h.p[f"Logged in as {account.name}. ", h.a(href=asked.link(sim_account="choose"))["Switch accounts"]],
        ],
        h.h1[f"{asked.app_name} asks for access to {account.name}"],
        h.form(method="post")[
            _hidden(asked.query),
            h.input(type="hidden", name="account", value=account.id),
            h.fieldset[
                h.legend[f"{asked.app_name} will be able to"],
                (_permission(permission, required) for permission in permissions),
            ],
            h.div(".actions")[
                h.button(".plain", type="submit", name="action", value="cancel")["Cancel"],
                h.button(".primary", type="submit", name="action", value="allow")["Allow"],
            ],
        ],
        _leads(asked),
    )


def _permission(permission: PermissionChoice, required: str) -> h.Node:
    fixed = permission.name == required
    return h.label(".row")[
        h.input(type="checkbox", name="permission", value=permission.name, checked=True, disabled=fixed),
        h.span(".who")[
            h.span[permission.words, fixed and " (required)"],
            h.code(".note")[permission.name],
        ],
    ]


def _hidden(query: Query) -> list[h.Node]:
    return [h.input(type="hidden", name=name, value=value) for name, value in query.items()]


def personal_page(asked: Asked, account: Choice) -> h.Renderable:
    """Why a personal account cannot be used (§0.1)."""
    return _frame(
        "A professional account is needed",
        h.h1["A professional account is needed"],
        h.p(".problem", role="alert")[
            f"{account.name} is a personal account. {asked.app_name} can only be used with a professional one: "
            "Business or Creator."
        ],
        h.p[
            "In the Instagram app: Settings, Account type and tools, Switch to professional account. It costs nothing."
        ],
        h.p(".other")[h.a(href=asked.link(sim_account="choose"))["Use another account"]],
        _leads(asked),
    )


def problem_page(message: str) -> h.Renderable:
    """An error that Instagram shows instead of returning to the app."""
    return _frame(
        "Something went wrong",
        h.h1["Sorry, something went wrong"],
        h.p(".problem", role="alert")[message],
        h.p(".quiet")["This is shown here because there is no safe address to return to."],
    )
