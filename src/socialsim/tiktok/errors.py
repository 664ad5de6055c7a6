"""TikTok's two JSON error shapes (tiktok.md §1.3, §2.8, §4.13)."""

from typing import Literal

INVALID = "invalid_params"
"""Posting endpoints may spell it ``invalid_param``: knob ``tiktok.invalidWord``."""


class ApiError(Exception):
    """Answered in the envelope ``{"data":{},"error":{"code","message","log_id"}}``.

    A ``status`` of 200 is right for what creator_info reports on purpose (§4.1).
    """

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


OAuthWord = Literal[
    "access_denied",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
]


class OAuthError(Exception):
    """Answered flat: ``error``, ``error_description``, ``log_id`` (§2.8)."""

    def __init__(self, word: OAuthWord, description: str) -> None:
        super().__init__(description)
        self.word = word


def invalid(message: str) -> ApiError:
    """400: the request itself is wrong."""
    return ApiError(INVALID, message, 400)


def token_invalid() -> ApiError:
    """401: unknown, expired, revoked, or none at all."""
    return ApiError("access_token_invalid", "The access token is invalid or not found in the request.", 401)


def scope_not_authorized(scopes: tuple[str, ...]) -> ApiError:
    """401: the creator did not grant what is needed."""
    needed = " or ".join(scopes)
    return ApiError("scope_not_authorized", f"The user did not authorize the scope required for this: {needed}.", 401)


def too_many() -> ApiError:
    """429 (§4.11)."""
    return ApiError("rate_limit_exceeded", "The API rate limit was exceeded. Please try again later.", 429)
