"""An account's inbox: conversations and threads, and writing as the other side."""

import htpy as h
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from socialsim.core import Core
from socialsim.meta.inbox import Conversation
from socialsim.meta.messaging.correspondents import Correspondents, Said
from socialsim.meta.model import Account
from socialsim.ui.bubbles import bubble
from socialsim.ui.forms import act_id, settle, username_of, values_of
from socialsim.ui.frame import Visit
from socialsim.ui.pieces import Tone, avatar, badge, duration, empty, field, newest, options, pager, when
from socialsim.ui.profiles import account_tabs, profile

WINDOW_SECONDS = 86400.0
_LISTED, _SHOWN = 40, 60
_MOTIFS = ("sea", "hills", "print", "leaf", "still", "road", "plate", "shapes")


class Inboxes:
    """``/accounts/{id}/inbox`` and what is done in it."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[Route]:
        """What it serves."""
        return [
            Route("/accounts/{id}/inbox", self.show),
            Route("/accounts/{id}/inbox", self.write, methods=["POST"]),
            Route("/accounts/{id}/inbox/{thread}", self.thread),
            Route("/messages/{id}/{deed}", self.act, methods=["POST"]),
        ]

    @property
    def _hand(self) -> Correspondents:
        """Anew each time: a reset replaces what it stands on."""
        return Correspondents(self._core.meta.threads)

    async def show(self, request: Request) -> Response:
        """The conversations, newest first."""
        visit = Visit.of(self._core, request)
        account = self._core.meta.world.accounts[request.path_params["id"]]
        return visit.page(
            f"Inbox of {account.name}",
            profile(self._core, account, visit.now),
            account_tabs(self._core, account, "inbox"),
            h.h2(".hidden")["Inbox"],
            h.div(".inbox")[
                _list(self._core, account, visit),
                h.div(".thread.card")[
                    h.h3["Write as a follower"],
                    h.p(".soft")["A new name begins a conversation; a known one goes on with theirs."],
                    _composer(account),
                ],
            ],
        )

    async def thread(self, request: Request) -> Response:
        """One conversation."""
        visit, core = Visit.of(self._core, request), self._core
        inbox = core.meta.world.inbox
        account = core.meta.world.accounts[request.path_params["id"]]
        conversation = inbox.conversations[request.path_params["thread"]]
        contact = inbox.contacts[conversation.contact_id]
        sheet = newest(conversation.messages, visit.sheet, _SHOWN)
        sides = (inbox.said(conversation, message_id) for _, message_id in reversed(sheet.items))
        messages = [message for message in sides if message is not None]
        words, tone = _window(contact.wrote_at, visit.now)
        return visit.page(
            f"{contact.username} and {account.name}",
            h.h1(".hidden")[f"{contact.name} and {account.name}"],
            account_tabs(core, account, "inbox"),
            h.div(".inbox.open")[
                _list(core, account, visit, conversation.id),
                h.div(".thread.card")[
                    h.div(".card-head")[
                        h.div(".line")[
                            h.a(".back", href=f"/accounts/{account.id}/inbox")["All"],
                            avatar(contact.picture, 40),
                            h.span(".who")[h.h2[contact.name], h.span(".soft")[f"@{contact.username}"]],
                        ],
                        h.div("#window.actions", data_live=True)[
                            badge(words, tone),
                            not conversation.accepted and badge("In requests"),
                            contact.banned and badge("Blocked", "bad"),
                        ],
                    ],
                    pager(sheet, visit.path, {}),
                    h.ol("#thread.messages", data_live=True)[
                        (bubble(core, conversation, message, visit.now) for message in messages)
                    ],
                    _composer(account, contact.username),
                ],
            ],
        )

    async def write(self, request: Request) -> Response:
        """Somebody writes, or the owner in the app; opens the conversation."""
        form, account_id = await values_of(request), request.path_params["id"]
        username, text = username_of(form), form.get("text", "").strip()
        motif, story = form.get("picture", ""), form.get("story", "")
        if not text and motif not in _MOTIFS:
            raise ValueError("Write something, or choose a picture.")
        number = self._core.services.mint.number("picture")
        images = [f"{motif}-{username.replace('/', '')}-{number}.jpg"] if motif in _MOTIFS else []
        said = Said(account_id, username, text=text, images=images, story_id=story, by_account="owner" in form)
        made = self._hand.writes(said, act_id(self._core))
        await settle(self._core)
        return RedirectResponse(f"/accounts/{account_id}/inbox/{made.conversation_id}#m{made.id}", 303)

    async def act(self, request: Request) -> Response:
        """React, take it back, unsend, look."""
        form, message_id = await values_of(request), request.path_params["id"]
        inbox, hand, request_id = self._core.meta.world.inbox, self._hand, act_id(self._core)
        conversation = inbox.conversations[inbox.messages[message_id].conversation_id]
        match request.path_params["deed"]:
            case "react":
                hand.reacts(message_id, form.get("reaction", "love")[:16] or "love", request_id)
            case "unreact":
                hand.reacts(message_id, "", request_id)
            case "unsend":
                hand.unsends(message_id, request_id)
            case "seen":
                hand.sees(message_id, request_id)
            case other:
                raise KeyError(other)
        return RedirectResponse(f"/accounts/{conversation.account_id}/inbox/{conversation.id}", 303)


def unread(core: Core, conversation: Conversation) -> int:
    """Messages of the person since the account last answered or looked."""
    inbox, count = core.meta.world.inbox, 0
    for at, message_id in reversed(conversation.messages):
        if inbox.messages[message_id].outbound or at <= conversation.seen_by_account:
            break
        count += 1
    return count


def unread_of(core: Core, account_id: str) -> int:
    """Conversations of an account that wait for an answer, among its newest hundred."""
    inbox = core.meta.world.inbox
    newest_hundred = inbox.threads.get(account_id, [])[-100:]
    return sum(bool(unread(core, inbox.conversations[key])) for _, key in newest_hundred)


def _window(wrote_at: float, now: float) -> tuple[str, Tone]:
    left = wrote_at + WINDOW_SECONDS - now
    if not wrote_at:
        return "Never wrote: no window", "warn"
    return (f"Window open for {duration(left)}", "good") if left > 0 else ("Window closed", "warn")


def _list(core: Core, account: Account, visit: Visit, here: str = "") -> h.Renderable:
    inbox = core.meta.world.inbox
    sheet = newest(inbox.threads.get(account.id, []), 1 if here else visit.sheet, _LISTED)
    there = f"/accounts/{account.id}/inbox"
    if not sheet.items:
        words = "Write as a follower: the app is told by a webhook, and its answer appears here."
        return h.div("#conversations", data_live=True)[empty("No conversation yet", words)]
    rows = (_row(core, inbox.conversations[key], visit.now, here) for _, key in sheet.items)
    return h.div("#conversations.conversations", data_live=True)[h.ul[rows], not here and pager(sheet, there, {})]


def _row(core: Core, conversation: Conversation, now: float, here: str) -> h.Renderable:
    inbox = core.meta.world.inbox
    contact = inbox.contacts[conversation.contact_id]
    last = inbox.said(conversation, conversation.messages[-1][1]) if conversation.messages else None
    words = "Everything was unsent" if last is None else last.text or "A picture"
    waiting = unread(core, conversation)
    return h.li[
        h.a(
            href=f"/accounts/{conversation.account_id}/inbox/{conversation.id}",
            aria_current="page" if conversation.id == here else None,
        )[
            avatar(contact.picture, 44),
            h.span(".who")[
                h.strong[f"@{contact.username}"],
                h.span(".last.soft")["You: " if last is not None and last.outbound else "", words],
            ],
            h.span(".side.soft")[
                when(conversation.updated_at, now),
                bool(waiting) and h.span(".unread")[str(waiting), h.span(".hidden")[" not answered"]],
            ],
        ]
    ]


def _composer(account: Account, username: str = "") -> h.Renderable:
    pictures = [("", "No picture"), *((motif, motif.capitalize()) for motif in _MOTIFS)]
    name = h.input(type="hidden", name="username", value=username)
    return h.form(".composer", method="post", action=f"/accounts/{account.id}/inbox")[
        name if username else field("Username", h.input(name="username", required=True, value="ana.paints")),
        field("Message", h.textarea(name="text", rows="2", maxlength="1000")),
        h.div(".composer-foot")[
            field("Picture", h.select(name="picture")[options(pictures)]),
            bool(username) and h.button(type="submit", name="owner", value="yes")["Answer as the owner"],
            h.button(".primary", type="submit")[f"Write as {username}" if username else "Write"],
        ],
    ]


def story_reply_form(account: Account, story_id: str) -> h.Renderable:
    """Answering a story, which goes into the inbox."""
    return h.form(".write", method="post", action=f"/accounts/{account.id}/inbox")[
        h.h2["Answer as a follower"],
        h.input(type="hidden", name="story", value=story_id),
        field("Username", h.input(name="username", required=True, value="lena.draws", autocomplete="off")),
        field("Message", h.textarea(name="text", required=True, rows="2", maxlength="1000")),
        h.button(".primary", type="submit")["Send"],
    ]
