"""The form of a webhook: where to, what, of which accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from htpy import Node, Renderable, code, div, form
from starlette.datastructures import FormData

from huntaze.accounts import AccountRow
from huntaze.desk.outgoing_words import kind_words
from huntaze.kit.text import Text
from huntaze.outbox.outgoing import ALL_KINDS, GROUPS, KINDS, LONGEST_NAME, LONGEST_URL, Kind, TargetRow
from huntaze.ui import parts
from huntaze.ui.i18n import _, spoken
from huntaze.ui.parts import Field, Option
from huntaze.ui.viewer import Viewer

EVERYTHING, CHOSEN = "everything", "chosen"


@dataclass(frozen=True, slots=True)
class Entered:
    """What a person chose, and what is wrong with it."""

    name: str = ""
    url: str = ""
    types: frozenset[str] = frozenset({ALL_KINDS})
    account_ids: frozenset[str] = frozenset()
    include_content: bool = False
    faults: Mapping[str, Text] = field(default_factory=dict)

    @classmethod
    def of(cls, row: TargetRow) -> Entered:
        """A webhook as it is."""
        ids = frozenset(str(one) for one in row.account_ids)
        return cls(row.name, row.url, frozenset(row.types), ids, row.include_content)

    @classmethod
    def read(cls, sent: FormData) -> Entered:
        """What a form brought."""
        chosen = frozenset(str(one) for one in sent.getlist("types"))
        return cls(
            _text(sent, "name"),
            _text(sent, "url"),
            chosen if _text(sent, "which") == CHOSEN else frozenset({ALL_KINDS}),
            frozenset(str(one) for one in sent.getlist("accountIds")),
            "content" in sent,
        )


def target_form(
    viewer: Viewer, entered: Entered, accounts: Sequence[AccountRow], *, action: str, label: str, icon_name: str
) -> Renderable:
    """Address first, then what is sent there."""

    def fault(name: str) -> str:
        found = entered.faults.get(name)
        return spoken(found) if found else ""

    name = Field("name", _("Name"), help=_("What receives it, such as “shop”."), error=fault("name"))
    url = Field("url", _("Address"), help=_("An https address of yours that takes POST."), error=fault("url"))
    content = Field(
        "content",
        _("Send what people wrote too"),
        help=_(
            "Otherwise only ids and facts leave. Erasing a person wipes their words from the log, not at the receiver."
        ),
    )
    return form(".stack", method="post", action=action)[
        parts.csrf(viewer),
        parts.error_summary([(key, spoken(text)) for key, text in entered.faults.items()]),
        parts.text_field(
            name, value=entered.name, attrs={"required": True, "maxlength": LONGEST_NAME, "autocomplete": "off"}
        ),
        parts.text_field(
            url,
            value=entered.url,
            input_type="url",
            attrs={"required": True, "maxlength": LONGEST_URL, "autocomplete": "off", "placeholder": "https://"},
        ),
        _kinds(entered, fault("types")),
        _accounts(entered, accounts, fault("accountIds")),
        parts.switch(content, checked=entered.include_content),
        div[parts.button(label, kind="primary", icon_name=icon_name)],
    ]


def _kinds(entered: Entered, fault: str) -> Node:
    everything = ALL_KINDS in entered.types
    which = Field("which", _("Events"), help=_("All: also kinds that come later."), error=fault, id="types")
    ways = [Option(EVERYTHING, _("All")), Option(CHOSEN, _("Only these"))]
    groups = [
        parts.group(
            Field("types", _(words), id=f"types-{group}"),
            div(".kinds-list")[[_kind(kind, entered) for kind in KINDS if kind.group == group]],
        )
        for group, words in GROUPS.items()
    ]
    return div(".stack.kinds")[
        parts.segmented(which, ways, value=EVERYTHING if everything else CHOSEN), div(".stack.kinds-chosen")[groups]
    ]


def _kind(kind: Kind, entered: Entered) -> Renderable:
    """What happens, in words, and under which name a program is told of it."""
    spec = Field("types", kind_words(kind.name), help=code[kind.name], id=f"types-{kind.name}")
    return parts.checkbox(spec, checked=kind.name in entered.types, value=kind.name)


def _accounts(entered: Entered, accounts: Sequence[AccountRow], fault: str) -> Node:
    if len(accounts) < 2 and not entered.account_ids:
        return None
    options = [Option(str(one.id), f"@{one.username}", before=parts.network_mark(one.platform)) for one in accounts]
    chosen = Field(
        "accountIds", _("Accounts"), help=_("None chosen: events of all accounts."), error=fault, optional=True
    )
    return parts.chips(chosen, options, chosen=sorted(entered.account_ids))


def _text(sent: FormData, name: str) -> str:
    value = sent.get(name, "")
    return value.strip() if isinstance(value, str) else ""
