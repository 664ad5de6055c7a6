"""What was asked of the platforms: counts per endpoint (the cost of a sync) and a transcript for people."""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct

from socialsim.kernel.clock import iso

_SECRET_PARAMETERS = frozenset(
    {"access_token", "client_secret", "code", "fb_exchange_token", "input_token", "appsecret_proof", "verify_token"}
    | {"refresh_token", "upload_token", "token", "code_verifier"}
)
_KEPT = 500
_KEPT_BYTES = 32 * 1024
"""Of each answer, and about as much of a request."""


class CallRecord(Struct, frozen=True):
    """One request as it was answered; ``status`` 0 means that the socket was cut."""

    request_id: str
    at: float
    method: str
    host: str
    path: str
    query: str
    template: str
    account_id: str
    status: int
    milliseconds: float
    fault: str
    params: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    answer: bytes = b""
    """The first part of the body that was sent; ``answer_size`` is its whole length."""
    answer_size: int = 0
    answer_type: bytes = b""
    answer_headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def went_well(self) -> bool:
        """Whether the client got an answer that is no error."""
        return 200 <= self.status < 400


def first_part(body: bytes) -> bytes:
    """As much of an answer as is kept."""
    return body if len(body) <= _KEPT_BYTES else body[:_KEPT_BYTES]


def short_values(params: Mapping[str, str]) -> Mapping[str, str]:
    """Parameters as they are kept: each value cut, so that a big batch is not held for ever."""
    if sum(map(len, params.values())) <= _KEPT_BYTES:
        return params
    return {key: value[:1024] for key, value in params.items()}


class CallBook:
    """Counts every call, keeps the newest few hundred."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.of_accounts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.total = 0
        self.records: deque[CallRecord] = deque(maxlen=_KEPT)

    def count(self, template: str, account_id: str, times: int = 1) -> None:
        """Add to an endpoint's count, e.g. ``GET /{c}``; a batch itself weighs nothing, its items do."""
        if times:
            self.counts[template] += times
            self.of_accounts[account_id][template] += times
            self.total += times

    def keep(self, record: CallRecord) -> None:
        """Append to the transcript."""
        self.records.append(record)

    def clear(self) -> None:
        """Start counting anew."""
        self.counts.clear()
        self.of_accounts.clear()
        self.total = 0
        self.records.clear()

    def transcript(self, limit: int) -> list[dict[str, object]]:
        """The newest calls first, secrets masked."""
        newest = list(self.records)[-limit:] if limit else []
        return [
            {
                "requestId": record.request_id,
                "at": iso(record.at),
                "method": record.method,
                "host": record.host,
                "path": record.path,
                "query": masked(record.query),
                "endpoint": record.template,
                "accountId": record.account_id,
                "status": record.status,
                "milliseconds": round(record.milliseconds, 3),
                "fault": record.fault,
            }
            for record in reversed(newest)
        ]


def is_secret(name: str) -> bool:
    """Whether a parameter, or a key of an answer, of that name is never shown."""
    return name in _SECRET_PARAMETERS


def masked(query: str) -> str:
    """A query string with its secrets replaced by ``***``."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(key, "***" if key in _SECRET_PARAMETERS else value) for key, value in pairs], safe="*,{}()")
