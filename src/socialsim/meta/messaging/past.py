"""Conversations that the default people had before the simulator began. They are told nobody."""

from msgspec import Struct

from socialsim.meta.inbox import Attachment
from socialsim.meta.messaging.threads import Threads


class _Line(Struct, frozen=True):
    """What was said: ``minutes`` after the line before it, by the person or, ``ours``, by the account."""

    text: str
    minutes: float = 4
    ours: bool = False
    image: str = ""
    reaction: str = ""


class _Talk(Struct, frozen=True):
    """A conversation that began ``days_ago``."""

    account: str
    person: str
    days_ago: float
    lines: tuple[_Line, ...]


_PAST = (
    _Talk(
        "roue.libre",
        "klaus_on_wheels",
        10,
        (_Line("Hi! Is the stove in your last post the alcohol one or gas?"),),
    ),
    _Talk(
        "roue.libre",
        "petit.phare",
        3,
        (
            _Line("Bonjour Malo, on passe à Camaret jeudi. Le camping est ouvert hors saison ?"),
            _Line("Oui, jusqu'à la fin du mois. Demande l'emplacement 12, à l'abri du vent.", 35, ours=True),
            _Line("Parfait, merci !", 6, reaction="love"),
        ),
    ),
    _Talk(
        "roue.libre",
        "lena.draws",
        0.12,
        (
            _Line("I made your galettes on a camp stove 😄"),
            _Line("", 1, image="plate-galettes.jpg"),
            _Line("They look better than mine!", 20, ours=True),
            _Line("Is there a recipe for the filling?", 9),
        ),
    ),
    _Talk(
        "maison.carvalho",
        "salt.and.linen",
        1.4,
        (
            _Line("Bonsoir, une table pour neuf personnes samedi, c'est possible ?"),
            _Line("Bonsoir ! Oui, à 19 h ou à 21 h 15. Laquelle vous va ?", 50, ours=True),
            _Line("19 h, au nom de Ferrand. Deux végétariens.", 12),
        ),
    ),
)


def seed_inbox(threads: Threads) -> None:
    """Put them into the inboxes of the default accounts."""
    accounts = {account.username: account.id for account in threads.world.accounts.values()}
    now = threads.services.clock.epoch()
    for talk in _PAST:
        at = now - talk.days_ago * 86400
        contact = threads.contact(accounts[talk.account], talk.person)
        conversation = threads.conversation(contact)
        for line in talk.lines:
            at += line.minutes * 60
            message = threads.message(conversation, outbound=line.ours, text=line.text)
            message.at = float(int(at))
            if line.image:
                message.attachments.append(Attachment("image", blob=line.image))
            if line.reaction:
                message.reactions[contact.account_id] = line.reaction
            threads.add(conversation, message)
            conversation.accepted = conversation.accepted or line.ours
            contact.wrote_at = contact.wrote_at if line.ours else message.at
