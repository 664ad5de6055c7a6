"""The page before Instagram's dialog: what will be asked and why, what is needed, or what is missing on this server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from htpy import Renderable, code, div, h3, li, ol, p, span, strong, ul
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from huntaze.accounts import Accounts
from huntaze.identity import Actor, Identity
from huntaze.kit.text import N_
from huntaze.ui import parts
from huntaze.ui.i18n import _
from huntaze.ui.page import html, page
from huntaze.ui.parts import Field
from huntaze.ui.viewer import Viewer

PLATFORM = "instagram"
LOGIN = "facebook"
SETTINGS = ("FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET")
"""Both are needed; the operator sets them in the environment or in `.env`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Permissions that serve one purpose (instagram.md §1.1), in plain words."""

    icon: str
    title: str
    why: str
    scopes: tuple[str, ...]


ASKED: Sequence[Asked] = (
    Asked(
        "user-round",
        N_("Find your accounts"),
        N_("See your Facebook Pages, also those of a Business portfolio, and the Instagram accounts linked to them."),
        ("instagram_basic", "pages_show_list", "business_management"),
    ),
    Asked(
        "send",
        N_("Publish"),
        N_("Publish what you prepare here, when you say so. Nothing goes out by itself."),
        ("instagram_content_publish",),
    ),
    Asked(
        "message-circle",
        N_("Comments"),
        N_("Show the comments on your posts and let you reply to, hide or delete them."),
        ("instagram_manage_comments", "pages_read_engagement"),
    ),
    Asked(
        "inbox",
        N_("Messages"),
        N_("Show direct messages and let you answer them."),
        ("instagram_manage_messages",),
    ),
    Asked(
        "activity",
        N_("Numbers"),
        N_("Show reach and other figures of your posts."),
        ("instagram_manage_insights",),
    ),
    Asked(
        "webhook",
        N_("Live events"),
        N_("Hear at once when somebody comments or writes, instead of asking again and again."),
        ("pages_manage_metadata",),
    ),
)


def connect_routes(accounts: Accounts, identity: Identity) -> list[Route]:
    """``/platforms/connect/instagram``."""

    async def show(request: Request, actor: Actor) -> Response:
        on = await accounts.apps.app(PLATFORM, LOGIN) is not None
        viewer = identity.viewer(request, actor)
        with viewer.speaking():
            return html(instagram(viewer, on=on, addresses=_addresses(accounts)))

    return [identity.page_route(f"/platforms/connect/{PLATFORM}", "accounts.connect", show)]


def instagram(viewer: Viewer, *, on: bool, addresses: Sequence[tuple[str, str]]) -> Renderable:
    """The whole page. ``addresses`` are what the operator enters at Meta, named as Meta names them."""
    return page(
        viewer,
        _("Connect Instagram"),
        None if on else _switched_off(addresses),
        div(".split.connect")[_asked(), div(".stack")[_needed(), _go() if on else None]],
        lead=_("You sign in at Facebook, choose what to allow, and come back here. It takes a minute."),
        back=("/accounts", _("Accounts")),
    )


def _asked() -> Renderable:
    return parts.card(
        ul(".asks")[
            [
                li[
                    span(".asks-mark")[parts.icon(asked.icon)],
                    div[
                        h3[_(asked.title)],
                        p(".soft")[_(asked.why)],
                        p(".asks-names")[[[code[scope], " "] for scope in asked.scopes]],
                    ],
                ]
                for asked in ASKED
            ]
        ],
        title=_("What you will be asked"),
        lead=_("Leave anything out: only that function is off then."),
    )


def _needed() -> Renderable:
    return parts.card(
        ol(".steps")[
            li[
                strong[_("A Business or Creator account")],
                span(".soft")[_("In Instagram: Settings, Account type. It is free, and you can go back.")],
            ],
            li[
                strong[_("Linked to a Facebook Page")],
                span(".soft")[_("In the Page's settings: Linked accounts. A new, empty Page will do.")],
            ],
            li[
                strong[_("Your own role on that Page")],
                span(".soft")[_("One that lets you create content. Page owners have it.")],
            ],
        ],
        title=_("What you need"),
    )


def _go() -> Renderable:
    return parts.card(
        parts.link_button(
            _("Continue with Facebook"), f"/api/auth/{PLATFORM}", kind="primary", icon_name="external-link", wide=True
        ),
        p(".small.soft.with-icon")[
            parts.icon("shield-check"),
            span[
                _("Your password stays at Facebook. What we get is kept encrypted, and you can disconnect at any time.")
            ],
        ],
    )


def _switched_off(addresses: Sequence[tuple[str, str]]) -> Renderable:
    fields = [
        Field(f"address-{place}", name, help=_("Enter exactly this at Meta, in the app's settings."))
        for place, (name, _value) in enumerate(addresses)
    ]
    return div(".stack")[
        parts.banner(
            _("Instagram is switched off on this server"),
            [
                _("Whoever runs it sets these and starts it again:"),
                " ",
                [[code[name], " "] for name in SETTINGS],
            ],
            tone="warn",
            icon_name="plug",
        ),
        parts.card(
            div(".stack")[
                [
                    parts.field(spec, parts.text_input(spec, value=value, attrs={"readonly": True, "data-copy": True}))
                    for spec, (_name, value) in zip(fields, addresses, strict=True)
                ]
            ],
            title=_("For whoever sets it up"),
            lead=_("The values are those of a Meta app of the type Business, with Instagram and Facebook Login added."),
        ),
    ]


def _addresses(accounts: Accounts) -> list[tuple[str, str]]:
    """Named as on Meta's site, so never translated. The last two: instagram.md §7."""
    events = accounts.addresses.webhook_url(PLATFORM)
    return [
        ("Valid OAuth Redirect URIs", accounts.addresses.redirect_uris[PLATFORM]),
        ("Deauthorize callback URL", f"{events}/deauthorize"),
        ("Data deletion request URL", f"{events}/deletion"),
    ]
