"""A creator of TikTok: profile, videos, drafts in the inbox; one post by itself."""

from urllib.parse import quote

import htpy as h
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from socialsim.core import Core
from socialsim.tiktok.job import Privacy
from socialsim.tiktok.model import Creator, Post
from socialsim.ui.forms import settle, username_of, values_of, words_of
from socialsim.ui.frame import Visit
from socialsim.ui.health import tiktok_health
from socialsim.ui.pieces import (
    avatar,
    badge,
    count,
    empty,
    facts,
    field,
    network,
    newest,
    pager,
    panel,
    picture_link,
    plural,
    press,
    tabs,
    when,
    who,
)
from socialsim.ui.tiles import face_of_post, tile_of_post

_GRID = 30
PRIVACY: dict[Privacy, str] = {
    "PUBLIC_TO_EVERYONE": "Everyone",
    "MUTUAL_FOLLOW_FRIENDS": "Friends",
    "FOLLOWER_OF_CREATOR": "Followers",
    "SELF_ONLY": "Only me",
}


class Creators:
    """``/creators/{id}`` and ``/videos/{id}``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        return [
            Route("/creators/{id}", self.feed),
            Route("/videos/{id}", self.video),
            Route("/videos/{id}/{deed}", self.act, methods=["POST"]),
        ]

    async def feed(self, request: Request) -> Response:
        """Everything that was posted, newest first."""
        visit, world = Visit.of(self._core, request), self._core.tiktok.world
        creator = world.creators[request.path_params["id"]]
        sheet = newest(creator.posts, visit.sheet, _GRID)
        posts = [world.posts[post_id] for _, post_id in sheet.items]
        tiles = [tile_of_post(post, public=world.is_public(post, visit.now)) for post in posts]
        return visit.page(
            creator.nickname,
            creator_head(self._core, creator),
            creator_tabs(creator, ""),
            h.h2(".hidden")["Videos"],
            h.div("#feed.feed.upright", data_live=True)[tiles] if tiles else _nothing(),
            pager(sheet, visit.path, {}),
        )

    async def video(self, request: Request) -> Response:
        """One post."""
        visit, world = Visit.of(self._core, request), self._core.tiktok.world
        post = world.posts[request.path_params["id"]]
        creator = world.creators[post.creator_id]
        return visit.page(
            f"Post by {creator.nickname}",
            h.h1(".hidden")[f"Post by {creator.nickname}"],
            h.div(".post")[
                h.div(".stage")[_pictures(post)],
                h.div(".talk")[
                    h.div(".line")[
                        avatar(creator.picture, 44),
                        h.a(".plain-link", href=f"/creators/{creator.id}")[
                            who(creator.nickname, f"@{creator.username}")
                        ],
                        badge("Photos" if post.images else "Video"),
                    ],
                    h.p(".caption")[_caption(post)],
                    h.p("#numbers.soft", data_live=True)[
                        f"{plural(post.views, 'view')} · {plural(post.likes, 'like')} · "
                        f"{plural(post.comments, 'comment')} · {plural(post.shares, 'share')} · ",
                        when(post.created_at, visit.now),
                    ],
                    _audience(post),
                    _owner(post),
                    _details(self._core, post, visit.now),
                ],
            ],
        )

    async def act(self, request: Request) -> Response:
        """What the audience or the creator does with a post."""
        form, tiktok = await values_of(request), self._core.tiktok
        post, hands = tiktok.post(request.path_params["id"]), tiktok.hands
        match request.path_params["deed"]:
            case "like":
                hands.like(post, "somebody")
            case "share":
                hands.share(post, "somebody")
            case "watch":
                hands.watch(post, 100)
            case "comment":
                hands.comment(post, username_of(form), words_of(form))
            case "delete":
                hands.delete(post)
            case "private":
                hands.make_private(post)
            case "public":
                hands.make_public(post)
            case other:
                raise KeyError(other)
        await settle(self._core)
        return RedirectResponse(f"/videos/{post.id}", 303)


def _audience(post: Post) -> h.Node:
    if post.removed:
        return badge("Deleted", "bad")
    there = f"/videos/{post.id}"
    return [
        h.div(".actions")[
            press(f"{there}/like", "Like", mark="heart"),
            press(f"{there}/watch", "Watch 100 times", mark="reel"),
            press(f"{there}/share", "Share", mark="send"),
        ],
        h.form(".write", method="post", action=f"{there}/comment")[
            h.h2["Comment as a follower"],
            h.p(".soft.small")["TikTok's open API counts comments and never shows their words."],
            field("Username", h.input(name="username", required=True, value="lena.draws", autocomplete="off")),
            field("Comment", h.textarea(name="text", required=True, rows="2", maxlength="150")),
            h.button(type="submit")["Post comment"],
        ],
    ]


def _caption(post: Post) -> str:
    return "\n".join(dict.fromkeys(words for words in (post.title, post.description) if words))


def _owner(post: Post) -> h.Node:
    if post.removed:
        return None
    there, is_private = f"/videos/{post.id}", post.privacy == "SELF_ONLY"
    return panel(
        "As its owner",
        h.div(".actions")[
            press(f"{there}/public", "Show to everyone", mark="people")
            if is_private
            else press(f"{there}/private", "Only me", mark="lock"),
            press(f"{there}/delete", "Delete", mark="trash"),
        ],
    )


def creator_head(core: Core, creator: Creator) -> h.Renderable:
    """The head of every page of a creator."""
    health = tiktok_health(core, creator)
    return h.div(".profile")[
        h.div(".ring")[avatar(creator.picture, 96)],
        h.div(".about")[
            h.div(".title")[
                h.h1[creator.nickname],
                badge(health.words, health.tone),
                creator.private and badge("Private"),
                creator.verified and badge("Verified"),
            ],
            h.p(".soft.handle")[network("tiktok"), f"@{creator.username}"],
            h.p(".counts")[
                h.span[h.strong[count(creator.following)], " following"],
                h.span[h.strong[count(creator.followers)], " followers"],
                h.span[h.strong[count(creator.likes)], " likes"],
            ],
            creator.bio and h.p(".bio")[creator.bio],
            h.p(".ids.soft")[
                h.span["Creator ", h.code[creator.id]],
                h.a(href=f"/www.tiktok.com/@{quote(creator.username)}")["As anybody sees it"],
            ],
        ],
    ]


def creator_tabs(creator: Creator, here: str) -> h.Renderable:
    """Videos and drafts."""
    base = f"/creators/{creator.id}"
    return tabs(
        creator.nickname,
        ((base, "Videos", "grid", here == ""), (f"{base}/drafts", "Drafts", "draft", here == "drafts")),
    )


def _nothing() -> h.Renderable:
    words = ["A client posts with ", h.code["POST /v2/post/publish/video/init/"], "."]
    return h.div("#feed", data_live=True)[empty("No video yet", words)]


def _pictures(post: Post) -> h.Renderable:
    several = len(post.images) > 1
    if post.images:
        return h.div(".pictures", tabindex="0" if several else None, role="region", aria_label="Pictures")[
            (
                h.img(
                    src=picture_link(name, 1080, 1350), alt=f"Picture {number} of the post", width="1080", height="1350"
                )
                for number, name in enumerate(post.images, 1)
            )
        ]
    poster = picture_link(face_of_post(post), 540, 960)
    if not post.blob.endswith(".mp4"):
        return h.div(".pictures.upright")[
            h.img(src=poster, alt=post.title or "Cover of the video", width="540", height="960")
        ]
    return h.div(".pictures.upright")[
        h.video(
            controls=True,
            preload="none",
            poster=poster,
            src=f"/_sim/media/{post.blob}",
            aria_label=post.title or "Video",
        )
    ]


def _details(core: Core, post: Post, now: float) -> h.Renderable:
    world = core.tiktok.world
    public = world.is_public(post, now)
    app = world.clients.get(post.client_key)
    through = "Never" if post.public_from is None else when(post.public_from, now)
    return panel(
        "What the app sees",
        facts(
            (
                ("Post id", h.code[post.id]),
                ("Seen by", "Nobody: removed" if post.removed else PRIVACY[post.privacy]),
                ("Public", "Yes" if public else "No"),
                ("Through moderation", through),
                ("Length", f"{post.duration} s" if post.duration else "Photos"),
                ("Posted by", app.name if app else "The creator, in the app"),
                ("Publish id", h.code[post.publish_id] if post.publish_id else "None"),
            )
        ),
    )
