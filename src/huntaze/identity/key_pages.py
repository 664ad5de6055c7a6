"""The page of API keys. Pure functions of values, built while a viewer speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from htpy import Renderable, code, div, form

from huntaze.identity.model import KeyRow
from huntaze.identity.rights import KEY_SCOPES
from huntaze.kit.text import N_, Text
from huntaze.ui import parts
from huntaze.ui.i18n import _, spoken
from huntaze.ui.page import page
from huntaze.ui.parts import Column, Field, Option, Row
from huntaze.ui.viewer import Viewer

SCOPE_WORDS: Mapping[str, str] = {
    "posts.read": N_("Read posts"),
    "posts.write": N_("Publish and schedule posts"),
    "media.read": N_("Read the media library"),
    "media.write": N_("Upload media"),
    "accounts.read": N_("Read accounts"),
    "comments.read": N_("Read comments"),
    "comments.write": N_("Reply to comments"),
    "events.read": N_("Read what the networks sent"),
    "events.write": N_("Try failed events again"),
    "webhooks.write": N_("Manage webhooks and their log"),
}

_USUAL_SCOPES = frozenset({"posts.read", "posts.write", "media.write"})


@dataclass(frozen=True, slots=True)
class KeyForm:
    """What was chosen for a new key, and what is wrong with it."""

    name: str = ""
    scopes: frozenset[str] = _USUAL_SCOPES
    faults: Mapping[str, Text] = field(default_factory=dict)


def keys(
    viewer: Viewer, rows: Sequence[KeyRow], now: datetime, entered: KeyForm | None = None, made: str = ""
) -> Renderable:
    """The workspace's API keys. ``made`` is the text of a new key, shown this once."""
    working = [row for row in rows if row.revoked_at is None]
    ended = [row for row in rows if row.revoked_at is not None]
    return page(
        viewer,
        _("API keys"),
        _made_key(made) if made else None,
        _new_key(viewer, entered or KeyForm()),
        _key_table(viewer, working, now),
        _ended_keys(ended) if ended else None,
        [_revoke_dialog(viewer, row) for row in working],
        lead=_("A key lets a program of yours use the JSON API. It is shown once, when it is made."),
        back=("/settings", _("Settings")),
    )


def _made_key(made: str) -> Renderable:
    shown = Field(
        "made-key", _("Your new key"), help=_("Copy it now: it is kept only as a hash and never shown again.")
    )
    return parts.card(parts.copyable(shown, made), title=_("The key is made"), attrs={"id": "made"})


def _new_key(viewer: Viewer, entered: KeyForm) -> Renderable:
    def fault(name: str) -> str:
        found = entered.faults.get(name)
        return spoken(found) if found else ""

    name = Field("name", _("Name"), help=_("Where it will be used, such as “website”."), error=fault("name"))
    scopes = Field("scopes", _("Permissions"), error=fault("scopes"))
    options = [Option(scope, _(words)) for scope, words in SCOPE_WORDS.items()]
    return parts.card(
        form(".stack", method="post", action="/settings/keys")[
            parts.csrf(viewer),
            parts.error_summary([(key, spoken(text)) for key, text in entered.faults.items()]),
            parts.text_field(
                name, value=entered.name, attrs={"required": True, "maxlength": 100, "autocomplete": "off"}
            ),
            parts.chips(scopes, options, chosen=sorted(entered.scopes)),
            div[parts.button(_("Make a key"), kind="primary", icon_name="key-round")],
        ],
        title=_("New key"),
    )


def _key_table(viewer: Viewer, rows: Sequence[KeyRow], now: datetime) -> Renderable:
    if not rows:
        words = _("Make one to publish from your own site or scripts.")
        return parts.card(parts.empty(_("No key yet"), words, icon_name="key-round"))
    columns = [
        Column(_("Name")),
        Column(_("Key")),
        Column(_("Permissions")),
        Column(_("Last used")),
        Column(_("Revoke"), hidden_label=True),
    ]
    return parts.card(
        parts.table(
            _("Keys that work"),
            columns,
            [
                Row(
                    f"key-{row.id}",
                    [
                        row.name,
                        code[f"hz_{row.prefix}_…"],
                        _scopes_text(row),
                        parts.relative_time(row.used_at, now) if row.used_at else _("Never"),
                        parts.dialog_button(_("Revoke"), f"revoke-{row.id}", kind="danger"),
                    ],
                    row.name,
                )
                for row in rows
            ],
        ),
        title=_("Keys that work"),
        flush=True,
    )


def _ended_keys(rows: Sequence[KeyRow]) -> Renderable:
    columns = [Column(_("Name")), Column(_("Key")), Column(_("Revoked"))]
    return parts.card(
        parts.table(
            _("Revoked keys"),
            columns,
            [
                Row(
                    f"key-{row.id}",
                    [
                        row.name,
                        code[f"hz_{row.prefix}_…"],
                        parts.local_time(row.revoked_at, year=True) if row.revoked_at else "",
                    ],
                    row.name,
                )
                for row in rows
            ],
        ),
        title=_("Revoked keys"),
        flush=True,
    )


def _revoke_dialog(viewer: Viewer, row: KeyRow) -> Renderable:
    return parts.confirm(
        viewer,
        f"revoke-{row.id}",
        _("Revoke “{name}”?").format(name=row.name),
        _("Programs that use this key are refused at once. This cannot be taken back."),
        action=f"/settings/keys/{row.id}/revoke",
        label=_("Revoke"),
    )


def _scopes_text(row: KeyRow) -> str:
    if KEY_SCOPES.issubset(row.scopes):
        return _("Everything a key may do")
    return ", ".join(_(words) for scope, words in SCOPE_WORDS.items() if scope in row.scopes)
