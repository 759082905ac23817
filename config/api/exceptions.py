"""Every error of the public API in one envelope (L151): never HTML, never a traceback."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from rest_framework import exceptions

from config.api.errors import ApiError
from config.api.renderers import ApiResponse
from config.api.timestamps import timestamp

log = structlog.get_logger(__name__)

_SERVER_ERROR = "The request could not be completed. Please retry; contact support if it persists."
_NAMES = {
    400: "invalid_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
    500: "internal_error",
    503: "unavailable",
}


def error_response(error: ApiError, request: Any) -> ApiResponse:
    """The envelope of one refusal; leaves code and message on the request for the request log."""
    raw = getattr(request, "_request", request)
    raw.error_code = error.code
    raw.error_message = error.message
    body = {"success": False, "message": error.message, **error.extra, "code": error.code}
    headers = dict(error.headers)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"  # RFC 9110, 15.5.2
    if error.retry_after is not None:
        body["retryAfter"] = error.retry_after
        headers["Retry-After"] = str(error.retry_after)
    body["requestId"] = getattr(raw, "request_id", None)
    body["timestamp"] = timestamp()
    answer = ApiResponse(body, status=error.status, headers=headers)
    # Whoever raised it has said why; Django would add a line that knows neither why nor the id.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def handle_exception(exception: Exception, context: dict[str, Any]) -> ApiResponse:
    """DRF's hook: whatever a view raises becomes the envelope."""
    request = context["request"]
    error = exception if isinstance(exception, ApiError) else _translate(exception, request)
    return error_response(error, request)


def _translate(exception: Exception, request: Any) -> ApiError:
    if isinstance(exception, Http404):
        return ApiError(404, "Not found", code="not_found")
    if isinstance(exception, PermissionDenied):
        return ApiError(403, "Forbidden", code="forbidden")
    if isinstance(exception, exceptions.MethodNotAllowed):
        allowed = ", ".join(_allowed_methods(request))
        return ApiError(
            405, "Method not allowed", code="method_not_allowed", headers={"Allow": allowed}
        )
    if isinstance(exception, exceptions.APIException):
        status = exception.status_code
        return ApiError(status, str(exception.detail), code=_NAMES.get(status, "error"))
    log.error("request failed", exc_info=exception)
    return internal_error()


def internal_error() -> ApiError:
    """The documented 500 (L305); its `error` is one general sentence, whatever went wrong."""
    return ApiError(
        500, "Internal server error", code="internal_error", extra={"error": _SERVER_ERROR}
    )


def _allowed_methods(request: Any) -> list[str]:
    view = getattr(request, "parser_context", {}).get("view")
    return view.allowed_methods if view else []


def plain_error(request: HttpRequest, status: int, message: str) -> ApiResponse:
    """For what fails outside a view: unknown routes, refused hosts, crashes in middleware."""
    return error_response(ApiError(status, message, code=_NAMES[status]), request)
