"""What followers see: accounts, feeds, a post with its comments."""

import htpy as h
from starlette.responses import HTMLResponse

from socialsim.meta.model import Account, Comment, Media, World
from socialsim.ui.parts import (
    account_line,
    avatar,
    count,
    face,
    field,
    follower,
    heading,
    page,
    picture_link,
    tile,
    when,
)


def accounts_page(world: World, now: float) -> HTMLResponse:
    """All accounts with their newest pictures."""
    professional = [account for account in world.accounts.values() if not account.personal]
    others = [account for account in world.accounts.values() if account.personal]
    return page(
        "Accounts",
        "/",
        heading("Accounts", "The Instagram accounts of this world, as their followers see them."),
        h.div(".cards")[(_account_card(world, account, now) for account in professional)],
        bool(others)
        and h.section[
            h.h2["Not reachable by an app"],
            h.ul(".plain")[
                (
                    h.li(".line")[
                        avatar(account.picture, 40), account_line(account), h.span(".badge")["Personal account"]
                    ]
                    for account in others
                )
            ],
        ],
    )


def _account_card(world: World, account: Account, now: float) -> h.Renderable:
    newest = [world.media[media_id] for _, media_id in account.timeline[-3:][::-1]]
    last = account.timeline[-1][0] if account.timeline else None
    return h.article(".card")[
        h.a(".line.cover", href=f"/accounts/{account.id}")[avatar(account.picture, 48), account_line(account)],
        h.dl(".stats")[
            h.div[h.dt["Followers"], h.dd[count(account.followers)]],
            h.div[h.dt["Posts"], h.dd[count(len(account.timeline))]],
            h.div[h.dt["Last post"], h.dd[when(last, now) if last else "Never"]],
        ],
        h.div(".strip")[
            (
                h.img(
                    src=picture_link(face(world, media), 240, 300),
                    alt="",
                    loading="lazy",
                    width="240",
                    height="300",
                )
                for media in newest
            )
        ],
    ]


def feed_page(world: World, account: Account, now: float) -> HTMLResponse:
    """One account."""
    media = [world.media[media_id] for _, media_id in reversed(account.timeline)]
    stories = [world.media[media_id] for at, media_id in reversed(account.stories) if at > now - 86400]
    return page(
        account.name,
        "/",
        h.div(".profile")[
            avatar(account.picture, 96),
            h.div[
                h.h1[account.name],
                h.p(".soft")[f"@{account.username}"],
                h.p(".bio")[account.biography],
                h.p(".counts")[
                    h.strong[count(len(account.timeline))],
                    " posts ",
                    h.strong[count(account.followers)],
                    " followers ",
                    h.strong[count(account.follows)],
                    " following",
                ],
            ],
        ],
        bool(stories) and h.section[h.h2["Stories"], h.div(".feed.small")[(tile(world, story) for story in stories)]],
        h.h2(".hidden")["Posts"],
        h.div(".feed")[(tile(world, medium) for medium in media)] if media else h.p(".empty")["Nothing posted yet."],
    )


def media_page(world: World, media: Media, now: float) -> HTMLResponse:
    """One medium: pictures, words, comments, and the forms of the audience."""
    account = world.accounts[media.account_id]
    pictures = [world.media[child] for child in media.children] or [media]
    return page(
        f"Post by {account.name}",
        "/",
        h.h1(".hidden")[f"Post by {account.name}"],
        h.div(".post")[
            h.div(".pictures", tabindex="0" if len(pictures) > 1 else None, role="region", aria_label="Pictures")[
                (_picture(picture, media) for picture in pictures)
            ],
            h.div(".talk")[
                h.div(".line")[
                    avatar(account.picture, 40),
                    h.a(".quiet", href=f"/accounts/{account.id}")[account_line(account)],
                ],
                media.caption and h.p(".caption")[media.caption],
                h.p(".soft")[
                    f"{count(media.likes)} likes · {count(media.comment_count)} comments · ", when(media.timestamp, now)
                ],
                h.form(method="post", action=f"/media/{media.id}/like")[h.button(type="submit")["Like as a follower"]],
                h.h2["Comments"],
                h.ol(".comments")[(_thread(world, world.comments[comment_id], now) for _, comment_id in media.comments)]
                if media.comments
                else h.p(".empty")["No comments yet."],
                _comment_form(media),
            ],
        ],
    )


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
        field("Comment", h.textarea(name="text", required=True, rows="2", maxlength="300")),
        h.button(".primary", type="submit")["Post comment"],
    ]


def _thread(world: World, comment: Comment, now: float) -> h.Renderable:
    replies = [world.comments[reply_id] for _, reply_id in comment.replies]
    return h.li[
        _remark(comment, now),
        bool(replies) and h.ol[(h.li[_remark(reply, now)] for reply in replies)],
        h.details[
            h.summary[f"Reply to {comment.username}"],
            h.form(".write", method="post", action=f"/comments/{comment.id}/replies")[
                field("Username", h.input(name="username", required=True, value="petit.phare", autocomplete="off")),
                field("Reply", h.textarea(name="text", required=True, rows="2", maxlength="300")),
                h.button(type="submit")["Post reply"],
            ],
        ],
    ]


def _remark(comment: Comment, now: float) -> h.Renderable:
    return h.div(".remark")[
        follower(comment.username),
        h.div[
            h.p[h.strong[comment.username], " ", comment.text],
            h.p(".soft.small-text")[
                when(comment.timestamp, now), comment.hidden and [" · ", h.span(".badge")["Hidden by the owner"]]
            ],
        ],
    ]
