"""What an inbox is set up with: uploads, ice breakers, welcome flows, who is blocked (instagram.md §5.1, §5.3)."""

from socialsim.meta.access import Context
from socialsim.meta.errors import GraphError, bad_parameter
from socialsim.meta.inbox import Contact, WelcomeFlow
from socialsim.meta.messaging import attachments, problems
from socialsim.meta.messaging.bodies import json_list, json_object, text_of
from socialsim.meta.messaging.mailbox import mailbox
from socialsim.meta.messaging.threads import Threads
from socialsim.meta.model import Account

MOST_ICE_BREAKERS = 4
_PROFILE = {"ice_breakers": "array", "persistent_menu": "array", "get_started": "object", "platform": "text"}


async def upload(context: Context, node_id: str) -> object:
    """``POST /{page}/message_attachments``."""
    account = mailbox(context, node_id)
    made = await attachments.upload(context, account)
    context.record("attachment.uploaded", account_id=account.id, object_id=made.id, text=made.attachment.kind)
    return {"attachment_id": made.id}


# --- Messenger profile -------------------------------------------------------------------------------------------


async def profile(context: Context, node_id: str) -> object:
    """``GET /{page}/messenger_profile?platform=instagram&fields=ice_breakers``."""
    account = _of_instagram(context, node_id)
    names = _names(context.call.params.get("fields") or "ice_breakers")
    stored = context.world.inbox.profiles.get(account.id, {})
    found = {name: stored[name] for name in names if name in stored}
    return {"data": [found] if found else []}


async def set_profile(context: Context, node_id: str) -> object:
    """``POST /{page}/messenger_profile``: ice breakers and the like."""
    account = _of_instagram(context, node_id)
    params = context.call.params
    change: dict[str, object] = {}
    if params.get("ice_breakers"):
        change["ice_breakers"] = _ice_breakers(json_list(params["ice_breakers"], "ice_breakers"))
    if params.get("persistent_menu"):
        change["persistent_menu"] = json_list(params["persistent_menu"], "persistent_menu")
    if params.get("get_started"):
        change["get_started"] = json_object(params["get_started"], "get_started")
    if not change:
        raise bad_parameter("Nothing of the profile is given: ice_breakers, persistent_menu, get_started")
    context.world.inbox.profiles.setdefault(account.id, {}).update(change)
    context.record("profile.changed", account_id=account.id, object_id=account.id, text=",".join(change))
    return {"result": "success"}


async def clear_profile(context: Context, node_id: str) -> object:
    """``DELETE /{page}/messenger_profile`` with ``fields``."""
    account = _of_instagram(context, node_id)
    names = _names(context.parameter("fields"))
    for name in names:
        context.world.inbox.profiles.get(account.id, {}).pop(name, None)
    context.record("profile.changed", account_id=account.id, object_id=account.id, text=",".join(names))
    return {"result": "success"}


def _of_instagram(context: Context, node_id: str) -> Account:
    account = mailbox(context, node_id)
    if context.call.params.get("platform", "instagram").lower() != "instagram":
        raise bad_parameter("socialsim: only platform=instagram is simulated")
    return account


def _names(text: str) -> list[str]:
    listed = json_list(text, "fields") if text.lstrip().startswith("[") else text.split(",")
    names = [text_of(name).strip().lower() for name in listed]
    unknown = [name for name in names if name not in _PROFILE]
    if unknown:
        raise bad_parameter(f"Param fields must be one of {', '.join(_PROFILE)}")
    return names


def _ice_breakers(given: list[object]) -> list[object]:
    """Per locale, or the questions themselves; at most four, each with question and payload."""
    for group in given:
        actions = group.get("call_to_actions", [group]) if isinstance(group, dict) else [group]
        if not isinstance(actions, list) or not 1 <= len(actions) <= MOST_ICE_BREAKERS:
            raise bad_parameter(f"At most {MOST_ICE_BREAKERS} ice breakers")
        for action in actions:
            known = action if isinstance(action, dict) else {}
            if not text_of(known.get("question")) or not text_of(known.get("payload")):
                raise bad_parameter("An ice breaker needs question and payload")
    if not given or len(given) > MOST_ICE_BREAKERS:
        raise bad_parameter(f"1 to {MOST_ICE_BREAKERS} ice breakers")
    return given


