"""The composer page: what is asked of a post, and how the answers of a form become a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from htpy import Node, Renderable, a, div, noscript, p, span
from starlette.datastructures import FormData

from huntaze.accounts import AccountRow, QuotaRow
from huntaze.kit.text import N_, Text
from huntaze.library import Asset
from huntaze.platforms.contract import CommentAdvice, Finding, Limits, PostType, Severity
from huntaze.publishing.errors import Fault, Invalid, PublishingError
from huntaze.publishing.model import PostDraft, PostView
from huntaze.publishing.plan import in_zone
from huntaze.publishing.quota_lines import quota_lines
from huntaze.publishing.signs import TYPES, phone_media, picture_url
from huntaze.ui import parts
from huntaze.ui.i18n import _, clock_time, number, spoken
from huntaze.ui.page import page
from huntaze.ui.viewer import Viewer

FIELDS = {
    "accountIds": "account",
    "caption": "caption",
    "media": "files",
    "scheduledAt": "when",
    "type": "files",
    "firstComment": "first_comment",
}
"""Where a fault is put right, by the API's name of the field."""


@dataclass(frozen=True, slots=True)
class Composing:
    """A post while it is written. ``view`` is None until it is saved for the first time."""

    draft: PostDraft
    accounts: Sequence[AccountRow]
    assets: Sequence[Asset]
    limits: Limits
    findings: Sequence[Finding]
    now: datetime
    faces: Mapping[UUID, str]
    quotas: Mapping[UUID, QuotaRow]
    """What the chosen accounts may still publish, where their networks say so."""
    comment: CommentAdvice | None = None
    """What a first comment should keep to; None: none can be written."""
    view: PostView | None = None
    refused: PublishingError | None = None


def draft_from(form: FormData, kinds: Mapping[UUID, str], zone: str) -> PostDraft:
    """What a composer form says; ``kinds`` tells which files are videos. Raises ``Invalid`` for a bad time."""
    asset_ids = tuple(asset_id for asset_id in _uuids(form, "asset") if asset_id in kinds)
    return PostDraft(
        type=_type(str(form.get("media_type", "")), [kinds[asset_id] for asset_id in asset_ids]),
        caption=str(form.get("caption", "")).replace("\r\n", "\n"),
        asset_ids=asset_ids,
        account_ids=_uuids(form, "account"),
        due_at=_moment(str(form.get("when", "")), zone),
        zone=zone,
        draft=form.get("how") not in ("publish", "publish_again"),
        allow_duplicate=form.get("how") == "publish_again",
        first_comment=str(form.get("first_comment", "")).replace("\r\n", "\n").strip(),
    )


def asset_ids_of(form: FormData) -> tuple[UUID, ...]:
    """The files a form names."""
    return _uuids(form, "asset")


def _uuids(form: FormData, name: str) -> tuple[UUID, ...]:
    found = []
    for value in form.getlist(name):
        try:
            found.append(UUID(str(value)))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def _type(chosen: str, kinds: Sequence[str]) -> PostType:
    """The kind that was chosen, put right by what is there: several files are a carousel, one video is a reel."""
    if len(kinds) > 1:
        return PostType.CAROUSEL
    if kinds:
        return PostType.REELS if kinds[0] == "video" else PostType.IMAGE
    return PostType(chosen) if chosen in {PostType.IMAGE, PostType.CAROUSEL, PostType.REELS} else PostType.IMAGE


def _moment(wall: str, zone: str) -> datetime | None:
    if not wall:
        return None
    try:
        return in_zone(datetime.fromisoformat(wall), zone).astimezone(UTC)
    except ValueError:
        fault = Fault("scheduledAt", Text(N_("This is no date and time.")), Text(N_("Choose one from the calendar.")))
        raise Invalid(fault.message, fault.remedy, (fault,)) from None


