"""Pictures of posts: tiles of a feed, and the one that stands for a post."""

import htpy as h

from socialsim.meta.model import Media, World
from socialsim.tiktok.model import Post
from socialsim.ui.pieces import badge, count, icon, picture_link, plural


def face(world: World, media: Media) -> str:
    """The name of the picture that stands for a medium; an album is shown by its first."""
    first = world.media[media.children[0]] if media.children else media
    return first.cover if first.kind == "VIDEO" else first.blob


def face_of_post(post: Post) -> str:
    """The same for a post of TikTok."""
    if post.images:
        return post.images[0]
    return post.cover or f"still-{post.id}.jpg"


def tile(world: World, media: Media, *, tall: bool = False, note: str = "") -> h.Renderable:
    """A medium in a feed."""
    words = media.alt_text or media.caption.partition("\n")[0] or "A post without words"
    mark = "reel" if media.product == "REELS" else "album" if media.children else ""
    width, height = (270, 480) if tall else (360, 450)
    return h.a(href=f"/media/{media.id}", class_=["tile", tall and "tall"])[
        h.img(
            src=picture_link(face(world, media), width, height),
            alt=words,
            loading="lazy",
            width=str(width),
            height=str(height),
        ),
        mark and h.span(".corner")[icon(mark)],
        note and h.span(".note")[note],
        h.span(".tile-counts")[icon("heart"), count(media.likes), icon("comment"), count(media.comment_count)],
    ]


def tile_of_post(post: Post, *, public: bool) -> h.Renderable:
    """A post of TikTok on its creator's page."""
    words = post.title or post.description or "A video without words"
    return h.a(".tile.tall", href=f"/videos/{post.id}")[
        h.img(src=picture_link(face_of_post(post), 270, 480), alt=words, loading="lazy", width="270", height="480"),
        bool(post.images) and h.span(".corner")[icon("album")],
        h.span(".note")[plural(post.views, "view")],
        not public and h.span(".top-left")[badge("Not public")],
    ]