# --- Welcome message flows ---------------------------------------------------------------------------------------


async def flows(context: Context, node_id: str) -> object:
    """``GET /{page}/welcome_message_flows``, one of them with ``flow_id``."""
    account = mailbox(context, node_id)
    wanted = context.call.params.get("flow_id", "")
    return {
        "data": [
            {"id": flow.id, "name": flow.name, "welcome_message_flow": flow.content, "is_used_in_ad": False}
            for flow in context.world.inbox.flows.values()
            if flow.account_id == account.id and wanted in {"", flow.id}
        ]
    }


async def put_flow(context: Context, node_id: str) -> object:
    """``POST /{page}/welcome_message_flows``: a new one, or a change with ``flow_id``."""
    account = mailbox(context, node_id)
    params, kept = context.call.params, context.world.inbox.flows
    json_list(context.parameter("welcome_message_flow"), "welcome_message_flow")
    flow_id = params.get("flow_id", "")
    if flow_id:
        flow = _flow(context, account, flow_id)
        flow.content, flow.name = params["welcome_message_flow"], params.get("name") or flow.name
    else:
        made_id = context.services.mint.id("1785", 16)
        app_id, content = context.actor.app.id, params["welcome_message_flow"]
        flow = kept[made_id] = WelcomeFlow(made_id, account.id, app_id, context.parameter("name"), content)
    context.record("flow.changed", account_id=account.id, object_id=flow.id, text=flow.name)
    return {"flow_id": flow.id}


async def delete_flow(context: Context, node_id: str) -> object:
    """``DELETE /{page}/welcome_message_flows`` with ``flow_id``."""
    account = mailbox(context, node_id)
    flow = _flow(context, account, context.parameter("flow_id"))
    del context.world.inbox.flows[flow.id]
    context.record("flow.deleted", account_id=account.id, object_id=flow.id, text=flow.name)
    return {"success": True}


def _flow(context: Context, account: Account, flow_id: str) -> WelcomeFlow:
    flow = context.world.inbox.flows.get(flow_id)
    if flow is None or flow.account_id != account.id:
        raise bad_parameter("Param flow_id is not a welcome message flow of this account")
    return flow


# --- Moderation --------------------------------------------------------------------------------------------------


class Moderating:
    """``POST /{page}/moderate_conversations``."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def moderate(self, context: Context, node_id: str) -> object:
        """Block, ban or move to spam, for several people at once."""
        account = mailbox(context, node_id)
        actions = [text_of(word).lower() for word in json_list(context.parameter("actions"), "actions")]
        people = [self._person(account, entry) for entry in json_list(context.parameter("user_ids"), "user_ids")]
        if not actions or not people or not set(actions) <= set(_DEEDS):
            raise bad_parameter(f"Param actions must be among {', '.join(_DEEDS)}, and user_ids must name someone")
        for contact in people:
            for action in actions:
                self._apply(contact, action)
            context.record(
                "conversation.moderated", account_id=account.id, object_id=contact.id, text=",".join(actions)
            )
        return {"success": True}

    def _person(self, account: Account, entry: object) -> Contact:
        given = entry if isinstance(entry, dict) else {"id": entry}
        contact = self._threads.inbox.contacts.get(text_of(given.get("id")))
        if contact is None or contact.account_id != account.id:
            raise GraphError(problems.PERSON_UNKNOWN)
        return contact

    def _apply(self, contact: Contact, action: str) -> None:
        if action == "move_to_spam":
            self._threads.conversation(contact).spam = True
        else:
            contact.banned = action in {"block_user", "ban_user"}


_DEEDS = ("block_user", "ban_user", "unblock_user", "unban_user", "move_to_spam")
