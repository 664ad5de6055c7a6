"""A medium of Instagram: pictures, words, comments, and what a follower can do about it."""

import htpy as h
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from socialsim.core import Core
from socialsim.meta.figures import figures
from socialsim.meta.model import Comment, Media
from socialsim.ui.forms import act_id, username_of, values_of, words_of
from socialsim.ui.frame import Visit
from socialsim.ui.inbox import story_reply_form
from socialsim.ui.pieces import (
    Sheet,
    avatar,
    badge,
    count,
    empty,
    facts,
    field,
    follower,
    icon,
    newest,
    pager,
    panel,
    picture_link,
    plural,
    press,
    stats,
    when,
    who,
)
from socialsim.ui.profiles import story_time

_THREADS = 40
_FIGURES = (
    ("views", "Views"),
    ("reach", "Reach"),
    ("total_interactions", "Interactions"),
    ("saved", "Saved"),
    ("shares", "Shares"),
    ("follows", "Follows"),
    ("profile_visits", "Profile visits"),
    ("replies", "Replies"),
)


class Posts:
    """``/media/{id}``, the permalinks, and the forms of the audience."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        permalinks = [
            Route(f"{prefix}/{kind}/{{code}}/", self.permalink)
            for prefix in ("", "/www.instagram.com")
            for kind in ("p", "reel")
        ]
        return [
            Route("/media/{id}", self.show),
            Route("/media/{id}/comments", self.comment, methods=["POST"]),
            Route("/media/{id}/like", self.like, methods=["POST"]),
            Route("/comments/{id}/replies", self.reply, methods=["POST"]),
            *permalinks,
        ]

    async def show(self, request: Request) -> Response:
        """One medium."""
        return self._page(request, self._core.meta.world.media[request.path_params["id"]])

    async def permalink(self, request: Request) -> Response:
        """What ``permalink`` points at."""
        world = self._core.meta.world
        media = world.media[world.shortcodes[request.path_params["code"]]]
        return self._page(request, world.media[media.parent_id or media.id])

    async def comment(self, request: Request) -> Response:
        """A follower comments."""
        form, media_id = await values_of(request), request.path_params["id"]
        self._core.meta.follower_comments(media_id, username_of(form), words_of(form), act_id(self._core))
        return RedirectResponse(f"/media/{media_id}#comments", 303)

    async def reply(self, request: Request) -> Response:
        """A follower replies."""
        form, comment_id = await values_of(request), request.path_params["id"]
        made = self._core.meta.follower_replies(comment_id, username_of(form), words_of(form), act_id(self._core))
        return RedirectResponse(f"/media/{made.media_id}#c{made.id}", 303)

    async def like(self, request: Request) -> Response:
        """A follower likes."""
        media_id = request.path_params["id"]
        self._core.meta.follower_likes(media_id, "somebody", act_id(self._core))
        return RedirectResponse(f"/media/{media_id}", 303)

    def _page(self, request: Request, media: Media) -> Response:
        visit, world = Visit.of(self._core, request), self._core.meta.world
        account = world.accounts[media.account_id]
        kind = {"STORY": "Story", "REELS": "Reel"}.get(media.product, "Post")
        pictures = [world.media[child] for child in media.children] or [media]
        return visit.page(
            f"{kind} by {account.name}",
            h.h1(".hidden")[f"{kind} by {account.name}"],
            h.div(".post")[
                _pictures(pictures, media),
                h.div(".talk")[
                    h.div(".line")[
                        avatar(account.picture, 44),
                        h.a(".plain-link", href=f"/accounts/{account.id}")[who(account.name, f"@{account.username}")],
                        badge(kind),
                    ],
                    media.caption and h.p(".caption")[media.caption],
                    media.product == "STORY" and story_time(media, visit.now),
                    h.div("#numbers.reactions", data_live=True)[
                        press(f"/media/{media.id}/like", "Like", mark="heart"),
                        h.p(".soft")[
                            f"{plural(media.likes, 'like')} · {plural(media.comment_count, 'comment')} · ",
                            when(media.timestamp, visit.now),
                        ],
                    ],
                    story_reply_form(account, media.id)
                    if media.product == "STORY"
                    else h.section("#comments")[self._comments(visit, media)],
                    _insights(self._core, media, visit.now),
                    _details(media),
                ],
            ],
        )

    def _comments(self, visit: Visit, media: Media) -> h.Node:
        world = self._core.meta.world
        sheet: Sheet[tuple[float, str]] = newest(media.comments, visit.sheet, _THREADS)
        threads = [_thread(self._core, world.comments[comment_id], visit.now) for _, comment_id in sheet.items]
        return [
            h.h2["Comments"],
            _comment_form(media) if media.comments_enabled else badge("Comments are switched off"),
            h.ol("#threads.comments", data_live=True)[threads]
            if threads
            else h.div("#threads", data_live=True)[
                empty("No comments yet", "Write the first one: the app is told by a webhook, if it is subscribed.")
            ],
            pager(sheet, visit.path, {}),
        ]


def _pictures(pictures: list[Media], media: Media) -> h.Renderable:
    several = len(pictures) > 1
    return h.div(".stage")[
        h.div(".pictures", tabindex="0" if several else None, role="region", aria_label="Pictures")[
            (_picture(picture, media) for picture in pictures)
        ],
        several and h.p(".soft.swipe")[f"{len(pictures)} pictures, scroll sideways"],
    ]


def _picture(picture: Media, parent: Media) -> h.Renderable:
    words = picture.alt_text or parent.alt_text or "Picture of the post"
    if picture.blob.endswith(".mp4"):
        poster = picture_link(picture.cover, 540, 960)
        source = f"/_sim/media/{picture.blob}"
        return h.video(controls=True, preload="none", poster=poster, src=source, aria_label=words)
    name = picture.cover if picture.kind == "VIDEO" else picture.blob
    return h.img(src=picture_link(name, 1080, 1350), alt=words, width="1080", height="1350")


def _comment_form(media: Media) -> h.Renderable:
    return h.form(".write", method="post", action=f"/media/{media.id}/comments")[
        h.h3["Comment as a follower"],
        field("Username", h.input(name="username", required=True, value="lena.draws", autocomplete="off")),
        field("Comment", h.textarea(name="text", required=True, rows="2", maxlength="2200")),
        h.button(".primary", type="submit")["Post comment"],
    ]


def _thread(core: Core, comment: Comment, now: float) -> h.Renderable:
    world = core.meta.world
    replies = [world.comments[reply_id] for _, reply_id in comment.replies]
    return h.li[
        _remark(core, comment, now),
        bool(replies) and h.ol[(h.li[_remark(core, reply, now)] for reply in replies)],
        h.details(id=f"answer-{comment.id}")[
            h.summary[f"Reply to {comment.username}"],
            h.form(".write", method="post", action=f"/comments/{comment.id}/replies")[
                field("Username", h.input(name="username", required=True, value="petit.phare", autocomplete="off")),
                field("Reply", h.textarea(name="text", required=True, rows="2", maxlength="2200")),
                h.button(type="submit")["Post reply"],
            ],
        ],
    ]


def _remark(core: Core, comment: Comment, now: float) -> h.Renderable:
    account = core.meta.world.accounts.get(comment.author_id)
    return h.div(id=f"c{comment.id}", class_=["remark", comment.hidden and "is-hidden"])[
        avatar(account.picture, 36) if account is not None else follower(comment.username),
        h.div[
            h.p[h.strong[comment.username], account is not None and h.span(".owner")["owner"], " ", comment.text],
            h.p(".soft.small")[
                when(comment.timestamp, now),
                bool(comment.likes) and f" · {plural(comment.likes, 'like')}",
                comment.hidden and h.span(".hidden-mark")[icon("hidden"), "Hidden by the owner"],
            ],
        ],
    ]


def _insights(core: Core, media: Media, now: float) -> h.Renderable:
    """The numbers as the app reads them now: as late as the knobs make them."""
    services, account = core.services, core.meta.world.accounts[media.account_id]
    knobs = services.config.insights
    found = figures(
        services.seed,
        media,
        followers=account.followers,
        country=account.country,
        now=now - knobs.delay,
        reach_lag=knobs.reach_lag,
    )
    offered = [(words, found[name]) for name, words in _FIGURES if found.get(name)]
    return panel(
        "Insights",
        stats((words, f"{value:,}") for words, value in offered)
        if offered
        else h.p(".soft")["Numbers come with time. Push the clock to let them grow."],
        live="insights",
    )


def _details(media: Media) -> h.Renderable:
    return panel(
        "What the app sees",
        facts(
            (
                ("Media id", h.code[media.id]),
                ("Type", h.code[f"{media.kind} · {media.product}"]),
                ("Shortcode", h.code[media.shortcode]),
                ("Pictures", count(len(media.children) or 1)),
                ("Comments", "Allowed" if media.comments_enabled else "Switched off"),
                ("Alternative text", media.alt_text or "None"),
            )
        ),
    )
