"""The stable error codes of the API, each with its help text.

Each app declares its own in its module `error_codes`; the ones here can occur at any endpoint.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """The explanation of an error on pages: its meaning, its fix, and a link.

    `page` is the URL name of the link's target, `link` its text.
    """

    name: str
    meaning: StrOrPromise
    fix: StrOrPromise
    page: str = ""
    link: StrOrPromise = ""

    def __post_init__(self) -> None:
        if _codes.setdefault(self.name, self) != self:
            raise ValueError(f"The error code {self.name!r} is declared twice.")

    def __str__(self) -> str:
        return self.name


_codes: dict[str, ErrorCode] = {}


def error_codes() -> Iterable[ErrorCode]:
    return _codes.values()


def find_error_code(name: str) -> ErrorCode | None:
    """Return None for a code of an earlier version."""
    return _codes.get(name)


FIX_REQUEST = gettext_lazy(
    "Correct the request. Sending the same one again returns the same error."
)
RETRY = gettext_lazy("Send the same request again in a few seconds, with the same Idempotency-Key.")

HTTPS_REQUIRED = ErrorCode(
    "https_required",
    gettext_lazy("The request came over plain http, so its key crossed the network unencrypted."),
    gettext_lazy("Use the https:// address, and roll the key."),
    "keys",
    gettext_lazy("View API keys"),
)
ROUTE_NOT_FOUND = ErrorCode(
    "route_not_found",
    gettext_lazy("The API has no such path."),
    gettext_lazy("Compare method and path with the documentation."),
)
METHOD_NOT_ALLOWED = ErrorCode(
    "method_not_allowed",
    gettext_lazy("The path does not support this method."),
    gettext_lazy("Use a method listed in the Allow header."),
)
INVALID_REQUEST = ErrorCode(
    "invalid_request", gettext_lazy("The request is not valid."), FIX_REQUEST
)
INVALID_FIELD = ErrorCode(
    "invalid_field",
    gettext_lazy("The field that the error names has an invalid value."),
    FIX_REQUEST,
)
INVALID_PARAMETER = ErrorCode(
    "invalid_parameter",
    gettext_lazy("The query parameter that the error names is invalid."),
    FIX_REQUEST,
)
INVALID_CURSOR = ErrorCode(
    "invalid_cursor",
    gettext_lazy("The cursor is not one that a list returned."),
    gettext_lazy("Start again from the first page, without a cursor."),
)
MISSING_FIELDS = ErrorCode(
    "missing_fields", gettext_lazy("A required field is missing."), FIX_REQUEST
)
INVALID_BODY = ErrorCode("invalid_body", gettext_lazy("The body could not be read."), FIX_REQUEST)
INVALID_JSON = ErrorCode(
    "invalid_json", gettext_lazy("The body was not a valid JSON object in UTF-8."), FIX_REQUEST
)
BODY_TOO_LARGE = ErrorCode(
    "body_too_large",
    gettext_lazy("The body was larger than 256 KB."),
    gettext_lazy("Send less data."),
)
UNSUPPORTED_MEDIA_TYPE = ErrorCode(
    "unsupported_media_type",
    gettext_lazy("The request did not say that its body is JSON."),
    gettext_lazy("Send Content-Type: application/json."),
)
INTERNAL_ERROR = ErrorCode(
    "internal_error",
    gettext_lazy("Something went wrong on our side."),
    gettext_lazy(
        "Send the request again. If it keeps failing, contact ShopIQ support with the request ID."
    ),
)
UNAVAILABLE = ErrorCode(
    "unavailable", gettext_lazy("The service was temporarily unavailable."), RETRY
)
REQUEST_TIMEOUT = ErrorCode(
    "request_timeout",
    gettext_lazy("The request did not arrive completely in time."),
    gettext_lazy("Send the whole request at once, over a faster connection."),
)
TOO_MANY_CONNECTIONS = ErrorCode(
    "too_many_connections",
    gettext_lazy("Your IP address has too many connections open."),
    gettext_lazy("Close connections that are not needed, and reuse the others."),
)
MALFORMED_HTTP = ErrorCode(
    "malformed_http",
    gettext_lazy("The request is not valid HTTP."),
    gettext_lazy("Send requests with an HTTP library."),
)
