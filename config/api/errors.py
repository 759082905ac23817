"""Errors of the public API."""

from __future__ import annotations

from typing import Any

from config.api.error_codes import HTTPS_REQUIRED, ErrorCode


class ApiError(Exception):
    """An error response: documented `message`, stable `code`, extra members of the body.

    `retry_after` is in whole seconds and sets both `retryAfter` and the `Retry-After` header.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: ErrorCode,
        extra: dict[str, Any] | None = None,
        retry_after: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.extra = extra or {}
        self.retry_after = retry_after
        self.headers = headers or {}


def bad_request(message: str, *, code: ErrorCode, **extra: Any) -> ApiError:
    """Return a 400 with the documented message."""
    return ApiError(400, message, code=code, extra=extra)


def not_found(message: str, *, code: ErrorCode) -> ApiError:
    """Return a 404 with the documented message."""
    return ApiError(404, message, code=code)


def https_required() -> ApiError:
    """Return the 403 of a call over plain http."""
    return ApiError(403, "HTTPS is required.", code=HTTPS_REQUIRED)
