"""What a person sees after the platform's dialog: the choice of accounts, or what went otherwise and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from htpy import Node, Renderable, code, div, form, label, li, p, span, strong, ul
from htpy import input as input_element

from huntaze.accounts.model import GrantRow
from huntaze.kit.text import Text
from huntaze.platforms.contract import Discovery, FoundAccount, Unusable
from huntaze.ui import parts
from huntaze.ui.i18n import _, compact, ngettext, number, spoken
from huntaze.ui.page import page
from huntaze.ui.viewer import Viewer

PictureUrl = Callable[[FoundAccount], str]


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be chosen from, and what was tried already."""

    grant: GrantRow
    label: str
    """The network's name."""
    found: Discovery
    connected: frozenset[str]
    """References of accounts that are connected here by this person of the platform."""
    anothers: frozenset[str]
    """References of accounts that are connected here by another person of the platform."""
    wanted: str = ""
    """The reference of the account that was to be connected again."""
    wanted_name: str = ""
    refused: tuple[Unusable, ...] = ()
    nothing_chosen: bool = False

    @property
    def again_url(self) -> str:
        """Asks once more for what was declined."""
        return again_url(self.grant.platform, self.grant.login)


def again_url(platform: str, login: str) -> str:
    """The sign-in once more, asking for what was declined before."""
    return f"/api/auth/{platform}?login={login}&again=1"


def choose(viewer: Viewer, choice: Choice, picture: PictureUrl) -> Renderable:
    """The accounts that were found, to tick; those that cannot be used, and why."""
    if not choice.found.accounts:
        return _nothing_found(viewer, choice)
    lead = ngettext(
        "We found {n} account. Connect it to use it here.",
        "We found {n} accounts. Tick those you want to use here.",
        len(choice.found.accounts),
    ).format(n=number(len(choice.found.accounts)))
    return page(
        viewer,
        _("Choose your accounts"),
        _wanted_missing(choice),
        _declined(choice),
        [parts.banner(_refusal(one), spoken(one.remedy), tone="warn") for one in choice.refused],
        form(".stack", method="post", action=f"/accounts/choose/{choice.grant.id}")[
            parts.csrf(viewer),
            parts.error_summary([("choices", _("Tick at least one account."))]) if choice.nothing_chosen else None,
            parts.card(
                ul("#choices.choices")[[_choice(choice, account, picture) for account in choice.found.accounts]],
                flush=True,
            ),
            div(".account-foot")[
                parts.button(
                    _("Connect"), kind="primary", icon_name="plug", attrs={"class": "button primary wide-on-phone"}
                ),
                parts.link_button(_("Cancel"), "/accounts", kind="quiet"),
            ],
        ],
        _unusable(choice.found.unusable),
        lead=lead,
        back=("/accounts", _("Accounts")),
    )


def ended(
    viewer: Viewer, title: str, reason: Text, remedy: Text, *, again: str, bad: bool = False, more: Node = None
) -> Renderable:
    """A sign-in that led to nothing: what happened and the one way on."""
    return page(
        viewer,
        title,
        parts.card(
            parts.banner(spoken(reason), spoken(remedy), tone="bad" if bad else "warn"),
            more,
            div(".account-foot")[
                parts.link_button(_("Try again"), again, kind="primary", icon_name="rotate-ccw"),
                parts.link_button(_("Back to accounts"), "/accounts", kind="quiet"),
            ],
            attrs={"class": "card narrow"},
        ),
        back=("/accounts", _("Accounts")),
    )


def _nothing_found(viewer: Viewer, choice: Choice) -> Renderable:
    return page(
        viewer,
        _("No account can be connected yet"),
        _unusable(choice.found.unusable, alone=True),
        div(".account-foot")[
            parts.link_button(_("Try again"), choice.again_url, kind="primary", icon_name="rotate-ccw"),
            parts.link_button(_("What is needed"), f"/platforms/connect/{choice.grant.platform}", kind="plain"),
        ],
        lead=_("The sign-in worked, but it reaches no {network} account that we may use. This is what we saw.").format(
            network=choice.label
        ),
        back=("/accounts", _("Accounts")),
    )


def _choice(choice: Choice, account: FoundAccount, picture: PictureUrl) -> Renderable:
    ref = account.account_ref
    only = len(choice.found.accounts) == 1
    checked = ref in choice.connected or only or ref == choice.wanted
    return li[
        label(".choice")[
            input_element(type="checkbox", name="account", value=ref, checked=checked and ref not in choice.anothers),
            parts.avatar(
                account.name or account.username, src=picture(account), size="l", platform=choice.grant.platform
            ),
            span(".choice-text")[
                strong[account.name or account.username],
                span(".soft")[_about(account)],
                [span(".choice-off")[parts.icon("triangle-alert"), spoken(text)] for text in account.off],
            ],
            span(".choice-end")[
                parts.badge(_("Connected"), "good", icon_name="circle-check") if ref in choice.connected else None
            ],
        ],
        _take_over(account) if ref in choice.anothers else None,
    ]


def _take_over(account: FoundAccount) -> Renderable:
    return label(".choice-more")[
        input_element(type="checkbox", name="take_over", value=account.account_ref),
        span[
            _("Another person's sign-in is used for {name} here. Replace it with mine.").format(
                name=f"@{account.username}"
            )
        ],
    ]


def _about(account: FoundAccount) -> str:
    said = [f"@{account.username}"]
    if account.followers is not None:
        said.append(ngettext("{n} follower", "{n} followers", account.followers).format(n=compact(account.followers)))
    if account.page_name:
        said.append(_("Page “{page}”").format(page=account.page_name))
    return " · ".join(said)


def _declined(choice: Choice) -> Node:
    if not choice.grant.declined:
        return None
    return parts.banner(
        _("Something was not allowed"),
        [
            _("Without it some functions stay off. You can connect now and allow it later, or be asked again."),
            " ",
            [[code[name], " "] for name in choice.grant.declined],
        ],
        tone="warn",
        action=parts.link_button(_("Ask again"), choice.again_url),
    )


def _wanted_missing(choice: Choice) -> Node:
    if not choice.wanted or any(account.account_ref == choice.wanted for account in choice.found.accounts):
        return None
    return parts.banner(
        _("{name} is not among them").format(name=f"@{choice.wanted_name}"),
        _("You may have signed in as somebody else, or not ticked its Page in the dialog. Try again for it."),
        tone="warn",
        action=parts.link_button(_("Try again"), choice.again_url),
    )


def _refusal(one: Unusable) -> str:
    return f"@{one.name}: {spoken(one.reason)}"


def _unusable(found: Sequence[Unusable], *, alone: bool = False) -> Node:
    if not found:
        return None
    lines = ul(".choices")[
        [
            li(".unusable")[
                span(".unusable-mark")[parts.icon("circle-x")],
                div(".choice-text")[strong[one.name], span[spoken(one.reason)], p(".soft")[spoken(one.remedy)]],
            ]
            for one in found
        ]
    ]
    if alone:
        return parts.card(lines, flush=True)
    return parts.card(lines, title=_("Found, but cannot be connected"), flush=True)
