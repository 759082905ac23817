"""The error envelope of the public API (API documentation, Error Handling)."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from rest_framework import exceptions

from config.api.error_codes import (
    BODY_TOO_LARGE,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    METHOD_NOT_ALLOWED,
    ROUTE_NOT_FOUND,
    UNAVAILABLE,
    UNSUPPORTED_MEDIA_TYPE,
)
from config.api.errors import ApiError
from config.api.renderers import ApiResponse
from config.api.timestamps import timestamp

log = structlog.get_logger(__name__)

_SERVER_ERROR = "The request could not be completed. Please retry; contact support if it persists."
_CODES = {
    400: INVALID_REQUEST,
    404: ROUTE_NOT_FOUND,
    405: METHOD_NOT_ALLOWED,
    413: BODY_TOO_LARGE,
    415: UNSUPPORTED_MEDIA_TYPE,
    500: INTERNAL_ERROR,
    503: UNAVAILABLE,
}


def error_response(error: ApiError, request: Any) -> ApiResponse:
    """Build the envelope, and note code and message on the request for the request log."""
    raw = getattr(request, "_request", request)
    raw.error_code = error.code.name
    raw.error_message = error.message
    body = error_members(error)
    headers = dict(error.headers)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"  # RFC 9110, 15.5.2
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    body["requestId"] = getattr(raw, "request_id", None)
    body["timestamp"] = timestamp()
    response = ApiResponse(body, status=error.status, headers=headers)
    # The code that raised it has logged why; Django's line would add neither reason nor id.
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's mark against logging twice
    return response


def error_members(error: ApiError) -> dict[str, Any]:
    """Return the body without what differs between two requests."""
    body = {"success": False, "message": error.message, **error.extra, "code": error.code.name}
    if error.retry_after is not None:
        body["retryAfter"] = error.retry_after
    return body


def handle_exception(exception: Exception, context: dict[str, Any]) -> ApiResponse:
    """Translate every exception of a view into the envelope; this is DRF's hook."""
    request = context["request"]
    error = exception if isinstance(exception, ApiError) else _translate(exception, request)
    return error_response(error, request)


def _translate(exception: Exception, request: Any) -> ApiError:
    if isinstance(exception, Http404):
        return ApiError(404, "Not found", code=ROUTE_NOT_FOUND)
    if isinstance(exception, PermissionDenied):
        return ApiError(403, "Forbidden", code=INVALID_REQUEST)
    if isinstance(exception, exceptions.MethodNotAllowed):
        allowed = ", ".join(_allowed_methods(request))
        headers = {"Allow": allowed}
        return ApiError(405, "Method not allowed", code=METHOD_NOT_ALLOWED, headers=headers)
    if isinstance(exception, exceptions.APIException):
        status = exception.status_code
        return ApiError(status, str(exception.detail), code=_CODES.get(status, INVALID_REQUEST))
    log.error("request failed", exc_info=exception)
    return internal_error()


def internal_error() -> ApiError:
    """Return the documented 500; its `error` is the same for every cause."""
    extra = {"error": _SERVER_ERROR}
    return ApiError(500, "Internal server error", code=INTERNAL_ERROR, extra=extra)


def _allowed_methods(request: Any) -> list[str]:
    view = getattr(request, "parser_context", {}).get("view")
    return view.allowed_methods if view else []


def plain_error(request: HttpRequest, status: int, message: str) -> ApiResponse:
    """Return the envelope for errors outside a view: unknown routes, rejected hosts, crashes in
    middleware."""
    return error_response(
        ApiError(status, message, code=_CODES.get(status, INVALID_REQUEST)), request
    )
