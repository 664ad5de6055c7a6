"""The truth ledger as a story: what happened, to whom, by which request."""

from collections.abc import Iterable

import htpy as h
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from socialsim.core import Core
from socialsim.kernel.ledger import TruthRow
from socialsim.ui.directory import account_of, every_account, object_link
from socialsim.ui.frame import Visit
from socialsim.ui.pieces import Sheet, empty, field, heading, icon, newest, options, pager, when

_PAGE = 60
_MARKS = {
    "media": "picture",
    "comment": "comment",
    "message": "inbox",
    "container": "upload",
    "token": "key",
    "subscription": "webhooks",
    "job": "upload",
    "upload": "upload",
    "post": "reel",
    "draft": "draft",
    "grant": "key",
    "consent": "key",
    "story": "story",
    "account": "people",
    "person": "people",
}
_WORDS = {
    "media.published": "Post is public",
    "media.deleted": "Post deleted",
    "media.changed": "Post changed",
    "comment.created": "Comment written",
    "comment.hidden": "Comment hidden",
    "comment.shown": "Comment shown again",
    "comment.deleted": "Comment deleted",
    "container.created": "Container made",
    "message.sent": "Message sent",
    "message.received": "Message received",
    "token.issued": "Token issued",
    "message.reacted": "Reaction to a message",
    "message.unreacted": "Reaction taken back",
    "message.unsent": "Message unsent",
    "message.seen": "Message looked at",
    "job.started": "Posting started",
    "post.published": "Posted",
    "post.public": "Through moderation",
    "draft.delivered": "Draft in the inbox",
    "upload.received": "Bytes received",
}
_SOURCES = {
    "audience": "by a follower",
    "api": "by an app",
    "person": "by its owner",
    "creator": "by its owner",
    "platform": "by the platform",
}


def story(core: Core, rows: Iterable[TruthRow], now: float) -> h.Renderable:
    """Rows of the ledger as a list."""
    return h.ol(".timeline")[(_entry(core, row, now) for row in rows)]


def _entry(core: Core, row: TruthRow, now: float) -> h.Renderable:
    noun, _, verb = row.kind.partition(".")
    liked = row.kind == "media.liked"
    words = (
        f"{row.text} likes a post"
        if liked
        else _WORDS.get(row.kind) or f"{noun} {verb}".replace("_", " ").replace("-", " ").strip().capitalize()
    )
    href = object_link(core, row)
    account = account_of(core, row.account_id)
    text = "" if liked else row.text if len(row.text) <= 140 else row.text[:139] + "…"
    return h.li[
        h.span(".dot")[icon("heart" if liked else _MARKS.get(noun, "dot"))],
        h.div[
            h.p(".did")[h.a(href=href)[words] if href else h.strong[words], h.span(".soft")[when(row.at_epoch, now)]],
            text and h.p(".said")[text],
            h.p(".meta")[
                account is not None and h.a(href=account.href)[icon(account.platform), f"@{account.handle}"],
                h.span[_SOURCES.get(row.source, row.source)],
                row.request_id.startswith("req-") and h.a(href=f"/requests/{row.request_id}")[row.request_id],
            ],
        ],
    ]


class Timeline:
    """``/timeline``: all of the ledger, page by page."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        return [Route("/timeline", self.show)]

    async def show(self, request: Request) -> Response:
        """Newest first, narrowed by account and kind."""
        visit, core = Visit.of(self._core, request), self._core
        kind, account_id = visit.query.get("kind", ""), visit.query.get("account", "")
        ledger = core.services.ledger
        rows = ledger.read(kind=kind, account_id=account_id) if kind or account_id else ledger.rows
        sheet = newest(rows, visit.sheet, _PAGE)
        narrowed = {"kind": kind, "account": account_id}
        return visit.page(
            "Timeline",
            heading("Timeline", "Everything that really happened, whatever the clients were told."),
            _filter(core, narrowed),
            h.section("#story.card", data_live=True)[_body(core, sheet, visit.now)],
            pager(sheet, "/timeline", narrowed),
        )


def _filter(core: Core, chosen: dict[str, str]) -> h.Renderable:
    kinds = sorted({row.kind for row in core.services.ledger.rows} | {chosen["kind"]} - {""})
    accounts = [(account_id, f"@{known.handle}") for account_id, known in every_account(core)]
    return h.form(".filter", method="get", action="/timeline")[
        field("What", h.select(name="kind")[options([("", "Everything"), *((k, k) for k in kinds)], chosen["kind"])]),
        field("Account", h.select(name="account")[options([("", "Everybody"), *accounts], chosen["account"])]),
        h.button(type="submit")["Show"],
    ]


def _body(core: Core, sheet: Sheet[TruthRow], now: float) -> h.Node:
    if not sheet.items:
        return empty("Nothing here", "As soon as a client or a follower changes something, it is written down here.")
    return story(core, sheet.items, now)
