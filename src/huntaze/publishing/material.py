"""What a draft names, as it is in its workspace, and what the networks say to it."""

from __future__ import annotations

from dataclasses import dataclass

from huntaze.accounts import AccountRow
from huntaze.library import Asset
from huntaze.platforms.contract import Finding, Severity


@dataclass(frozen=True, slots=True)
class AccountFindings:
    """«Before publishing» for one account."""

    account: AccountRow
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What blocks."""
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)


@dataclass(frozen=True, slots=True)
class Material:
    """The accounts and files that a draft names."""

    accounts: tuple[AccountRow, ...]
    assets: tuple[Asset, ...]

    @property
    def kinds(self) -> list[str]:
        """ "image" or "video", file by file."""
        return [asset.kind for asset in self.assets]
