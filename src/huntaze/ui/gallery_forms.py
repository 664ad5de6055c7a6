"""The buttons and fields of /_parts."""

from datetime import datetime, timedelta

from htpy import Node, div, form

from huntaze.ui import parts
from huntaze.ui.i18n import _


def actions() -> Node:
    """Everything one presses."""
    items = [
        parts.MenuItem(_("Publish now"), "send", name="how", value="now"),
        parts.MenuItem(_("Save as draft"), "save", name="how", value="draft"),
        parts.MenuItem(_("Delete"), "trash-2", dialog="example-confirm", tone="bad", separated=True),
    ]
    return parts.card(
        form[
            div(".row")[
                parts.button(_("Schedule"), kind="primary", icon_name="calendar-clock"),
                parts.button(_("Save draft")),
                parts.button(_("Not now"), kind="quiet"),
                parts.button(_("Delete"), kind="danger", icon_name="trash-2"),
                parts.button(_("Cannot be pressed"), disabled=True),
                parts.button(_("Working"), kind="primary", attrs={"data-busy": True}),
                parts.split_button(_("Schedule"), items, menu_id="example-split", menu_label=_("Other ways")),
                parts.menu("example-menu", _("More about this post"), items),
                parts.icon_button(_("Copy link"), "copy"),
            ]
        ],
        title=_("Buttons and menus"),
    )


def fields(now: datetime) -> Node:
    """Everything one fills in, well and badly."""
    slug = parts.Field("name", _("Workspace name"), help=_("Shown to the people you invite."))
    mail = parts.Field("mail", _("Email"), error=_("Write an address such as maya@example.org."))
    zone = parts.Field("zone", _("Time zone"), optional=True)
    when = parts.Field("when", _("When"), id="when-example")
    kinds = [
        parts.Option("image", _("Post")),
        parts.Option("reel", _("Reel")),
        parts.Option("story", _("Story"), disabled=True),
    ]
    return div(".grid.fit")[
        parts.card(
            parts.error_summary([("mail", _("Write an address such as maya@example.org."))]),
            parts.text_field(slug, value="Atelier Maya"),
            parts.text_field(mail, value="maya@", input_type="email"),
            parts.field(zone, parts.select(zone, [parts.Option("Europe/Paris", "Paris"), parts.Option("UTC", "UTC")])),
            parts.field(when, parts.date_time(when, now + timedelta(days=1))),
            title=_("Fields"),
        ),
        parts.card(
            parts.segmented(parts.Field("kind", _("Kind"), id="kind-example"), kinds, value="image"),
            parts.chips(
                parts.Field("tags", _("Hashtag sets")),
                [
                    parts.Option("print", _("Printmaking")),
                    parts.Option("brittany", _("Brittany")),
                    parts.Option("shop", _("Shop")),
                ],
                chosen=["print"],
            ),
            parts.checkbox(
                parts.Field("agree", _("Let people share this to their stories"), help=_("You can change it later.")),
                checked=True,
            ),
            parts.switch(
                parts.Field("notify", _("Tell me when a post fails"), help=_("By email, at once.")), checked=True
            ),
            parts.switch(parts.Field("digest", _("A summary each Monday"))),
            title=_("Choices"),
        ),
    ]
