"""The moving parts of the frame: navigation, the person's menu, the helpers of keyboard and palette, the toasts, the
live element.
"""

from htpy import (
    Element,
    Node,
    Renderable,
    a,
    button,
    dialog,
    div,
    form,
    h2,
    header,
    hr,
    kbd,
    label,
    li,
    nav,
    p,
    span,
    template,
    ul,
)
from htpy import (
    input as input_element,
)

from huntaze.ui import htmx
from huntaze.ui.appearance import APPEARANCE_PATH
from huntaze.ui.i18n import _, number
from huntaze.ui.parts.actions import csrf, icon_button
from huntaze.ui.parts.marks import avatar, count, icon
from huntaze.ui.viewer import NavItem, Viewer

theme_switch_element = Element("theme-switch")
keyboard_help_element = Element("keyboard-help")
command_palette_element = Element("command-palette")
toast_region_element = Element("toast-region")


def side_bar(viewer: Viewer) -> Renderable:
    """The desk's side bar: the brand, the one thing to make, the ways to go, the person."""
    actions = [item for item in viewer.nav if item.action]
    plain = [item for item in viewer.nav if not item.action]
    return header(".side")[
        a(".brand", href="/")[icon("huntaze"), "Huntaze"],
        [a(".button.primary.nav-new", href=item.href)[icon(item.icon), item.label] for item in actions],
        bool(plain) and nav(".nav", aria_label=_("Main"))[[_nav_link(item, viewer.path) for item in plain]],
        bool(viewer.person) and _side_foot(viewer),
    ]


def _nav_link(item: NavItem, path: str, css: str = "nav-link") -> Renderable:
    return a(class_=css, href=item.href, aria_current="page" if _is_current(item, path) else None)[
        icon(item.icon),
        span[item.label],
        item.count > 0 and count(item.count, _("{n} new").format(n=number(item.count))),
    ]


def _is_current(item: NavItem, path: str) -> bool:
    return item.current(path) and not (item.href == "/posts" and path == "/posts/new")


def _side_foot(viewer: Viewer) -> Renderable:
    return div(".side-foot")[
        button(".person", type="button", popovertarget="person-menu")[
            avatar(viewer.person),
            span(".person-text")[span[viewer.person], span[viewer.workspace]],
            span(".unseen")[_("Your menu")],
        ],
        div("#person-menu.menu.up", popover="auto")[_person_items(viewer, "desk")],
    ]


def _person_items(viewer: Viewer, place: str) -> Node:
    return [
        div(".menu-part")[theme_switch(viewer)],
        hr,
        button(".menu-item", type="button", command="show-modal", commandfor="keyboard-help")[
            icon("keyboard"), _("Keyboard"), span(".hint")[kbd["?"]]
        ]
        if place == "desk"
        else None,
        _sign_out(viewer),
    ]


def _sign_out(viewer: Viewer) -> Node:
    if not viewer.sign_out_url:
        return None
    return form(action=viewer.sign_out_url, method="post")[
        csrf(viewer), button(".menu-item", type="submit")[icon("log-out"), _("Sign out")]
    ]


def theme_switch(viewer: Viewer) -> Renderable:
    """System, light or dark: a form that works by itself, made instant by the element."""
    choices = (("system", "monitor", _("System")), ("light", "sun", _("Light")), ("dark", "moon", _("Dark")))
    return theme_switch_element[
        form(action=APPEARANCE_PATH, method="post")[
            csrf(viewer),
            input_element(type="hidden", name="back", value=viewer.path),
            div(".segmented.stretch", role="group", aria_label=_("Appearance"))[
                [
                    button(
                        ".segment",
                        type="submit",
                        name="theme",
                        value=theme,
                        aria_pressed=str(viewer.theme == theme).lower(),
                    )[icon(mark), words]
                    for theme, mark, words in choices
                ]
            ],
        ]
    ]


