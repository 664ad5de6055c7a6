"""The page of the guided set-up."""

import htpy as h

from socialsim.meta.login.dialog_pages import Choice, frame


def setup_page(
    *,
    person: Choice,
    linked: list[Choice],
    personal: list[Choice],
    without_page: list[Choice],
    hidden: list[tuple[str, str]],
    onward: str,
) -> h.Renderable:
    """What is linked, what can be; ``onward`` is the address of the next page, empty if there is no way on."""
    return frame(
        "Set up your Instagram account",
        h.div(".as")[
            h.img(src=person.picture, alt="", width="48", height="48"),
            h.p[f"Logged in as {person.name}."],
        ],
        h.h1["Set up your Instagram account"],
        h.p(".lead")["Apps reach a professional Instagram account through a Facebook Page."],
        bool(linked)
        and h.ul(".people")[(h.li(".person")[_account(account, "Linked to a Page")] for account in linked)],
        _offers(personal, "convert", "Switch to professional", person.id, hidden),
        _offers(without_page, "link", "Create a Page and link it", person.id, hidden),
        h.div(".actions")[
            h.form(method="post")[
                _hidden(hidden, person.id),
                h.button(".plain", type="submit", name="action", value="cancel")["Cancel"],
            ],
            onward and h.a(".primary.button", href=onward)["Next"],
        ],
    )


def _account(account: Choice, note: str) -> h.Node:
    return [
        h.img(src=account.picture, alt="", width="48", height="48"),
        h.span(".who")[h.strong[account.name], h.span(".note")[note]],
    ]


def _offers(accounts: list[Choice], action: str, words: str, person_id: str, hidden: list[tuple[str, str]]) -> h.Node:
    return [
        h.form(".person.offer", method="post")[
            _hidden(hidden, person_id),
            h.input(type="hidden", name="account", value=account.id),
            _account(account, account.note),
            h.button(type="submit", name="action", value=action)[words],
        ]
        for account in accounts
    ]


def _hidden(hidden: list[tuple[str, str]], person_id: str) -> h.Node:
    return [
        *(h.input(type="hidden", name=name, value=value) for name, value in hidden),
        h.input(type="hidden", name="user", value=person_id),
    ]
