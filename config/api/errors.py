"""Refusals that the public API explains to its caller."""

from __future__ import annotations

from typing import Any

from config.api.error_codes import INVALID_REQUEST, NOT_FOUND, ErrorCode


class ApiError(Exception):
    """An error answer: documented `message`, stable `code`, extra members of the body.

    `retry_after` is in whole seconds and becomes both `retryAfter` and the `Retry-After` header.
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


def bad_request(message: str, *, code: ErrorCode = INVALID_REQUEST, **extra: Any) -> ApiError:
    """400 with the documented words."""
    return ApiError(400, message, code=code, extra=extra)


def not_found(message: str) -> ApiError:
    """404 with the documented words."""
    return ApiError(404, message, code=NOT_FOUND)