def bottom_bar(viewer: Viewer) -> Node:
    """The phone's bar of five: two ways, the one thing to make, one more way, and the rest behind More."""
    if not viewer.nav:
        return None
    plain = [item for item in viewer.nav if not item.action]
    action = next((item for item in viewer.nav if item.action), None)
    shown, rest = (plain, []) if len(plain) <= 3 and not viewer.person else (plain[:3], plain[3:])
    cells: list[Node] = [_nav_link(item, viewer.path, "bar-link") for item in shown]
    if action:
        made = a(".bar-link", href=action.href, aria_label=action.label)[span(".bar-new")[icon(action.icon)]]
        cells.insert(min(2, len(cells)), made)
    if rest or viewer.person:
        current = any(item.current(viewer.path) for item in rest)
        more = button(".bar-link", type="button", popovertarget="more-menu", aria_current="page" if current else None)
        cells.append(more[icon("ellipsis"), span[_("More")]])
    has_more = bool(rest or viewer.person)
    return nav(".bar", aria_label=_("Main, at the thumb"))[cells, _more_sheet(viewer, rest) if has_more else None]


def _more_sheet(viewer: Viewer, rest: list[NavItem]) -> Renderable:
    return div("#more-menu.menu", popover="auto")[
        viewer.person and div(".menu-head")[span(".firm")[viewer.person], span(".soft")[viewer.workspace]],
        [_nav_link(item, viewer.path, "menu-item") for item in rest],
        bool(rest) and hr,
        _person_items(viewer, "phone"),
    ]


def helpers(viewer: Viewer) -> Node:
    """Toasts, keyboard help and palette: written by the server in the person's language, woken by the elements."""
    keys = [(item.keys, item.label) for item in viewer.nav if item.keys]
    keys += [("/", _("Search on this page")), ("?", _("This help")), ("Ctrl K", _("Go anywhere")), ("Esc", _("Close"))]
    return [
        toast_region_element(
            data_close=_("Close"),
            data_offline=_("The server could not be reached. Nothing you typed is lost."),
            data_failed=_("The server could not do that. Nothing you typed is lost."),
            data_signed_out=_("You are signed out. Sign in again, then repeat."),
            data_refused=_("You are not allowed to do that."),
            data_gone=_("That is no longer there."),
            data_busy=_("Too many requests. Wait a moment and try again."),
            data_retry=_("Retry"),
        )[div("#toasts.toasts", role="status", aria_live="polite"), _marks_for_scripts()],
        div("#reconnecting.reconnecting", hidden=True, role="status")[icon("wifi-off"), _("Reconnecting")],
        keyboard_help_element(
            data_nav=" ".join(f"{item.keys.replace(' ', '+')}={item.href}" for item in viewer.nav if item.keys)
        )[
            dialog("#keyboard-help.dialog", closedby="any", aria_labelledby="keyboard-help-title")[
                div(".dialog-head")[h2("#keyboard-help-title")[_("Keyboard")], _closer("keyboard-help")],
                div(".dialog-body")[
                    div(".keys")[
                        [[span[[kbd[key] for key in combination.split()]], span[words]] for combination, words in keys]
                    ],
                    label(".check")[
                        input_element(type="checkbox", data_single_keys=True, checked=True), span[_("Single keys work")]
                    ],
                    p(".small.soft")[_("They never work while you write in a field.")],
                ],
            ]
        ],
        bool(viewer.nav) and _palette(viewer),
    ]


def _marks_for_scripts() -> Renderable:
    """Icons that toasts made by the browser copy."""
    return template[
        [span(data_mark=name)[icon(name)] for name in ("info", "circle-check", "triangle-alert", "circle-alert", "x")]
    ]


def _palette(viewer: Viewer) -> Renderable:
    return command_palette_element[
        dialog("#palette.dialog.palette", closedby="any", aria_label=_("Go anywhere"))[
            div(".search")[
                icon("search"),
                input_element(
                    ".input",
                    type="search",
                    placeholder=_("Go to…"),
                    aria_label=_("Go to…"),
                    role="combobox",
                    aria_expanded="true",
                    aria_controls="palette-list",
                    autocomplete="off",
                ),
            ],
            ul("#palette-list", role="listbox", aria_label=_("Pages"))[
                [
                    li(".menu-item", role="option", id=f"palette-{place}", data_href=item.href, aria_selected="false")[
                        icon(item.icon), span[item.label]
                    ]
                    for place, item in enumerate(viewer.nav)
                ]
            ],
            p(".nothing", hidden=True)[_("Nothing matches")],
        ]
    ]


def _closer(dialog_id: str) -> Renderable:
    return icon_button(_("Close"), "x", attrs={"command": "close", "commandfor": dialog_id})


def live_element(viewer: Viewer) -> Node:
    """The one element that listens; a page of a signed-out viewer has none."""
    return div("#live", htmx.stream(viewer.live_url), hidden=True) if viewer.live_url else None
