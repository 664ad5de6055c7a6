"""How answers leave open.tiktokapis.com: envelope, flat OAuth shape, log id (tiktok.md §1.2, §1.3)."""

import hashlib
from datetime import UTC, datetime

from socialsim.kernel.services import Services
from socialsim.kernel.wire import Answer, json_answer
from socialsim.tiktok.errors import INVALID, ApiError, OAuthError

PLAIN = b"text/plain; charset=utf-8"


def log_id(services: Services) -> str:
    """14 digits of the time and 20 hex characters (§1.2 Log id)."""
    stem = f"{services.seed}/log/{services.mint.number('log')}"
    at = datetime.fromtimestamp(int(services.clock.epoch()), UTC)
    return at.strftime("%Y%m%d%H%M%S") + hashlib.sha256(stem.encode()).hexdigest()[:20].upper()


def success(services: Services, data: dict[str, object] | None) -> Answer:
    """``error.code`` is ``ok``; without ``data`` if there is none (§1.3)."""
    log = log_id(services)
    error = _error(services, "ok", "", log)
    return _logged({"error": error} if data is None else {"data": data, "error": error}, 200, log)


def failure(services: Services, error: ApiError, *, posting: bool) -> Answer:
    """The envelope of an error; posting endpoints may spell ``invalid_params`` otherwise (§4.13)."""
    knobs = services.config.tiktok
    code = knobs.invalid_word if posting and error.code == INVALID else error.code
    log = log_id(services)
    said = _error(services, code, str(error), log)
    match knobs.error_shape:
        case "bare":
            value: dict[str, object] = said
        case "without-data":
            value = {"error": said}
        case "wrapped":
            value = {"data": {}, "error": said}
    return _logged(value, error.status, log)


def _error(services: Services, code: str, message: str, log: str) -> dict[str, object]:
    return {"code": code, "message": message, services.config.tiktok.log_key: log}


def flat(services: Services, value: dict[str, object]) -> Answer:
    """A success of ``/v2/oauth/*``."""
    answer = _logged(value, 200, log_id(services))
    answer.headers.append((b"cache-control", b"no-store"))
    return answer


def flat_failure(services: Services, error: OAuthError) -> Answer:
    """An error of ``/v2/oauth/*``; its status is a knob, the sheet knows two readings (§2.8)."""
    return flat_words(services, error.word, str(error), services.config.tiktok.oauth_error_status)


def flat_words(services: Services, word: str, description: str, status: int) -> Answer:
    """The flat shape with any word."""
    log = log_id(services)
    return _logged({"error": word, "error_description": description, "log_id": log}, status, log)


def no_such_path(services: Services) -> Answer:
    """What the gateway says to a path without its final slash: 404 and no JSON (§1.2 Trailing slash)."""
    return Answer(404, b"404 Unsupported path", PLAIN, [(b"x-tt-logid", log_id(services).encode())])


def _logged(value: object, status: int, log: str) -> Answer:
    answer = json_answer(value, status)
    answer.headers.append((b"x-tt-logid", log.encode()))
    return answer
