"""What can be wrong with a webhook, for whoever asked."""

from __future__ import annotations

from collections.abc import Mapping

from huntaze.kit.http import FetchError
from huntaze.kit.text import N_, Text


class OutgoingError(Exception):
    """Something about webhooks of ours cannot be done."""


class NoSuchTarget(OutgoingError):
    """This workspace has no webhook of this id."""


class NoSuchDelivery(OutgoingError):
    """This webhook has no delivery of this id."""


class TooManyTargets(OutgoingError):
    """The workspace has as many webhooks as it may have."""


class BadTarget(OutgoingError):
    """What was entered cannot be taken; ``faults`` names each field with the reason."""

    def __init__(self, faults: Mapping[str, Text]) -> None:
        super().__init__(", ".join(sorted(faults)))
        self.faults = dict(faults)


_OF_ADDRESS: Mapping[str, str] = {
    "scheme": N_("Give a full address that begins with https://."),
    "https": N_("Give a full address that begins with https://."),
    "url": N_("Give a full address that begins with https://."),
    "userinfo": N_("Give the address without a user name and password: every delivery is signed."),
    "port": N_("Only port 443 can be used."),
    "host": N_("Give the name of the server, not a number."),
    "address": N_("This address leads into a private network. Give one on the public internet."),
    "name": N_("The name of this server is not known. Check the address for a typing mistake."),
}


def fault_of_address(error: FetchError) -> Text:
    """Why an address cannot be taken."""
    return Text(_OF_ADDRESS.get(error.code, _OF_ADDRESS["url"]))
