"""What lies above the page: dialogs (sheets on a phone), the question before what cannot be undone, toasts."""

from typing import Literal

from htpy import Node, Renderable, div, form, h2, span
from htpy import dialog as dialog_element

from huntaze.ui.htmx import partial
from huntaze.ui.i18n import _
from huntaze.ui.parts.actions import NO_ATTRS, Attrs, button, csrf, icon_button
from huntaze.ui.parts.fields import Field, text_field
from huntaze.ui.parts.marks import TONE_ICONS, Tone, icon
from huntaze.ui.viewer import Viewer


def dialog(
    dialog_id: str, title: str, *inside: Node, actions: Node = None, size: Literal["normal", "large"] = "normal"
) -> Renderable:
    """A dialog that `dialog_button(…, dialog_id)` opens; Esc, the cross and a press beside it close it."""
    return dialog_element(id=dialog_id, class_=["dialog", size], closedby="any", aria_labelledby=f"{dialog_id}-title")[
        div(".dialog-head")[
            h2(id=f"{dialog_id}-title")[title],
            icon_button(_("Close"), "x", attrs={"command": "close", "commandfor": dialog_id}),
        ],
        div(".dialog-body")[inside],
        actions is not None and div(".dialog-foot")[actions],
    ]


def confirm(
    viewer: Viewer,
    dialog_id: str,
    title: str,
    text: Node,
    *,
    action: str,
    label: str,
    keep: str = "",
    danger: bool = True,
    typed: str = "",
    hidden: Node = None,
    attrs: Attrs = NO_ATTRS,
) -> Renderable:
    """Ask before publishing now, deleting or disconnecting.

    `keep` is the way back where “Cancel” could be what is asked about. `typed` is a word that must be written; the
    server checks it again.
    """
    form_id = f"{dialog_id}-form"
    word = Field("typed", _("Write {word} to confirm").format(word=typed), id=f"{dialog_id}-typed")
    return dialog(
        dialog_id,
        title,
        div(".soft")[text],
        form({"id": form_id, "action": action, "method": "post", **attrs})[
            csrf(viewer),
            hidden,
            typed and text_field(word, attrs={"required": True, "pattern": typed, "autocomplete": "off"}),
        ],
        actions=[
            button(keep or _("Cancel"), submits=False, attrs={"command": "close", "commandfor": dialog_id}),
            button(label, kind="danger" if danger else "primary", solid=danger, attrs={"form": form_id}),
        ],
    )


def toast(message: str, tone: Tone = "good", *, action: Node = None) -> Renderable:
    """A short word about what was done, gone after 8 seconds; `action` is the Undo form. Errors stay until closed."""
    return div(class_=["toast", tone], data_tone=tone)[
        icon(TONE_ICONS[tone]), span[message], action, icon_button(_("Close"), "x", attrs={"data-close": True})
    ]


def toast_partial(message: str, tone: Tone = "good", *, action: Node = None) -> Renderable:
    """The same as part of an htmx answer: it joins the others at the page's corner."""
    return partial("#toasts", toast(message, tone, action=action), "beforeend")
