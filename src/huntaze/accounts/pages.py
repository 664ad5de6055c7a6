"""The accounts page: every connected account with its health, its ends and its ways out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from htpy import Node, Renderable, dd, div, dl, dt, h2, li, p, section, span, strong, ul

from huntaze.accounts.model import AccountRow, GrantRow
from huntaze.accounts.neighbours import Mirrored
from huntaze.accounts.profile import profile
from huntaze.accounts.standing import ENDS_SOON, Standing, standing
from huntaze.platforms.contract import Platform
from huntaze.platforms.registry import Platforms
from huntaze.ui import parts
from huntaze.ui.i18n import _, day, ngettext, number, spoken
from huntaze.ui.page import page
from huntaze.ui.viewer import Viewer

_NOTHING_SEEN = Mirrored()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of the workspace."""

    accounts: Sequence[AccountRow]
    grants: Mapping[UUID, GrantRow]
    now: datetime
    mirrored: Mapping[UUID, Mirrored] = field(default_factory=dict)


def accounts(viewer: Viewer, shown: Shown, platforms: Platforms) -> Renderable:
    """The whole page."""
    lead = ngettext("{n} account connected", "{n} accounts connected", len(shown.accounts))
    return page(
        viewer,
        _("Accounts"),
        [_network(viewer, platform, shown) for platform in platforms],
        lead=lead.format(n=number(len(shown.accounts))) if shown.accounts else None,
    )


def account_card(viewer: Viewer, account: AccountRow, shown: Shown) -> Renderable:
    """One account; also the body of a live message."""
    mirrored = shown.mirrored.get(account.id, _NOTHING_SEEN)
    seen = mirrored.seen
    stands = standing(account, shown.grants.get(account.grant_id), shown.now)
    return parts.card(
        div(".account-head")[
            parts.avatar(
                account.name or account.username,
                src=f"/media/{seen.picture_id}/thumbnail" if seen and seen.picture_id else "",
                size="l",
                platform=account.platform,
            ),
            div(".account-name")[
                strong[account.name or account.username],
                span(".soft")[f"@{account.username}"],
                parts.badge(
                    _(stands.words), stands.tone, working=stands.code == "starting", icon_name=_icon(stands.code)
                ),
            ],
        ],
        _note(stands),
        ul(".account-off")[[li[parts.icon("circle-x"), span[spoken(text)]] for text in account.off]]
        if account.off
        else None,
        profile(account, mirrored),
        _facts(account, shown, mirrored),
        div(".account-foot")[
            parts.link_button(
                _("Reconnect"),
                f"/api/auth/{account.platform}?account={account.id}&again=1",
                kind="primary" if stands.reconnect_helps else "plain",
                icon_name="refresh-cw",
            ),
            parts.action_form(
                viewer, f"/accounts/{account.id}/sync", _("Sync now"), kind="quiet", icon_name="download"
            ),
            parts.link_button(_("Disconnect"), f"/accounts/{account.id}/disconnect", kind="quiet", icon_name="unplug"),
        ],
        attrs={"id": f"account-{account.id}", "class": "card account"},
    )


def disconnect(viewer: Viewer, account: AccountRow, scheduled: int) -> Renderable:
    """Asks before an account is disconnected, and says what that does."""
    name = f"@{account.username}"
    held = ngettext(
        "{n} post is scheduled for it. It will be held: it does not go out, and you can move it to another account.",
        "{n} posts are scheduled for it. They will be held: they do not go out, and you can move them elsewhere.",
        scheduled,
    ).format(n=number(scheduled))
    return page(
        viewer,
        _("Disconnect {name}?").format(name=name),
        parts.card(
            ul(".consequences")[
                _consequence("calendar-clock", held if scheduled else _("No post is scheduled for it.")),
                _consequence("webhook", _("Comments and messages are no longer received.")),
                _consequence(
                    "shield-check",
                    _("Our rights are taken away at the platform and the kept tokens are wiped."),
                ),
                _consequence(
                    "history", _("What was published and received stays here. Connecting again brings it back.")
                ),
            ],
            div(".account-foot")[
                parts.action_form(
                    viewer,
                    f"/accounts/{account.id}/disconnect",
                    _("Disconnect {name}").format(name=name),
                    kind="danger",
                    icon_name="unplug",
                ),
                parts.link_button(_("Keep it"), "/accounts", kind="quiet"),
            ],
            attrs={"class": "card narrow"},
        ),
        back=("/accounts", _("Accounts")),
    )


def _network(viewer: Viewer, platform: Platform, shown: Shown) -> Renderable:
    mine = [account for account in shown.accounts if account.platform == platform.name]
    connect = parts.link_button(
        _("Connect an account"),
        f"/platforms/connect/{platform.name}",
        kind="plain" if mine else "primary",
        icon_name="plus",
    )
    if not mine:
        return parts.card(
            parts.empty(
                _("Connect {network}").format(network=platform.label),
                _("Then you can publish from here, see your posts and answer comments."),
                action=connect,
                icon_name="plug",
            )
        )
    return section(".network-part", aria_labelledby=f"network-{platform.name}")[
        div(".row.apart")[
            div(".network-title")[
                parts.network_mark(platform.name),
                h2(id=f"network-{platform.name}")[platform.label],
            ],
            connect,
        ],
        div(".grid.accounts")[[account_card(viewer, account, shown) for account in mine]],
    ]


def _note(stands: Standing) -> Node:
    note = stands.note
    if note is None:
        return None
    title, text = spoken(note.reason), spoken(note.remedy)
    if stands.code == "no_events":
        title, text = _("Live events could not be switched on."), f"{title} {text}"
    return div(class_=["account-note", stands.tone])[
        parts.icon("triangle-alert" if stands.tone == "warn" else "circle-alert"), div[strong[title], p[text]]
    ]


def _facts(account: AccountRow, shown: Shown, mirrored: Mirrored) -> Renderable:
    grant, now = shown.grants.get(account.grant_id), shown.now
    synced = mirrored.seen.seen_at if mirrored.seen else None
    lines: list[tuple[str, Node]] = [
        (_("Permissions"), _permissions(account)),
        (_("Live events"), _events(account)),
        (_("Sign-in ends"), _end(grant.expires_at if grant else None, now)),
        (_("Access to data ends"), _end(grant.data_access_expires_at if grant else None, now)),
        (_("Last sync"), parts.relative_time(synced, now) if synced else _("Not yet")),
    ]
    if account.page_name:
        lines.insert(0, (_("Facebook Page"), account.page_name))
    return dl(".account-facts")[[div[dt[name], dd[value]] for name, value in lines]]


def _permissions(account: AccountRow) -> str:
    if not account.off:
        return _("All given")
    return ngettext("{n} function off", "{n} functions off", len(account.off)).format(n=number(len(account.off)))


def _events(account: AccountRow) -> str:
    if account.webhooks_at is not None:
        return _("On")
    return _("Off, tried again soon") if account.webhooks_problem else _("Being switched on")


def _end(when: datetime | None, now: datetime) -> Node:
    """The day; nearer than two weeks how long that is."""
    if when is None:
        return _("Not by time")
    return parts.relative_time(when, now) if when - now <= ENDS_SOON else day(when)


def _consequence(icon_name: str, words: str) -> Renderable:
    return li[parts.icon(icon_name), span[words]]


def _icon(code: str) -> str:
    return {
        "good": "circle-check",
        "reconnect": "circle-alert",
        "ends_soon": "clock",
        "limited": "triangle-alert",
        "no_events": "triangle-alert",
        "starting": "loader-circle",
    }[code]
