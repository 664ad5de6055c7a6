"""The pages of the entrance: sign in, create the owner. Pure functions of values, built while a viewer speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from babel import Locale
from htpy import Element, Node, Renderable, br, code, div, form, p
from htpy import button as button_element
from htpy import input as input_element

from huntaze.identity.passwords import FAIR_BITS, MIN_LENGTH, STRONG_BITS
from huntaze.identity.zones import UTC, zones
from huntaze.kit.text import Text
from huntaze.ui import parts
from huntaze.ui.i18n import _, number, relative, spoken
from huntaze.ui.page import bare_page
from huntaze.ui.parts import Field, Option
from huntaze.ui.parts.actions import Attrs
from huntaze.ui.viewer import Viewer

_password_strength = Element("password-strength")
_zone_guess = Element("zone-guess")


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
