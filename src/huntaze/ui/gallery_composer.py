"""The composer of /_parts."""

from datetime import datetime, timedelta

from htpy import Node, span

from huntaze.ui import parts
from huntaze.ui.i18n import _, clock_time
from huntaze.ui.viewer import Viewer

_CAPTION = (
    "First light over the bay, and the whole studio smells of salt and coffee.\n\n"
    "New prints land Friday at 9. Which one is yours?\n\n#printmaking #brittany @atelier.maya"
)


def composer_example(viewer: Viewer, now: datetime, *, save_url: str = "") -> Node:
    """A post half written."""
    limits = parts.CaptionLimits()
    strip = [
        parts.StripItem("1", "bay-at-dawn.jpg", "/_parts/picture-1.svg", alt=_("The bay at dawn")),
        parts.StripItem("2", "blue.jpg", "/_parts/picture-5.svg"),
        parts.StripItem("3", "proof.jpg", "/_parts/picture-2.svg"),
    ]
    accounts = [
        parts.Option("a", "@atelier.maya", before=_face("atelier.maya"), after=parts.network_mark("instagram")),
        parts.Option("b", "@maya.prints", before=_face("maya.prints"), after=parts.network_mark("instagram")),
    ]
    kinds = [
        parts.Option("IMAGE", _("Post")),
        parts.Option("CAROUSEL", _("Carousel")),
        parts.Option("REELS", _("Reel")),
    ]
    when = parts.Field("when", _("When"))
    lines = [
        parts.Check("account", _("An account is chosen"), _("Choose an account"), "#account"),
        parts.Check("media", _("A photo or video is there"), _("Add a photo or a video"), "#files"),
        parts.Check("caption-length", _("The caption fits"), _("The caption is too long"), "#caption"),
        parts.Check("hashtags", _("Hashtags fit"), _("Instagram takes 30 hashtags at most"), "#caption"),
        parts.Check(
            "alt-text",
            _("Every picture is described"),
            _("Describe the pictures for people who cannot see them"),
            "#files-strip",
            "advice",
            False,
        ),
    ]
    ways = [parts.MenuItem(_("Publish now"), "send", name="how", value="now")]
    return parts.composer(
        viewer,
        action="/_parts",
        version="1",
        save_url=save_url,
        limits=limits,
        write=[
            parts.chips(parts.Field("account", _("Account")), accounts, chosen=["a"], single=True),
            parts.segmented(parts.Field("media_type", _("Kind"), id="media-type"), kinds, value="CAROUSEL"),
            parts.caption_field(parts.Field("caption", _("Caption")), _CAPTION, limits),
            parts.group(
                parts.Field("media", _("Photos and videos"), id="media-field"),
                parts.dropzone("/_parts/upload", items=strip, slim=True),
            ),
            parts.field(when, parts.date_time(when, now + timedelta(days=2))),
            parts.checks(lines),
        ],
        show=parts.phone(
            "atelier.maya",
            _CAPTION,
            [
                parts.PhoneMedia("/_parts/picture-1.svg"),
                parts.PhoneMedia("/_parts/picture-5.svg"),
                parts.PhoneMedia(""),
            ],
        ),
        foot=[
            parts.save_state(_("Saved {time}").format(time=clock_time(now))),
            parts.button(_("Save draft"), name="how", value="draft"),
            parts.split_button(
                _("Schedule"),
                ways,
                menu_id="composer-ways",
                menu_label=_("Other ways"),
                name="how",
                value="schedule",
                attrs={"data-main": True},
            ),
        ],
    )


def _face(handle: str) -> Node:
    return span(data_handle=handle)[parts.avatar(handle, size="s")]
