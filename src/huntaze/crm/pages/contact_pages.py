"""The pages of contacts: people who comment on the accounts or write to them, and one of them with what is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from htpy import Node, Renderable, a, dd, div, dl, dt, p, small, span

from huntaze.accounts import AccountRow
from huntaze.crm.pages.listing import Listing, ListWords, list_page
from huntaze.crm.people_model import PersonRow
from huntaze.crm.reading.people_lists import Contact, HappeningRow, Known, known_of
from huntaze.kit.text import N_
from huntaze.ui import parts
from huntaze.ui.i18n import _, day, ngettext, number
from huntaze.ui.page import page
from huntaze.ui.viewer import Viewer

PERIODS: Mapping[str, str] = {
    "7": N_("Heard of in the last 7 days"),
    "30": N_("Heard of in the last 30 days"),
    "90": N_("Heard of in the last 90 days"),
}
"""By their days."""
SPEAKING: Mapping[str, str] = {"wrote": N_("Wrote to you"), "commented": N_("Never wrote to you")}
CHOICES: Mapping[str, Collection[str]] = {"how": SPEAKING, "days": PERIODS}
"""What an address may choose, beside an account and words."""
_ERASE = "erase-person"


@dataclass(frozen=True, slots=True)
class ContactPage:
    """One person. ``happened`` is a page of the course of events, newest first."""

    contact: Contact
    account: AccountRow | None
    happened: Sequence[HappeningRow]
    newest: str
    older: str
    may_erase: bool


def contact_list(
    viewer: Viewer, listing: Listing, people: Sequence[Contact], onward: str, file: str, now: datetime
) -> Renderable:
    """The whole page of the list. ``onward``: the cursor of the next one; ``file``: where the same is a CSV file."""
    words = ListWords(
        title=_("Contacts"),
        lead=_("People who comment on your posts, mention you or write to you."),
        search=_("Search by name"),
        nothing=_("Nobody with these words and filters."),
        beginning=parts.empty(
            _("No contacts yet"),
            _("People appear here by themselves when they comment on your posts or write to you."),
            action=parts.link_button(_("See your accounts"), "/accounts"),
            icon_name="users-round",
        ),
    )
    filters = [
        listing.filter("how", _("How they speak"), _("Comments or messages"), SPEAKING),
        listing.filter("days", _("Last contact"), _("Any time"), PERIODS),
    ]
    lines = [_line(one, listing.accounts.get(one.person.account_id), now) for one in people]
    return list_page(
        viewer,
        words,
        listing,
        filters,
        body=parts.card(parts.item_list(lines, key="contacts", level=2), flush=True) if lines else None,
        counted=ngettext("{n} person", "{n} people", len(people)).format(n=number(len(people))),
        onward=onward,
        file=file,
    )


def contact_page(viewer: Viewer, shown: ContactPage) -> Renderable:
    """The whole page."""
    person = shown.contact.person
    return page(
        viewer,
        title_of(person),
        div(".split")[
            parts.card(_course(shown), title=_("What happened")),
            div(".stack")[
                parts.card(_facts(shown), title=_("What is known")),
                parts.card(_rights(shown), title=_("Their data")),
            ],
        ],
        shown.may_erase and _erasing(viewer, person),
        lead=span(".contact-head")[
            parts.avatar(title_of(person), platform=shown.account.platform if shown.account else ""),
            span[_counts(shown.contact), " · ", _at(shown.account)],
        ],
        back=("/contacts", _("Contacts")),
    )


def title_of(person: PersonRow) -> str:
    """What somebody is called: their name, else their user name."""
    if person.name:
        return person.name
    return f"@{person.username}" if person.username else _("Someone without a name")


def _line(contact: Contact, account: AccountRow | None, now: datetime) -> parts.Item:
    person = contact.person
    known_as = f"@{person.username}" if person.name and person.username else ""
    return parts.Item(
        f"person-{person.id}",
        title_of(person),
        f"/contacts/{person.id}",
        picture=parts.avatar(title_of(person), platform=account.platform if account else ""),
        meta=[known_as and span[known_as], span[_counts(contact)], span[_at(account)]],
        end=span(".soft.small")[parts.relative_time(person.last_seen_at, now)],
    )


def _counts(contact: Contact) -> str:
    said = []
    if contact.comments:
        said.append(ngettext("{n} comment", "{n} comments", contact.comments).format(n=number(contact.comments)))
    if contact.messages:
        said.append(ngettext("{n} message", "{n} messages", contact.messages).format(n=number(contact.messages)))
    return " · ".join(said) or _("Nothing said yet")


def _at(account: AccountRow | None) -> str:
    return _("at {account}").format(account=f"@{account.username}") if account else _("at a disconnected account")


_KINDS: Mapping[str, tuple[str, str, parts.Tone]] = {
    "comment": (N_("Commented"), "message-circle", "neutral"),
    "reply": (N_("Replied to a comment"), "message-circle", "neutral"),
    "own_reply": (N_("You replied"), "send", "good"),
    "message": (N_("Wrote to you"), "inbox", "accent"),
    "answer": (N_("You answered"), "send", "good"),
    "mention": (N_("Mentioned you"), "at-sign", "accent"),
}


def _course(shown: ContactPage) -> Node:
    if not shown.happened:
        return p(".soft")[_("Nothing is kept of what was said.")]
    counted = ngettext("{n} event", "{n} events", len(shown.happened)).format(n=number(len(shown.happened)))
    return [
        parts.timeline([_event(one) for one in shown.happened]),
        (shown.newest or shown.older) and parts.pager(counted, newer=shown.newest, older=shown.older),
    ]


def _event(one: HappeningRow) -> parts.TimelineItem:
    words, icon_name, tone = _KINDS[one.kind]
    attached = ngettext("{n} attachment", "{n} attachments", one.attachments).format(n=number(one.attachments))
    about: Node = [
        one.text and p(".quoted")[one.text],
        one.attachments > 0 and p(".quoted.soft")[attached],
        one.media_id is not None and a(href=f"/published/{one.media_id}")[_("See the post")],
        one.removed_at is not None and [" ", parts.badge(_("Removed"))],
    ]
    return parts.TimelineItem(_(words), one.at, tone, text=about, icon=icon_name)


def _facts(shown: ContactPage) -> Renderable:
    """Each thing that is known, with where it comes from."""
    person = shown.contact.person
    told = [[dt[_(_LABELS[one.field])], dd[div[_value(one)], small(".soft")[_source(one)]]] for one in known_of(person)]
    return dl(".facts")[
        told,
        [dt[_("First heard of")], dd[parts.local_time(person.first_seen_at, year=True)]],
        [dt[_("Last heard of")], dd[parts.local_time(person.last_seen_at, year=True)]],
    ]


_LABELS: Mapping[str, str] = {
    "username": N_("User name"),
    "name": N_("Name"),
    "followers": N_("Followers"),
    "follows_account": N_("Follows you"),
    "followed_by_account": N_("You follow them"),
    "verified": N_("Verified"),
}
_ORIGINS: Mapping[str, str] = {
    "comment": N_("from a comment"),
    "conversation": N_("from a conversation"),
    "profile": N_("from their profile"),
}


def _value(one: Known) -> str:
    if isinstance(one.value, bool):
        return _("Yes") if one.value else _("No")
    if isinstance(one.value, int):
        return number(one.value)
    return f"@{one.value}" if one.field == "username" else one.value


def _source(one: Known) -> Node:
    """Where it comes from and since when it is known."""
    where = _(_ORIGINS.get(one.origin, N_("from the network")))
    return f"{where}, {day(one.at)}" if one.at else where


def _rights(shown: ContactPage) -> Node:
    address = f"/api/v1/people/{shown.contact.person.id}/export"
    return [
        p(".soft.small")[_("Whoever asks may have a copy of all that is kept of them, and may be forgotten.")],
        div(".row")[
            parts.link_button(_("Save a copy"), address, icon_name="download"),
            shown.may_erase and parts.dialog_button(_("Erase"), _ERASE, kind="danger", icon_name="trash-2"),
        ],
    ]


def _erasing(viewer: Viewer, person: PersonRow) -> Renderable:
    return parts.confirm(
        viewer,
        _ERASE,
        _("Erase {name}?").format(name=title_of(person)),
        _(
            "Their comments, messages and all that is known of them are erased here, for good. "
            "On the network nothing changes, but nothing of it comes back with the next sync."
        ),
        action=f"/contacts/{person.id}/erase",
        label=_("Erase"),
        typed=person.username,
    )
