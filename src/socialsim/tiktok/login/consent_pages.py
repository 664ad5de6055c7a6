"""The pages of TikTok's consent: plain forms, no script."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import htpy as h

from socialsim.kernel.pages import sheet
from socialsim.tiktok.login.consent import ALWAYS
from socialsim.tiktok.model import SCOPES, Client, Creator

CHOOSE = "choose"
"""Value of ``sim_creator`` that asks who one is, whoever was here before."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a consent page needs to know. ``query`` is the request's own, without what the simulator added."""

    client: Client
    scopes: list[str]
    query: str
    redirect_uri: str


def frame(title: str, *content: h.Node) -> h.Renderable:
    """A page of www.tiktok.com."""
    return sheet(title, "♪", "TikTok", *content, style="consent")


def people_page(asked: Asked, creators: list[Creator]) -> h.Renderable:
    """Who are you?"""
    return frame(
        "Log in | TikTok",
        h.h1["Log in to TikTok"],
        h.p(".lead")[f"Choose the account to use with {asked.client.name}."],
        h.ul(".people")[
            (
                h.li[
                    h.a(".person", href=f"?{asked.query}&sim_creator={creator.id}")[
                        _portrait(creator),
                        h.span(".who")[
                            h.strong[creator.nickname],
                            h.span(".note")[f"@{creator.username}"],
                            h.span(".tags")[(h.span(".tag")[word] for word in _tags(creator))],
                        ],
                    ]
                ]
                for creator in creators
            )
        ],
        _back(asked),
    )


def consent_page(asked: Asked, creator: Creator) -> h.Renderable:
    """What may the app do?"""
    name = asked.client.name
    return frame(
        f"{name} | TikTok",
        h.div(".pair", aria_hidden="true")[
            h.span(".app")[name[:1].upper()], h.span(".link"), h.img(src=_picture(creator), alt="", width="56")
        ],
        h.h1[f"{name} would like to access your TikTok account"],
        h.p(".lead")[
            f"You are logged in as @{creator.username}. ",
            h.a(href=f"?{asked.query}&sim_creator={CHOOSE}")["Switch\u00a0account"],
        ],
        h.form(method="post")[
            h.input(type="hidden", name="creator", value=creator.id),
            h.fieldset[
                h.legend[f"{name} will be able to"],
                (_permission(scope) for scope in asked.scopes),
            ],
            h.div(".actions")[
                h.button(".primary", type="submit", name="action", value="continue")["Continue"],
                h.button(".plain", type="submit", name="action", value="cancel")["Cancel"],
            ],
        ],
        _back(asked),
    )


def problem_page(parameter: str) -> h.Renderable:
    """An error that TikTok shows instead of returning to the app: it names the parameter."""
    return frame(
        "Something went wrong | TikTok",
        h.h1["Something went wrong"],
        h.p(".problem", role="alert")[
            "We couldn't log in with TikTok. This may be due to specific app settings. If you are a developer, correct "
            "the following and try again:"
        ],
        h.ul(".wrong")[h.li[h.code[parameter]]],
    )


def message_page(message: str) -> h.Renderable:
    """A page that is not there, or another plain word."""
    return frame("TikTok", h.h1["Something went wrong"], h.p(".problem", role="alert")[message])


def _permission(scope: str) -> h.Node:
    required = scope == ALWAYS
    return h.label(".row")[
        h.span(".who")[h.span[SCOPES[scope]], h.span(".note")["Required" if required else h.code[scope]]],
        h.input(type="checkbox", name="permission", value=scope, checked=True, disabled=required, role="switch"),
    ]


def _tags(creator: Creator) -> list[str]:
    limited = creator.comment_disabled or creator.duet_disabled or creator.stitch_disabled
    words = {"Private": creator.private, "Limited interactions": limited, "Cannot post": creator.posting_banned}
    return [word for word, holds in words.items() if holds]


def _portrait(creator: Creator) -> h.Element | h.VoidElement:
    return h.img(src=_picture(creator), alt="", width="48", height="48")


def _picture(creator: Creator) -> str:
    return f"/_sim/pictures/{creator.picture}?w=112&h=112"


def _back(asked: Asked) -> h.Node:
    return h.p(".quiet")["You will return to ", h.span(".address")[urlsplit(asked.redirect_uri).netloc], "."]
