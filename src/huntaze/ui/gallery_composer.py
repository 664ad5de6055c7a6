"""The composer of /_parts."""

from datetime import datetime, timedelta

from htpy import Node, div, span

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
    pictures = [f"/_parts/picture-{number}.svg" for number in (1, 5, 2)]
    return parts.composer(
        viewer,
        action="/_parts",
        version="1",
        save_url=save_url,
        limits=limits,
        write=_write(now, limits),
        show=parts.phone("atelier.maya", _CAPTION, [parts.PhoneMedia(src) for src in pictures]),
        foot=_foot(now),
    )


def _write(now: datetime, limits: parts.CaptionLimits) -> Node:
    strip = [
        parts.StripItem("1", "bay-at-dawn.jpg", "/_parts/picture-1.svg", alt=_("The bay at dawn")),
        parts.StripItem("2", "blue.jpg", "/_parts/picture-5.svg"),
        parts.StripItem("3", "proof.jpg", "/_parts/picture-2.svg"),
    ]
    accounts = [
        parts.Option("a", "@atelier.maya", before=_face("atelier.maya"), after=parts.network_mark("instagram")),
        parts.Option("b", "@maya.prints", before=_face("maya.prints"), after=parts.network_mark("instagram")),
    ]
    kinds = parts.KindWords(_("Photo"), _("Carousel"), _("Reel"))
    media = parts.Field("media", _("Photos and videos"), id="media-field")
    when = parts.Field("when", _("When"))
    return [
        parts.chips(parts.Field("account", _("Account")), accounts, chosen=["a"], single=True),
        parts.group(
            media,
            parts.dropzone("/_parts/upload", items=strip, slim=True),
            aside=parts.media_kind(kinds, kinds.several),
        ),
        parts.caption_field(parts.Field("caption", _("Caption")), _CAPTION, limits),
        div(".composer-last")[
            parts.field(when, parts.date_time(when, now + timedelta(days=2))), parts.checks(_checks())
        ],
    ]


def _checks() -> list[parts.Check]:
    described = _("Every picture is described")
    undescribed = _("Describe the pictures for people who cannot see them")
    return [
        parts.Check("account", _("An account is chosen"), _("Choose an account"), "#account"),
        parts.Check("media", _("A photo or video is there"), _("Add a photo or a video"), "#files"),
        parts.Check("caption-length", _("The caption fits"), _("The caption is too long"), "#caption"),
        parts.Check("hashtags", _("Hashtags fit"), _("Instagram takes 30 hashtags at most"), "#caption"),
        parts.Check("alt-text", described, undescribed, "#files-strip", "advice", holds=False),
    ]


def _foot(now: datetime) -> Node:
    return [
        parts.save_state(_("Saved {time}").format(time=clock_time(now))),
        parts.button(_("Save draft"), name="how", value="draft"),
        parts.split_button(
            _("Schedule"),
            [parts.MenuItem(_("Publish now"), "send", name="how", value="now")],
            menu_id="composer-ways",
            menu_label=_("Other ways"),
            name="how",
            value="schedule",
            attrs={"data-main": True},
        ),
    ]


def _face(handle: str) -> Node:
    return span(data_handle=handle)[parts.avatar(handle, size="s")]
