"""One row of a file and the post it stands for, both ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from huntaze.accounts import AccountRow
from huntaze.kit.text import N_, Text, web_address
from huntaze.platforms.contract import PostType
from huntaze.publishing.api import PostIn, known_zone
from huntaze.publishing.bulk.file import FileRow
from huntaze.publishing.errors import Fault, Invalid
from huntaze.publishing.model import PostDraft, PostView
from huntaze.publishing.plan import in_zone
from huntaze.publishing.states import State

YES = frozenset({"yes", "true", "1", "x", "oui", "vrai"})
NO = frozenset({"", "no", "false", "0", "non", "faux"})
"""What spreadsheets make of a tick, in English and French."""

_COLUMN_OF = {
    "accountIds": "account",
    "account_ids": "account",
    "mediaType": "type",
    "media_type": "type",
    "scheduled_at": "scheduledAt",
    "time_zone": "zone",
    "timeZone": "zone",
    "location": "locationId",
    "location_id": "locationId",
    "allow_duplicate": "allowDuplicate",
    "first_comment": "firstComment",
}
_LONGEST_URL = 4000
_DAY = len("2027-05-02")
_UNPLANNED = (State.DRAFT, State.IN_REVIEW, State.CANCELLED)

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The post that a row asks for. Its web addresses stand in the draft under made-up ids, until they are fetched."""

    row: FileRow
    draft: PostDraft
    addresses: Mapping[UUID, str]

    @property
    def key(self) -> str:
        """The row's own idempotency key, or ""."""
        return self.row.cells["key"]

    @property
    def body(self) -> dict[str, str]:
        """What the row's idempotency key stands for."""
        return {name: cell for name, cell in self.row.cells.items() if cell and name != "key"}


def column_of(field: str) -> str:
    """The column in which a field of the API is put right."""
    return _COLUMN_OF.get(field, field)


class RowReader:
    """Reads the rows of one file. ``zone`` is the workspace's, for posts whose row names none."""

    def __init__(self, accounts: Sequence[AccountRow], zone: str) -> None:
        self._by_id = {str(account.id): account for account in accounts}
        self._names = Names(accounts)
        self._zone = zone

    def read(self, row: FileRow) -> Wanted:
        """The post of a row. Raises ``Invalid`` with every cell that is wrong."""
        if row.torn:
            raise _wrong(
                "",
                Text(N_("This row has more cells than the header.")),
                N_("Put text that holds the separator between quotes."),
            )
        parts: dict[str, Callable[[Cells], object]] = {
            "account_ids": self._accounts,
            "media_type": _type,
            "media": _media,
            "scheduled_at": _moment,
            "time_zone": _zone,
            "draft": lambda cells: _tick(cells, "draft"),
            "allow_duplicate": lambda cells: _tick(cells, "allowDuplicate"),
            "caption": lambda cells: cells["caption"],
            "location_id": lambda cells: cells["locationId"],
            "first_comment": lambda cells: cells["firstComment"],
        }
        values: dict[str, object] = {}
        faults: list[Fault] = []
        for field, part in parts.items():
            try:
                values[field] = part(row.cells)
            except Invalid as refused:
                faults += [fault for fault in refused.faults if fault not in faults]
        if faults:
            raise Invalid(faults[0].message, faults[0].remedy, tuple(faults))
        addresses = {made_up_id(word): word for word in row.cells["media"].split() if web_address(word)}
        return Wanted(row, _validated(values).draft_for(self._zone), addresses)

    def _accounts(self, cells: Cells) -> list[UUID]:
        words = cells["account"].replace("|", " ").split()
        if not words:
            raise _wrong(
                "account", Text(N_("No account is chosen.")), N_("Write the username or the id of an account.")
            )
        return [self._account(word) for word in words]

    def _account(self, word: str) -> UUID:
        known = self._by_id.get(word.lower())
        found = [known] if known else self._names.called(word)
        if len(found) == 1:
            return found[0].id
        if found:
            ids = ", ".join(f"{one.id} ({one.platform})" for one in found)
            message = Text(N_("Several accounts are called %(name)s."), {"name": _shown(word)})
            raise _wrong("account", message, Text(N_("Write the id of one: %(ids)s."), {"ids": ids}))
        message = Text(N_("No connected account is called %(name)s."), {"name": _shown(word)})
        raise _wrong("account", message, N_("Connect it, or write the username of a connected one."))


class Names:
    """How the accounts of a workspace are called in a file: by username, or by id where that is not one account's."""

    def __init__(self, accounts: Sequence[AccountRow]) -> None:
        self._accounts = accounts
        counted = Counter(account.username.casefold() for account in accounts)
        self._known = {
            account.id: account.username
            for account in accounts
            if counted[account.username.casefold()] == 1 and not set(account.username) & set(" |\t\n")
        }

    def of(self, account_id: UUID) -> str:
        """The word for an account."""
        return self._known.get(account_id) or str(account_id)

    def called(self, word: str) -> list[AccountRow]:
        """The accounts with this username; case and a leading @ do not matter."""
        name = word.removeprefix("@").casefold()
        return [account for account in self._accounts if account.username.casefold() == name]


