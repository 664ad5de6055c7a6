"""What the inbox can do: method and path under both logins (instagram.md §5)."""

from socialsim.meta.messaging import reading, setup
from socialsim.meta.messaging.sending import Sending
from socialsim.meta.messaging.threads import Threads
from socialsim.meta.operations import Operations


def operations(threads: Threads, owner: str) -> Operations:
    """``owner`` is ``{page}`` on graph.facebook.com, ``{ig}`` on graph.instagram.com."""
    moderating = setup.Moderating(threads)
    return {
        ("GET", owner, "conversations"): reading.conversations,
        ("POST", owner, "messages"): Sending(threads).send,
        ("POST", owner, "message_attachments"): setup.upload,
        ("GET", owner, "messenger_profile"): setup.profile,
        ("POST", owner, "messenger_profile"): setup.set_profile,
        ("DELETE", owner, "messenger_profile"): setup.clear_profile,
        ("GET", owner, "welcome_message_flows"): setup.flows,
        ("POST", owner, "welcome_message_flows"): setup.put_flow,
        ("DELETE", owner, "welcome_message_flows"): setup.delete_flow,
        ("POST", owner, "moderate_conversations"): moderating.moderate,
        ("GET", "{conversation}"): reading.conversation,
        ("GET", "{conversation}", "messages"): reading.messages,
        ("GET", "{message}"): reading.message,
        ("GET", "{igsid}"): reading.person,
    }