def compose_page(viewer: Viewer, shown: Composing) -> Renderable:
    """The whole page."""
    view = shown.view
    where = f"/posts/{view.post.id}" if view else "/posts"
    limits = _caption_limits(shown.limits)
    return page(
        viewer,
        _("Edit post") if view else _("New post"),
        _refusal(shown),
        parts.composer(
            viewer,
            action=where,
            save_url=f"{where}/save",
            limits=limits,
            version=str(view.post.version) if view else "",
            write=_write(shown, limits),
            show=_phone(shown),
            foot=_foot(shown),
        ),
        back=("/posts", _("Posts")),
    )


def _caption_limits(limits: Limits) -> parts.CaptionLimits:
    return parts.CaptionLimits(limits.caption_chars, limits.hashtags, limits.mentions, limits.carousel_max)


def _refusal(shown: Composing) -> Node:
    refused = shown.refused
    if refused is None:
        return None
    if not refused.faults:
        return parts.banner(spoken(refused.message), spoken(refused.remedy), tone="bad")
    return parts.error_summary(
        [
            (FIELDS.get(fault.field, "caption"), f"{spoken(fault.message)} {spoken(fault.remedy)}")
            for fault in refused.faults
        ]
    )


def _wrong(shown: Composing, field: str) -> str:
    """What a refusal said of one field; "" if nothing."""
    faults = shown.refused.faults if shown.refused else ()
    return " ".join(f"{spoken(one.message)} {spoken(one.remedy)}" for one in faults if one.field == field)


def _write(shown: Composing, limits: parts.CaptionLimits) -> Node:
    draft = shown.draft
    when = parts.Field(
        "when",
        _("When"),
        help=_("Leave it empty to publish right away."),
        error=_wrong(shown, "scheduledAt"),
        optional=True,
    )
    media = parts.Field("media", _("Photos and videos"), error=_wrong(shown, "media"), id="media-field")
    caption = parts.Field("caption", _("Caption"), error=_wrong(shown, "caption"))
    strip = [_strip_item(asset) for asset in shown.assets]
    return [
        _accounts(shown),
        parts.group(
            media,
            [
                parts.dropzone("/media?as=strip", items=strip, slim=True),
                noscript[p(".small")[a(href="/media")[_("Without JavaScript, begin with a file of the Media page.")]]],
            ],
            aside=parts.media_kind(_kinds(), _kind(draft)),
        ),
        parts.caption_field(caption, draft.caption, limits),
        _first_comment(shown),
        div(".composer-last")[
            parts.field(when, parts.date_time(when, draft.due_at, earliest=shown.now)),
            parts.checks(_checks(shown), more=quota_lines(shown.accounts, draft.account_ids, shown.quotas)),
        ],
    ]


def _first_comment(shown: Composing) -> Node:
    """The first comment; one that is written already stays in sight where its network takes none."""
    text = shown.draft.first_comment
    if shown.comment is None and not text:
        return None
    spec = parts.Field(
        "first_comment",
        _("First comment"),
        help=_("Goes under the post as soon as it is out."),
        error=_wrong(shown, "firstComment"),
        optional=True,
    )
    return parts.counted_field(spec, text, shown.comment.characters if shown.comment else 0)


def _kinds() -> parts.KindWords:
    return parts.KindWords(_(TYPES[PostType.IMAGE]), _(TYPES[PostType.CAROUSEL]), _(TYPES[PostType.REELS]))


def _kind(draft: PostDraft) -> str:
    return _(TYPES[draft.type]) if draft.asset_ids else ""


def _accounts(shown: Composing) -> Node:
    if not shown.accounts:
        return parts.banner(
            _("No account is connected"),
            _("Write as long as you like; to publish, connect one first."),
            tone="warn",
            action=parts.link_button(_("Connect Instagram"), "/platforms/connect/instagram"),
            attrs={"id": "account"},
        )
    return parts.chips(
        parts.Field("account", _("Account"), error=_wrong(shown, "accountIds")),
        [_account(account, shown.faces.get(account.id, "")) for account in shown.accounts],
        chosen=[str(account_id) for account_id in shown.draft.account_ids],
    )


