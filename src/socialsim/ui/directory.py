"""Who and what an id of the ledger or the transcript is, on either platform, and where its page stands."""

from dataclasses import dataclass
from typing import Literal

from socialsim.core import Core
from socialsim.kernel.ledger import TruthRow


@dataclass(frozen=True, slots=True)
class Known:
    """An account of either platform."""

    name: str
    handle: str
    href: str
    picture: str
    platform: Literal["instagram", "tiktok"]


def account_of(core: Core, account_id: str) -> Known | None:
    """The account of that id."""
    account = core.meta.world.accounts.get(account_id)
    if account is not None:
        return Known(account.name, account.username, f"/accounts/{account.id}", account.picture, "instagram")
    creator = core.tiktok.world.creators.get(account_id)
    if creator is not None:
        return Known(creator.nickname, creator.username, f"/creators/{creator.id}", creator.picture, "tiktok")
    return None


def every_account(core: Core) -> list[tuple[str, Known]]:
    """All accounts that an app could reach, by id."""
    ids = [account.id for account in core.meta.world.accounts.values() if not account.personal]
    ids += core.tiktok.world.creators
    return [(account_id, known) for account_id in ids if (known := account_of(core, account_id)) is not None]


def object_link(core: Core, row: TruthRow) -> str:
    """Where the thing stands that a row of the ledger is about; empty if it has no page, or is gone."""
    meta, tiktok = core.meta.world, core.tiktok.world
    if (media := meta.media.get(row.object_id)) is not None:
        return f"/media/{media.parent_id or media.id}"
    if (comment := meta.comments.get(row.object_id)) is not None:
        return f"/media/{comment.media_id}#c{comment.id}"
    if row.object_id in tiktok.posts:
        return f"/videos/{row.object_id}"
    return ""


def endpoints_of(core: Core) -> dict[str, list[str]]:
    """Every endpoint that a fault rule can name, by host; those that were called and stand in no table come last."""
    by_host = {name: sorted(set(host.endpoints), key=_by_path) for name, host in core.hosts.items() if host.endpoints}
    listed = {endpoint for endpoints in by_host.values() for endpoint in endpoints}
    others = sorted(set(core.services.calls.counts) - listed, key=_by_path)
    return {**by_host, "Called so far": others} if others else by_host


def _by_path(endpoint: str) -> tuple[str, str]:
    method, _, path = endpoint.partition(" ")
    return path, method
