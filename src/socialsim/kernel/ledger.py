"""The truth ledger: what is really public, since when, and which request did it. The judge in crash tests."""

from msgspec import Struct

from socialsim.kernel.clock import VirtualClock, iso


class TruthRow(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One effect. ``at_epoch`` is virtual time, which equals the wall clock while the offset is 0."""

    seq: int
    at: str
    at_epoch: float
    platform: str
    kind: str
    account_id: str
    object_id: str
    request_id: str
    source: str
    container_id: str = ""
    text: str = ""


class Ledger:
    """Append-only list of :class:`TruthRow`."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.rows: list[TruthRow] = []

    def write(
        self,
        platform: str,
        kind: str,
        *,
        account_id: str,
        object_id: str,
        request_id: str,
        source: str,
        container_id: str = "",
        text: str = "",
        at: float | None = None,
    ) -> TruthRow:
        """Record an effect at ``at`` (default: now, virtual epoch seconds)."""
        epoch = self._clock.epoch() if at is None else at
        row = TruthRow(
            seq=len(self.rows) + 1,
            at=iso(epoch),
            at_epoch=epoch,
            platform=platform,
            kind=kind,
            account_id=account_id,
            object_id=object_id,
            request_id=request_id,
            source=source,
            container_id=container_id,
            text=text,
        )
        self.rows.append(row)
        return row

    def read(self, *, since: int = 0, kind: str = "", account_id: str = "") -> list[TruthRow]:
        """Rows after ``since`` (a seq), narrowed by kind and account."""
        return [
            row
            for row in self.rows[since:]
            if (not kind or row.kind == kind) and (not account_id or row.account_id == account_id)
        ]