def _account(account: AccountRow, face_src: str) -> parts.Option:
    face = span(data_handle=account.username)[parts.avatar(account.username, src=face_src, size="s")]
    mark = parts.network_mark(account.platform)
    return parts.Option(str(account.id), f"@{account.username}", before=face, after=mark)


def _strip_item(asset: Asset) -> parts.StripItem:
    video = asset.kind == "video"
    play = f"/media/{asset.id}/file" if video else ""
    return parts.StripItem(
        str(asset.id), asset.name, picture_url(asset), "video" if video else "image", asset.alt_text, play
    )


def _checks(shown: Composing) -> list[parts.Check]:
    """What the browser judges while one writes, then what only we can tell from the files."""
    draft, limits = shown.draft, shown.limits
    empty_alt = any(asset.kind == "image" and not asset.alt_text for asset in shown.assets)
    live = [
        parts.Check(
            "account", _("An account is chosen"), _("Choose an account"), "#account", holds=bool(draft.account_ids)
        ),
        parts.Check(
            "media", _("A photo or video is there"), _("Add a photo or a video"), "#files", holds=bool(shown.assets)
        ),
        parts.Check(
            "media-count",
            _("The number of files fits"),
            _("At most {n} files fit").format(n=number(limits.carousel_max)),
            "#files-strip",
            holds=len(shown.assets) <= limits.carousel_max,
        ),
        parts.Check(
            "caption-length",
            _("The caption fits"),
            _("The caption is too long"),
            "#caption",
            holds=len(draft.caption) <= limits.caption_chars,
        ),
        parts.Check(
            "hashtags", _("Hashtags fit"), _("At most {n} hashtags fit").format(n=number(limits.hashtags)), "#caption"
        ),
        parts.Check(
            "time", _("The time is still to come"), _("This time has passed"), "#when", holds=not _is_past(shown)
        ),
        parts.Check(
            "alt-text",
            _("Every picture is described"),
            _("Describe the pictures for people who cannot see them"),
            "#files-strip",
            "advice",
            holds=not empty_alt,
        ),
    ]
    files = [
        finding
        for finding in shown.findings
        if finding.field == "firstComment" or (finding.field not in ("caption", "accountIds") and shown.assets)
    ]
    return [*live, *(_finding(place, finding) for place, finding in enumerate(files))]


def _is_past(shown: Composing) -> bool:
    return shown.draft.due_at is not None and shown.draft.due_at < shown.now


def _finding(place: int, finding: Finding) -> parts.Check:
    words = f"{spoken(finding.message)} {spoken(finding.remedy)}"
    severity = "block" if finding.severity is Severity.ERROR else "advice"
    target = f"#{FIELDS.get(finding.field, 'files-strip')}"
    return parts.Check(f"file-{place}", words, words, target, severity, holds=False)  # type: ignore[arg-type]


def _phone(shown: Composing) -> Node:
    chosen = [account for account in shown.accounts if account.id in shown.draft.account_ids]
    handle = chosen[0].username if chosen else _("your account")
    return parts.phone(
        handle,
        shown.draft.caption,
        [phone_media(asset) for asset in shown.assets],
        shape="reel" if shown.draft.type is PostType.REELS else "feed",
        avatar_src=shown.faces.get(chosen[0].id, "") if chosen else "",
    )


def _foot(shown: Composing) -> Node:
    saved = shown.view.post.edited_at if shown.view else None
    words = _("Saved {time}").format(time=clock_time(saved)) if saved else _("Saves by itself as you write")
    again = shown.refused is not None and shown.refused.code == "duplicate"
    return [
        parts.save_state(words, "saved" if saved else "new"),
        parts.button(_("Save draft"), name="how", value="draft"),
        again and parts.button(_("Publish it all the same"), name="how", value="publish_again"),
        parts.button(
            _("Schedule") if shown.draft.due_at else _("Publish"),
            kind="primary",
            icon_name="send",
            name="how",
            value="publish",
            attrs={"data-main": True, "data-now": _("Publish"), "data-later": _("Schedule")},
        ),
    ]
