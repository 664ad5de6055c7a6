"""The audience's hand in every inbox: ``/_sim/act/message`` and its kin, and ``/_sim/inbox`` to look into it."""

from starlette.requests import Request
from starlette.responses import Response

from socialsim.control.bodies import Body, Endpoints, answer, read
from socialsim.core import Core
from socialsim.meta.inbox import ContactState, Conversation
from socialsim.meta.messaging.correspondents import Clicked, Correspondents, Handover, Said


class ReactAct(Body):
    """``POST /_sim/act/react`` and ``/_sim/act/unreact``: a word as ``love``, or an emoji."""

    message_id: str
    reaction: str = "love"


class MessageAct(Body):
    """``POST /_sim/act/unsend``, ``/_sim/act/edit``, ``/_sim/act/seen``, ``/_sim/act/feedback``."""

    message_id: str
    text: str = ""


class PersonTowards(Body):
    """Somebody and an account: referral, optin, person, archive."""

    account_id: str
    username: str
    ref: str = ""
    payload: str = ""
    state: ContactState = "present"
    on: bool = True


class HandoverAct(Body):
    """``POST /_sim/act/handover``: pass to an app, take by an app, request for an app."""

    account_id: str
    username: str
    kind: Handover
    app_id: str = ""
    metadata: str = ""


class PolicyAct(Body):
    """``POST /_sim/act/policy``."""

    account_id: str
    action: str = "warning"
    reason: str = "The account does not comply with the platform's policies."


class InboxHand:
    """What people do in inboxes, and the inboxes themselves."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Endpoints:
        """What it answers."""
        return [
            ("/_sim/inbox", {"GET": self.inbox}),
            ("/_sim/act/message", {"POST": self.message}),
            ("/_sim/act/react", {"POST": self.react}),
            ("/_sim/act/unreact", {"POST": self.unreact}),
            ("/_sim/act/unsend", {"POST": self.unsend}),
            ("/_sim/act/edit", {"POST": self.edit}),
            ("/_sim/act/seen", {"POST": self.seen}),
            ("/_sim/act/feedback", {"POST": self.feedback}),
            ("/_sim/act/postback", {"POST": self.postback}),
            ("/_sim/act/referral", {"POST": self.referral}),
            ("/_sim/act/optin", {"POST": self.optin}),
            ("/_sim/act/handover", {"POST": self.handover}),
            ("/_sim/act/policy", {"POST": self.policy}),
            ("/_sim/act/person", {"POST": self.person}),
            ("/_sim/act/archive", {"POST": self.archive}),
        ]

    @property
    def _people(self) -> Correspondents:
        return self._core.meta.correspondents

    def _request_id(self) -> str:
        return f"act-{self._core.services.mint.number('act')}"

    async def message(self, request: Request) -> Response:
        """Somebody writes to an account, or the owner writes in the app."""
        made = self._people.writes(await read(request, Said), self._request_id())
        conversation = self._core.meta.world.inbox.conversations[made.conversation_id]
        return answer({"id": made.id, "conversationId": conversation.id, "personId": conversation.contact_id}, 201)

    async def react(self, request: Request) -> Response:
        """A reaction under a message."""
        body = await read(request, ReactAct)
        self._people.reacts(body.message_id, body.reaction, self._request_id())
        return answer({"success": True})

    async def unreact(self, request: Request) -> Response:
        """The reaction taken away."""
        body = await read(request, ReactAct)
        self._people.reacts(body.message_id, "", self._request_id())
        return answer({"success": True})

    async def unsend(self, request: Request) -> Response:
        """A message taken back by its author."""
        body = await read(request, MessageAct)
        self._people.unsends(body.message_id, self._request_id())
        return answer({"success": True})

    async def edit(self, request: Request) -> Response:
        """A message in other words."""
        body = await read(request, MessageAct)
        return answer({"edits": self._people.edits(body.message_id, body.text, self._request_id())})

    async def seen(self, request: Request) -> Response:
        """The account's message was looked at."""
        body = await read(request, MessageAct)
        self._people.sees(body.message_id, self._request_id())
        return answer({"success": True})

    async def feedback(self, request: Request) -> Response:
        """Whether an answer helped."""
        body = await read(request, MessageAct)
        self._people.rates(body.message_id, body.text, self._request_id())
        return answer({"success": True})

    async def postback(self, request: Request) -> Response:
        """A button or an ice breaker."""
        body = await read(request, Clicked)
        return answer({"id": self._people.clicks(body, self._request_id())}, 201)

    async def referral(self, request: Request) -> Response:
        """An ig.me link."""
        body = await read(request, PersonTowards)
        self._people.follows_link(body.account_id, body.username, body.ref, self._request_id())
        return answer({"success": True})

    async def optin(self, request: Request) -> Response:
        """Consent to hear more."""
        body = await read(request, PersonTowards)
        self._people.opts_in(body.account_id, body.username, body.payload, self._request_id())
        return answer({"success": True})

    async def handover(self, request: Request) -> Response:
        """Another app takes a conversation, gives it, or asks for it."""
        body = await read(request, HandoverAct)
        self._people.hands_over(
            body.account_id, body.username, body.kind, body.app_id, body.metadata, self._request_id()
        )
        return answer({"success": True})

    async def policy(self, request: Request) -> Response:
        """The platform enforces a policy."""
        body = await read(request, PolicyAct)
        if body.account_id not in self._core.meta.world.accounts:
            raise KeyError(body.account_id)
        self._people.warns(body.account_id, body.action, body.reason, self._request_id())
        return answer({"success": True})

    async def person(self, request: Request) -> Response:
        """Somebody is present, blocked, deleted or unavailable."""
        body = await read(request, PersonTowards)
        self._people.changes_state(body.account_id, body.username, body.state, self._request_id())
        return answer({"success": True})

    async def archive(self, request: Request) -> Response:
        """The owner puts a conversation away in the app, or back."""
        body = await read(request, PersonTowards)
        self._people.archives(body.account_id, body.username, self._request_id(), on=body.on)
        return answer({"success": True})

    async def inbox(self, request: Request) -> Response:
        """Every conversation of an account, newest first, with all that was said."""
        inbox = self._core.meta.world.inbox
        threads = inbox.threads.get(request.query_params["accountId"], [])
        return answer({"conversations": [self._shown(inbox.conversations[key]) for _, key in reversed(threads)]})

    def _shown(self, conversation: Conversation) -> dict[str, object]:
        inbox = self._core.meta.world.inbox
        return {
            "conversation": conversation,
            "person": inbox.contacts[conversation.contact_id],
            "messages": [inbox.said(conversation, message_id) for _, message_id in conversation.messages],
        }
