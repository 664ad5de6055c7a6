"""A profile and a post as anybody sees them on www.tiktok.com."""

import htpy as h

from socialsim.tiktok.login.consent_pages import frame
from socialsim.tiktok.model import Creator, Post


def profile_page(creator: Creator, posts: list[Post]) -> h.Renderable:
    """Who it is, and what is public."""
    return frame(
        f"{creator.nickname} (@{creator.username}) | TikTok",
        _author(creator),
        h.p(".counts")[
            h.span[f"{creator.following:,} following"],
            h.span[f"{creator.followers:,} followers"],
            h.span[f"{creator.likes:,} likes"],
        ],
        h.p(".caption")[creator.bio] if creator.bio else None,
        h.p(".quiet")["This account is private."] if creator.private else None,
        h.ul(".grid")[
            (
                h.li[
                    h.a(href=f"@{creator.username}/video/{post.id}")[
                        h.img(src=f"/_sim/media/{post.cover}?w=270&h=480", alt=post.title or "Video", loading="lazy")
                    ]
                ]
                for post in posts
            )
        ],
    )


def watch_page(creator: Creator, post: Post) -> h.Renderable:
    """One post with its counters."""
    return frame(
        f"{creator.nickname} on TikTok",
        _shown(post),
        _author(creator),
        h.p(".caption")[post.title],
        h.p(".caption")[post.description] if post.description else None,
        h.p(".counts")[
            h.span[f"{post.views:,} views"],
            h.span[f"{post.likes:,} likes"],
            h.span[f"{post.comments:,} comments"],
            h.span[f"{post.shares:,} shares"],
        ],
    )


def _shown(post: Post) -> h.Node:
    poster = f"/_sim/media/{post.cover}?w=540&h=960"
    if post.kind == "PHOTO":
        return [h.img(".watch", src=f"/_sim/media/{name}?w=540&h=960", alt="") for name in post.images]
    if not post.blob:
        return h.img(".watch", src=poster, alt="")
    return h.video(".watch", src=f"/_sim/media/{post.blob}", poster=poster, controls=True, preload="none")


def _author(creator: Creator) -> h.Node:
    return h.div(".author")[
        h.img(src=f"/_sim/pictures/{creator.picture}?w=96&h=96", alt="", width="48", height="48"),
        h.div(".who")[h.h1[creator.nickname], h.span(".note")[f"@{creator.username}"]],
    ]