def cells_of(view: PostView, names: Names) -> dict[str, str]:
    """A post as a row. What has no time to come, or no time at all, is a draft: to bring a file in again must never
    publish at once what somebody had called off."""
    standing = [row for row in view.publications if row.now_state is not State.CANCELLED] or view.publications
    due = max((row.due_at for row in standing if row.due_at is not None), default=None)
    draft = due is None or all(row.now_state in _UNPLANNED for row in standing)
    post = view.post
    return {
        "account": " ".join(names.of(row.account_id) for row in standing),
        "type": post.type,
        "caption": post.caption,
        "media": " ".join(str(asset_id) for asset_id in post.asset_ids),
        "scheduledAt": "" if due is None else _spelled(due, post.zone),
        "zone": post.zone,
        "draft": "yes" if draft else "",
        "locationId": post.location_id,
        "firstComment": post.first_comment,
        "key": str(post.id),
    }


def made_up_id(address: str) -> UUID:
    """The id under which a file that is not fetched yet stands in a draft: the same address, the same id."""
    return uuid5(NAMESPACE_URL, address)


def _type(cells: Cells) -> PostType:
    try:
        return PostType(cells["type"].upper())
    except ValueError:
        message = Text(N_("%(value)s is no kind of post."), {"value": _shown(cells["type"])})
        remedy = Text(N_("Write one of these: %(kinds)s."), {"kinds": ", ".join(PostType)})
        raise _wrong("type", message, remedy) from None


def _media(cells: Cells) -> list[dict[str, UUID]]:
    return [{"asset_id": _file(word)} for word in cells["media"].split()]


def _file(word: str) -> UUID:
    if web_address(word) and len(word) <= _LONGEST_URL:
        return made_up_id(word)
    try:
        return UUID(word)
    except ValueError:
        message = Text(N_("%(value)s is neither the id of a file nor a web address."), {"value": _shown(word)})
        raise _wrong(
            "media", message, N_("Write ids from the library or addresses with https://, with spaces between.")
        ) from None


def _moment(cells: Cells) -> datetime | None:
    """The moment of a row in UTC."""
    told = cells["scheduledAt"]
    if not told:
        return None
    try:
        moment = datetime.fromisoformat(told)
        if len(told) <= _DAY:
            raise ValueError("a day without a time")
        if moment.tzinfo is None:
            moment = in_zone(moment, _named_zone(cells))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        message = Text(N_("%(value)s is no date and time."), {"value": _shown(told)})
        remedy = N_("Write it like 2027-05-02T18:30 or 2027-05-02T18:30:00+02:00.")
        raise _wrong("scheduledAt", message, remedy) from None


def _named_zone(cells: Cells) -> str:
    """The zone of a time without an offset."""
    zone = _zone(cells)
    if zone is None:
        raise _wrong(
            "scheduledAt",
            Text(N_("It is not said in which time zone this time is.")),
            N_("Name the zone in the column zone, like Europe/Paris, or add the offset, like +02:00."),
        )
    return zone


def _zone(cells: Cells) -> str | None:
    try:
        return known_zone(cells["zone"] or None)
    except ValueError:
        message = Text(N_("%(value)s is no time zone."), {"value": _shown(cells["zone"])})
        raise _wrong("zone", message, N_("Write an IANA name, such as Europe/Paris.")) from None


def _tick(cells: Cells, column: str) -> bool:
    word = cells[column].casefold()
    if word not in YES | NO:
        message = Text(N_("%(value)s is neither yes nor no."), {"value": _shown(cells[column])})
        raise _wrong(column, message, N_("Write yes, or leave it empty."))
    return word in YES


def _validated(values: Mapping[str, object]) -> PostIn:
    """The body that the API would be sent, held to the same limits."""
    try:
        return PostIn.model_validate(values)
    except ValidationError as error:
        faults = tuple(
            Fault(column_of(str(one["loc"][0])), Text(one["msg"]), Text(N_("Correct this cell.")))
            for one in error.errors(include_url=False, include_input=False)
        )
        raise Invalid(faults[0].message, faults[0].remedy, faults) from None


def _spelled(moment: datetime, zone: str) -> str:
    """A moment with the offset that its zone has then."""
    try:
        return moment.astimezone(ZoneInfo(zone)).isoformat()
    except OverflowError:  # the first and last day of the calendar
        return moment.isoformat()


def _shown(word: str) -> str:
    return word if len(word) <= 60 else word[:59] + "…"


def _wrong(column: str, message: Text, remedy: Text | str) -> Invalid:
    told = remedy if isinstance(remedy, Text) else Text(remedy)
    return Invalid(message, told, (Fault(column, message, told),))
