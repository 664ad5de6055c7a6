"""The pages of identity: sign in, create the owner, API keys. Pure functions of values, built while a viewer speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from babel import Locale
from htpy import Element, Node, Renderable, br, code, div, form, p
from htpy import button as button_element
from htpy import input as input_element

from huntaze.identity.answers import spoken
from huntaze.identity.model import KeyRow
from huntaze.identity.passwords import FAIR_BITS, MIN_LENGTH, STRONG_BITS
from huntaze.identity.rights import KEY_SCOPES
from huntaze.identity.zones import UTC, zones
from huntaze.kit.text import N_, Text
from huntaze.ui import parts
from huntaze.ui.i18n import _, number, relative
from huntaze.ui.page import bare_page, page
from huntaze.ui.parts import Column, Field, Option, Row
from huntaze.ui.parts.actions import Attrs
from huntaze.ui.viewer import Viewer

SCOPE_WORDS: Mapping[str, str] = {
    "posts.read": N_("Read posts"),
    "posts.write": N_("Publish and schedule posts"),
    "media.read": N_("Read the media library"),
    "media.write": N_("Upload media"),
    "accounts.read": N_("Read accounts"),
    "comments.read": N_("Read comments"),
    "comments.write": N_("Answer comments"),
}

_USUAL_SCOPES = frozenset({"posts.read", "posts.write", "media.write"})

_password_strength = Element("password-strength")
_zone_guess = Element("zone-guess")
_copy_text = Element("copy-text")


@dataclass(frozen=True, slots=True)
class SignInForm:
    """What was typed, and what is wrong with it. The password is never written back."""

    login: str = ""
    next_path: str = "/"
    problem: Node = None
    owned: bool = True


@dataclass(frozen=True, slots=True)
class OwnerForm:
    """What was typed, and what is wrong with it. The password is never written back."""

    action: str
    name: str = ""
    email: str = ""
    zone: str = UTC
    faults: Mapping[str, Text] = field(default_factory=dict)
    problem: Node = None


@dataclass(frozen=True, slots=True)
class KeyForm:
    """What was chosen for a new key, and what is wrong with it."""

    name: str = ""
    scopes: frozenset[str] = _USUAL_SCOPES
    faults: Mapping[str, Text] = field(default_factory=dict)


def sign_in(viewer: Viewer, entered: SignInForm, languages: Sequence[str]) -> Renderable:
    """The sign-in page."""
    login = Field("login", _("E-mail or name"))
    password = Field("password", _("Password"))
    required: Attrs = {"required": True, "autocapitalize": "none", "spellcheck": "false"}
    return bare_page(
        viewer,
        _("Sign in"),
        entered.problem,
        None if entered.owned else _unowned(),
        parts.card(
            form(".stack", method="post", action="/sign-in")[
                parts.csrf(viewer),
                input_element(type="hidden", name="next", value=entered.next_path),
                parts.text_field(
                    login,
                    value=entered.login,
                    attrs={**required, "autocomplete": "username", "autofocus": not entered.login},
                ),
                parts.text_field(
                    password,
                    input_type="password",
                    attrs={**required, "autocomplete": "current-password", "autofocus": bool(entered.login)},
                ),
                parts.button(_("Sign in"), kind="primary", wide=True),
            ],
        ),
        p(".small.soft")[
            _("Forgot your password? Whoever runs the server can print a one-time link with:"),
            br,
            code["huntaze owner link"],
        ],
        language_switch(viewer, languages),
    )


def wrong_password() -> Renderable:
    """Said for an unknown name and for a wrong password alike."""
    return parts.banner(
        _("That did not match"), _("The name, the e-mail address or the password is not right."), tone="bad"
    )


def locked(until: datetime, now: datetime) -> Renderable:
    """Said for a name that exists and for one that does not."""
    when = _("You can try again {when}").format(when=relative(until, now))
    return parts.banner(_("Too many tries"), [when, " (", parts.local_time(until), " UTC)"], tone="warn")


def page_was_old() -> Renderable:
    """The form could not be trusted; a fresh one is shown."""
    return parts.banner(_("Please try once more"), _("This page had been open for too long."), tone="warn")


def create_owner(viewer: Viewer, entered: OwnerForm, languages: Sequence[str]) -> Renderable:
    """The first person of a new installation."""

    def named(name: str, label: str, help_text: str = "") -> Field:
        fault = entered.faults.get(name)
        return Field(name, label, help=help_text or None, error=spoken(fault) if fault else "")

    password = named(
        "password",
        _("Password"),
        _("{n} characters or more. A whole sentence is good.").format(n=number(MIN_LENGTH)),
    )
    choices = [Option(zone, zone.replace("_", " ")) for zone in zones()]
    zone = named("zone", _("Time zone"), _("Posts are planned and shown in this zone."))
    return bare_page(
        viewer,
        _("Create the owner"),
        entered.problem,
        parts.error_summary([(name, spoken(fault)) for name, fault in entered.faults.items()]),
        parts.card(
            form(".stack", method="post", action=entered.action)[
                parts.csrf(viewer),
                parts.text_field(
                    named("name", _("Your name")), value=entered.name, attrs={"required": True, "autocomplete": "name"}
                ),
                parts.text_field(
                    named("email", _("E-mail")),
                    value=entered.email,
                    input_type="email",
                    attrs={"required": True, "autocomplete": "username"},
                ),
                _strength_field(password),
                _zone_guess[parts.field(zone, parts.select(zone, choices, value=entered.zone))],
                parts.button(_("Create the owner"), kind="primary", wide=True),
            ],
        ),
        language_switch(viewer, languages),
        lead=_("Nobody owns this installation yet. Whoever fills this in may do everything here."),
    )


def language_switch(viewer: Viewer, languages: Sequence[str]) -> Renderable:
    """The languages, each in its own words; the chosen one is kept."""
    return form(method="post", action="/language")[
        parts.csrf(viewer),
        input_element(type="hidden", name="back", value=viewer.path),
        div(".segmented", role="group", aria_label=_("Language"))[
            [
                button_element(
                    ".segment",
                    type="submit",
                    name="locale",
                    value=locale,
                    lang=locale,
                    aria_pressed=str(viewer.locale == locale).lower(),
                )[_own_name(locale)]
                for locale in languages
            ]
        ],
    ]


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
    control = parts.text_input(
        shown, value=made, attrs={"readonly": True, "autocomplete": "off", "spellcheck": "false"}
    )
    copy = parts.button(_("Copy"), icon_name="copy", submits=False, attrs={"hidden": True})
    return parts.card(
        _copy_text(".stack", data_copied=_("Copied"))[parts.field(shown, control), div[copy]],
        title=_("The key is made"),
        attrs={"id": "made"},
    )


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
        return parts.empty(
            _("No key yet"), _("Make one to publish from your own site or scripts."), icon_name="key-round"
        )
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
                    [row.name, code[f"hz_{row.prefix}_…"], parts.local_time(row.revoked_at) if row.revoked_at else ""],
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


def _strength_field(spec: Field) -> Renderable:
    """A new password; the element writes below it, in words, how good it is."""
    return _password_strength(
        data_length=MIN_LENGTH,
        data_fair_bits=FAIR_BITS,
        data_strong_bits=STRONG_BITS,
        data_short=_("Strength: too short"),
        data_weak=_("Strength: weak"),
        data_fair=_("Strength: good enough"),
        data_strong=_("Strength: strong"),
    )[
        parts.field(
            spec,
            parts.text_input(
                spec,
                input_type="password",
                attrs={"required": True, "autocomplete": "new-password", "minlength": MIN_LENGTH},
            ),
        ),
        p(".small.firm", role="status", data_strength=True, hidden=True),
    ]


def _unowned() -> Renderable:
    return parts.banner(
        _("Nobody owns this installation yet"),
        [_("Run this on the server and open the link it prints:"), br, code["huntaze owner link"]],
        tone="accent",
    )


def _own_name(locale: str) -> str:
    name = Locale.parse(locale).get_display_name(locale) or locale
    return name[:1].upper() + name[1:]
