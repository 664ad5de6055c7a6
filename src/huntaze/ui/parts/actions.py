"""What one presses: buttons, links that look like them, menus, and the token every form carries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from htpy import Attribute, Node, Renderable, a, div, form, hr, span
from htpy import button as button_element
from htpy import input as input_element

from huntaze.ui.parts.marks import Tone, icon
from huntaze.ui.viewer import CSRF_FIELD, Viewer

Kind = Literal["primary", "plain", "quiet", "danger"]
Attrs = Mapping[str, Attribute]
NO_ATTRS: Attrs = MappingProxyType({})


def csrf(viewer: Viewer) -> Renderable:
    """The hidden token of a form that writes; htmx sends the same one as a header."""
    return input_element(type="hidden", name=CSRF_FIELD, value=viewer.csrf_token)


def button(
    label: str,
    *,
    kind: Kind = "plain",
    icon_name: str = "",
    submits: bool = True,
    name: str = "",
    value: str = "",
    disabled: bool = False,
    wide: bool = False,
    solid: bool = False,
    attrs: Attrs = NO_ATTRS,
) -> Renderable:
    """A button with words.

    One `primary` a view; `danger` is for what cannot be taken back, `solid` for its last step.
    """
    base: Attrs = {
        "class": ["button", kind, wide and "wide", solid and "solid"],
        "type": "submit" if submits else "button",
        "name": name or None,
        "value": value or None,
        "disabled": disabled,
    }
    return button_element({**base, **attrs})[icon_name and icon(icon_name), label]


def link_button(
    label: str, href: str, *, kind: Kind = "plain", icon_name: str = "", wide: bool = False, attrs: Attrs = NO_ATTRS
) -> Renderable:
    """A way to go that looks like a button."""
    base: Attrs = {"class": ["button", kind, wide and "wide"], "href": href}
    return a({**base, **attrs})[icon_name and icon(icon_name), label]


def icon_button(
    label: str,
    icon_name: str,
    *,
    kind: Kind = "quiet",
    href: str = "",
    submits: bool = False,
    attrs: Attrs = NO_ATTRS,
) -> Renderable:
    """A button of one icon, whose words are read aloud and shown as the tooltip. With `href` it is a link."""
    base: Attrs = {"class": ["button", kind, "only-icon"], "aria-label": label, "title": label}
    if href:
        return a({**base, "href": href, **attrs})[icon(icon_name)]
    return button_element({**base, "type": "submit" if submits else "button", **attrs})[icon(icon_name)]


def dialog_button(
    label: str, dialog_id: str, *, kind: Kind = "plain", icon_name: str = "", attrs: Attrs = NO_ATTRS
) -> Renderable:
    """A button that opens the dialog of this id."""
    opens: Attrs = {"command": "show-modal", "commandfor": dialog_id}
    return button(label, kind=kind, icon_name=icon_name, submits=False, attrs={**opens, **attrs})


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of a menu: a way to go (`href`), a submit value of the surrounding form (`name`, `value`) or a dialog
    to open.
    """

    label: str
    icon: str = ""
    href: str = ""
    name: str = ""
    value: str = ""
    dialog: str = ""
    tone: Tone = "neutral"
    hint: str = ""
    separated: bool = False
    attrs: Attrs = field(default_factory=lambda: NO_ATTRS)


def menu_item(item: MenuItem) -> Node:
    """One line, after a rule if it stands apart."""
    inside: Node = [item.icon and icon(item.icon), span[item.label], item.hint and span(".hint")[item.hint]]
    css: Attrs = {"class": ["menu-item", item.tone]}
    line: Renderable
    if item.href:
        line = a({**css, "href": item.href, **item.attrs})[inside]
    elif item.dialog:
        line = button_element(
            {**css, "type": "button", "command": "show-modal", "commandfor": item.dialog, **item.attrs}
        )[inside]
    else:
        named: Attrs = {"type": "submit", "name": item.name or None, "value": item.value or None}
        line = button_element({**css, **named, **item.attrs})[inside]
    return [hr if item.separated else None, line]


def menu(
    menu_id: str,
    label: str,
    items: Sequence[MenuItem],
    *,
    icon_name: str = "ellipsis",
    text: str = "",
    kind: Kind = "quiet",
) -> Renderable:
    """A button that opens a list of lines; on phones it comes up from below. `text` shows words beside the icon."""
    opens: Attrs = {"popovertarget": menu_id}
    opener = (
        button(text, kind=kind, icon_name=icon_name, submits=False, attrs=opens)
        if text
        else icon_button(label, icon_name, kind=kind, attrs=opens)
    )
    return span[opener, menu_panel(menu_id, label, items)]


def menu_panel(menu_id: str, label: str, items: Sequence[MenuItem]) -> Renderable:
    """The list that a button with `popovertarget` opens."""
    return div(".menu", id=menu_id, popover="auto", role="group", aria_label=label)[[menu_item(item) for item in items]]


def split_button(
    label: str,
    items: Sequence[MenuItem],
    *,
    menu_id: str,
    menu_label: str,
    kind: Kind = "primary",
    icon_name: str = "",
    name: str = "",
    value: str = "",
    disabled: bool = False,
    attrs: Attrs = NO_ATTRS,
) -> Renderable:
    """The main action and, behind the arrow, its other ways; all of them submit the surrounding form."""
    main = button(label, kind=kind, icon_name=icon_name, name=name, value=value, disabled=disabled, attrs=attrs)
    arrow = icon_button(menu_label, "chevron-down", kind=kind, attrs={"popovertarget": menu_id})
    return span(".joined")[main, arrow, menu_panel(menu_id, menu_label, items)]


def action_form(
    viewer: Viewer, action: str, label: str, *, kind: Kind = "plain", icon_name: str = "", attrs: Attrs = NO_ATTRS
) -> Renderable:
    """A form of a single button: the smallest write. `attrs` go to the form (a `swap()`)."""
    return form({"action": action, "method": "post", **attrs})[
        csrf(viewer), button(label, kind=kind, icon_name=icon_name)
    ]
