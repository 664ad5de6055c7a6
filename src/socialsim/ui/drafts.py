"""A creator's inbox in TikTok's own app: drafts to post, and everything else that is on its way."""

from collections import Counter
from collections.abc import Mapping
from urllib.parse import quote

import htpy as h
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from socialsim.core import Core
from socialsim.tiktok.job import Job
from socialsim.ui.creators import PRIVACY, creator_head, creator_tabs
from socialsim.ui.forms import act_id, settle, values_of
from socialsim.ui.frame import Visit
from socialsim.ui.pieces import (
    Tone,
    badge,
    empty,
    field,
    icon,
    newest,
    options,
    pager,
    panel,
    picture_link,
    plural,
    when,
)

_PAGE = 24
_STATES: dict[str, tuple[str, Tone]] = {
    "PROCESSING_UPLOAD": ("Uploading or processing", "warn"),
    "PROCESSING_DOWNLOAD": ("Being fetched", "warn"),
    "SEND_TO_USER_INBOX": ("In the inbox", "good"),
    "PUBLISH_COMPLETE": ("Posted", "good"),
    "FAILED": ("Failed", "bad"),
}


class Drafts:
    """``/creators/{id}/drafts``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        return [
            Route("/creators/{id}/drafts", self.show),
            Route("/drafts/{id}/post", self.post, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Drafts that wait for the creator, then all jobs, newest first."""
        visit, core = Visit.of(self._core, request), self._core
        core.tiktok.posting.works.catch_up()
        world = core.tiktok.world
        creator = world.creators[request.path_params["id"]]
        jobs = [job for job in world.jobs.values() if job.creator_id == creator.id]
        waiting = [job for job in jobs if _is_draft(job) and not job.posts]
        sheet = newest(jobs, visit.sheet, _PAGE)
        return visit.page(
            f"Drafts of {creator.nickname}",
            creator_head(core, creator),
            creator_tabs(creator, "drafts"),
            h.section("#drafts", data_live=True)[
                h.h2(".of-network")["In the inbox"],
                h.div(".cards.roomy")[(_draft(job, visit.now) for job in waiting[::-1][:_PAGE])]
                if waiting
                else _nothing(),
            ],
            h.div(".spaced")[
                panel(
                    "Everything on its way",
                    h.ul(".rows")[(_job(core, job, visit.now) for job in sheet.items)]
                    if sheet.items
                    else h.p(".soft")["No app has started a post for this creator."],
                    live="jobs",
                ),
                pager(sheet, visit.path, {}),
            ],
        )

    async def post(self, request: Request) -> Response:
        """The creator posts a draft: ValueError if it is not in the inbox."""
        form, tiktok = await values_of(request), self._core.tiktok
        job = tiktok.world.jobs[request.path_params["id"]]
        privacy = next((known for known in PRIVACY if known == form.get("privacy", "PUBLIC_TO_EVERYONE")), None)
        if privacy is None:
            raise ValueError("Choose who may see it.")
        made = tiktok.posting.works.post_draft(job, privacy, form.get("title", "").strip(), act_id(self._core))
        await settle(self._core)
        return RedirectResponse(f"/videos/{made.id}", 303)


def _is_draft(job: Job) -> bool:
    return not job.direct and job.delivered_at is not None and not job.fail_reason


def waiting_drafts(core: Core) -> Mapping[str, int]:
    """How many drafts wait, by creator, in one pass over the jobs."""
    found: Counter[str] = Counter()
    for job in core.tiktok.world.jobs.values():
        found[job.creator_id] += _is_draft(job) and not job.posts
    return found


def _nothing() -> h.Renderable:
    words = ["A client sends a draft with ", h.code["POST /v2/post/publish/inbox/video/init/"], "."]
    return empty("No draft waits", words)


def _draft(job: Job, now: float) -> h.Renderable:
    cover = next((name for name in job.blobs if name.endswith(".jpg")), f"still-{job.number}.jpg")
    return h.form(".card.draft", method="post", action=f"/drafts/{quote(job.id, safe='')}/post")[
        h.div(".line")[
            h.img(src=picture_link(cover, 90, 160), alt="", width="45", height="80"),
            h.div(".who")[
                h.strong[job.wishes.title or ("Photos" if job.media == "PHOTO" else "A video")],
                h.span(".soft")[when(job.delivered_at or job.created_at, now)],
                h.code[job.id],
            ],
        ],
        field("Caption", h.input(name="title", value=job.wishes.title, maxlength="2200", autocomplete="off")),
        field("Who may see it", h.select(name="privacy")[options(PRIVACY.items(), "PUBLIC_TO_EVERYONE")]),
        h.button(".primary", type="submit")["Post it"],
    ]


def _job(core: Core, job: Job, now: float) -> h.Renderable:
    words, tone = _STATES[job.status]
    app = core.tiktok.world.clients.get(job.client_key)
    size = f"{plural(job.received, 'byte')} of {job.size:,}" if job.size and not job.over else ""
    return h.li[
        icon("picture" if job.media == "PHOTO" else "reel"),
        h.span(".who")[
            h.strong[job.wishes.title or ("Direct post" if job.direct else "Draft")],
            h.span(".soft")[
                when(job.created_at, now), f" · {app.name}" if app is not None else "", f" · {size}" if size else ""
            ],
            h.code(".soft")[job.id],
        ],
        h.span(".job-end")[
            badge(words, tone),
            bool(job.fail_reason) and h.code[job.fail_reason],
            [h.a(href=f"/videos/{post_id}")["Look at it"] for post_id in job.posts[-1:]],
        ],
    ]
