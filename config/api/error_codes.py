"""The stable error codes of the API, each with its help text.

Each app declares its own in its module `error_codes`; the ones here can occur at any endpoint.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """The explanation of an error on pages: its meaning, its fix, and a link.

    `page` is the URL name of the link's target, `link` its text.
    """

    name: str
    meaning: str
    fix: str
    page: str = ""
    link: str = ""

    def __post_init__(self) -> None:
        if _codes.setdefault(self.name, self) != self:
            raise ValueError(f"The error code {self.name!r} is declared twice.")

    def __str__(self) -> str:
        return self.name


_codes: dict[str, ErrorCode] = {}


def error_codes() -> Iterable[ErrorCode]:
    """Return all declared codes."""
    return _codes.values()


def find_error_code(name: str) -> ErrorCode | None:
    """Return None for a code of an earlier version."""
    return _codes.get(name)


FIX_REQUEST = "Correct the request. Sending the same one again returns the same error."
RETRY = "Send the same request again in a few seconds, with the same Idempotency-Key."

HTTPS_REQUIRED = ErrorCode(
    "https_required",
    "The request came over plain http, so its key crossed the network unencrypted.",
    "Use the https:// address, and roll the key.",
    "keys",
    "View API keys",
)
ROUTE_NOT_FOUND = ErrorCode(
    "route_not_found",
    "The API has no such path.",
    "Compare method and path with the documentation.",
)
METHOD_NOT_ALLOWED = ErrorCode(
    "method_not_allowed",
    "The path does not support this method.",
    "Use a method listed in the Allow header.",
)
INVALID_REQUEST = ErrorCode("invalid_request", "The request is not valid.", FIX_REQUEST)
INVALID_FIELD = ErrorCode(
    "invalid_field", "The field that the error names has an invalid value.", FIX_REQUEST
)
INVALID_PARAMETER = ErrorCode(
    "invalid_parameter", "The query parameter that the error names is invalid.", FIX_REQUEST
)
INVALID_CURSOR = ErrorCode(
    "invalid_cursor",
    "The cursor is not one that a list returned.",
    "Start again from the first page, without a cursor.",
)
MISSING_FIELDS = ErrorCode("missing_fields", "A required field is missing.", FIX_REQUEST)
INVALID_BODY = ErrorCode("invalid_body", "The body could not be read.", FIX_REQUEST)
INVALID_JSON = ErrorCode(
    "invalid_json", "The body was not a valid JSON object in UTF-8.", FIX_REQUEST
)
BODY_TOO_LARGE = ErrorCode("body_too_large", "The body was larger than 256 KB.", "Send less data.")
UNSUPPORTED_MEDIA_TYPE = ErrorCode(
    "unsupported_media_type",
    "The request did not say that its body is JSON.",
    "Send Content-Type: application/json.",
)
INTERNAL_ERROR = ErrorCode(
    "internal_error",
    "Something went wrong on our side.",
    "Send the request again. If it keeps failing, contact ShopIQ support with the request ID.",
)
UNAVAILABLE = ErrorCode("unavailable", "The service was temporarily unavailable.", RETRY)
REQUEST_TIMEOUT = ErrorCode(
    "request_timeout",
    "The request did not arrive completely in time.",
    "Send the whole request at once, over a faster connection.",
)
TOO_MANY_CONNECTIONS = ErrorCode(
    "too_many_connections",
    "Your IP address has too many connections open.",
    "Close connections that are not needed, and reuse the others.",
)
MALFORMED_HTTP = ErrorCode(
    "malformed_http", "The request is not valid HTTP.", "Send requests with an HTTP library."
)
