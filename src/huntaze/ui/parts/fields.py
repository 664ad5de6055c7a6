"""Form fields: a label above, help under it, the error beside the field and named by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from htpy import (
    Element,
    Node,
    Renderable,
    div,
    fieldset,
    legend,
    option,
    p,
    span,
)
from htpy import (
    input as input_element,
)
from htpy import (
    label as label_element,
)
from htpy import (
    select as select_element,
)
from htpy import (
    textarea as textarea_element,
)

from huntaze.ui.i18n import _, speaker, zone_name
from huntaze.ui.parts.actions import NO_ATTRS, Attrs, button
from huntaze.ui.parts.marks import icon

_LOCAL_INPUT = "%Y-%m-%dT%H:%M"
_copy_text = Element("copy-text")


@dataclass(frozen=True, slots=True)
class Field:
    """What a field is called and what is said about it. `id` is the name unless two fields of a page share it."""

    name: str
    label: str
    help: Node = None
    error: str = ""
    id: str = ""
    optional: bool = False

    @property
    def key(self) -> str:
        """The id of the control."""
        return self.id or self.name

    def described(self) -> Attrs:
        """The attributes that tie a control to its help and error."""
        about = [f"{self.key}-help"] if self.help else []
        about += [f"{self.key}-error"] if self.error else []
        return {
            "id": self.key,
            "name": self.name,
            "aria-describedby": " ".join(about) or None,
            "aria-invalid": "true" if self.error else None,
        }


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select, of chips or of a segmented control."""

    value: str
    label: str
    disabled: bool = False
    before: Node = None
    after: Node = None


def field(spec: Field, control: Node, *, aside: Node = None) -> Renderable:
    """A control with its label, help and error; `aside` stands at the end of the label's line (a counter)."""
    words = label_element(for_=spec.key)[spec.label, _optional(spec)]
    head: Node = div(".field-head")[words, aside] if aside is not None else words
    return div(".field")[head, control, _about(spec)]


def group(spec: Field, control: Node, *, aside: Node = None) -> Renderable:
    """The same for several controls under one name (chips, segmented, checkboxes); `aside` stands beside the name."""
    about = " ".join(
        part for part, shown in ((f"{spec.key}-help", spec.help), (f"{spec.key}-error", spec.error)) if shown
    )
    return fieldset(".field", id=spec.key, aria_describedby=about or None)[
        legend[spec.label, _optional(spec), aside], control, _about(spec)
    ]


def _optional(spec: Field) -> Node:
    return [" ", span(".optional")[_("optional")]] if spec.optional else None


def _about(spec: Field) -> Node:
    return [
        p(".help", id=f"{spec.key}-help")[spec.help] if spec.help else None,
        p(".field-error", id=f"{spec.key}-error")[icon("circle-alert"), span[spec.error]] if spec.error else None,
    ]


def text_input(spec: Field, *, value: str = "", input_type: str = "text", attrs: Attrs = NO_ATTRS) -> Renderable:
    """One line of text (or an email, password, number, search, url)."""
    return input_element({"class": "input", "type": input_type, "value": value or None, **spec.described(), **attrs})


def text_field(spec: Field, *, value: str = "", input_type: str = "text", attrs: Attrs = NO_ATTRS) -> Renderable:
    """A `field` that holds a `text_input`."""
    return field(spec, text_input(spec, value=value, input_type=input_type, attrs=attrs))


def textarea(spec: Field, *, value: str = "", rows: int = 4, attrs: Attrs = NO_ATTRS) -> Renderable:
    """Several lines of text; it grows with what is written."""
    # HTML drops a newline that follows the opening tag, so one is written to protect the caption's own.
    return textarea_element({"class": "input", "rows": rows, **spec.described(), **attrs})[f"\n{value}"]


def select(spec: Field, options: Sequence[Option], *, value: str = "", attrs: Attrs = NO_ATTRS) -> Renderable:
    """One of a list."""
    return select_element({"class": "input", **spec.described(), **attrs})[
        [option(value=one.value, selected=one.value == value, disabled=one.disabled)[one.label] for one in options]
    ]


def copyable(spec: Field, value: str) -> Renderable:
    """A text to take away, such as a secret that is shown once; the button is there where the browser can copy."""
    control = text_input(spec, value=value, attrs={"readonly": True, "autocomplete": "off", "spellcheck": "false"})
    copy = button(_("Copy"), icon_name="copy", submits=False, attrs={"hidden": True})
    return _copy_text(".stack", data_copied=_("Copied"))[field(spec, control), div[copy]]


def date_time(
    spec: Field, value: datetime | None, *, earliest: datetime | None = None, attrs: Attrs = NO_ATTRS
) -> Renderable:
    """The browser's own date and time picker, in the viewer's zone, which is named beside it. `value` and `earliest`
    are aware.
    """
    bounds: Attrs = {"value": _local(value), "min": _local(earliest)}
    told = value or earliest
    return div(".date-time")[
        input_element({"class": "input", "type": "datetime-local", **bounds, **spec.described(), **attrs}),
        told is not None and span(".small.soft")[zone_name(told)],
    ]


def _local(when: datetime | None) -> str | None:
    return when.astimezone(speaker().zone).strftime(_LOCAL_INPUT) if when else None


def parse_date_time(text: str) -> datetime:
    """What a `date_time` sent back, as an aware moment in the viewer's zone. Raises ValueError."""
    return datetime.strptime(text, _LOCAL_INPUT).replace(tzinfo=speaker().zone)


def checkbox(spec: Field, *, checked: bool = False, value: str = "on", attrs: Attrs = NO_ATTRS) -> Renderable:
    """One thing to agree to or include; the whole line is the target."""
    return _check(spec, "check", {"type": "checkbox", "value": value, "checked": checked, **attrs})


def switch(spec: Field, *, checked: bool = False, value: str = "on", attrs: Attrs = NO_ATTRS) -> Renderable:
    """On or off, at once: for settings, not for agreeing."""
    return _check(
        spec, "check switch", {"type": "checkbox", "role": "switch", "value": value, "checked": checked, **attrs}
    )


def _check(spec: Field, css: str, attrs: Attrs) -> Renderable:
    return div(".field")[
        label_element(class_=css)[
            input_element({**spec.described(), **attrs}),
            span(".check-text")[spec.label],
            span(".help", id=f"{spec.key}-help")[spec.help] if spec.help else None,
        ],
        p(".field-error", id=f"{spec.key}-error")[icon("circle-alert"), span[spec.error]] if spec.error else None,
    ]


def chips(spec: Field, options: Sequence[Option], *, chosen: Sequence[str] = (), single: bool = False) -> Renderable:
    """Choices side by side; a chosen one has a tick and a colour. `single` allows one only."""
    kind = "radio" if single else "checkbox"
    return group(
        spec,
        div(".chips")[
            [
                label_element(".chip")[
                    input_element(
                        type=kind, name=spec.name, value=one.value, checked=one.value in chosen, disabled=one.disabled
                    ),
                    one.before,
                    span[one.label],
                    one.after,
                    icon("check", "tick"),
                ]
                for one in options
            ]
        ],
    )


def segmented(spec: Field, options: Sequence[Option], *, value: str) -> Renderable:
    """One of a few, all in sight."""
    return group(
        spec,
        div(".segmented.stretch")[
            [
                label_element(".segment")[
                    input_element(
                        type="radio", name=spec.name, value=one.value, checked=one.value == value, disabled=one.disabled
                    ),
                    one.before,
                    span[one.label],
                ]
                for one in options
            ]
        ],
    )
