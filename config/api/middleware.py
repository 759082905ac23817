"""The outermost middleware: an id for each request; for API calls also timing, a body limit and
TLS."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware

from config.api.errors import https_required
from config.api.exceptions import error_response, plain_error
from config.api.parsers import MAX_BYTES
from config.logging import redact

#: Should a browser display the response, it must not load or run anything.
_POLICY = "default-src 'none'; frame-ancestors 'none'"
#: Sign-in by passkey needs only `publickey-credentials-get`, which pages of the site itself keep.
_FEATURES = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid",
        "magnetometer", "microphone", "midi", "payment", "serial", "usb",
    )
)  # fmt: skip
_HEADERS = {"request_id": "X-Request-Id", "client_request_id": "X-Client-Request-Id"}
_GIVEN_ID = re.compile(r"[\w.-]{8,64}\Z", re.ASCII)


class RequestIdMiddleware:
    """Set the id of the request in `X-Request-Id` and in each line of the log.

    The caller's own id is kept beside it, since callers may repeat theirs, or use another's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ids = {"request_id": uuid.uuid4().hex}
        if given := _client_request_id(request):
            ids["client_request_id"] = given
        for name, value in ids.items():
            setattr(request, name, value)
        with structlog.contextvars.bound_contextvars(**ids):
            response = self.respond(request)
        for name, value in ids.items():
            response.headers[_HEADERS[name]] = value
        return response

    def respond(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class BrowserPolicyMiddleware:
    """Deny browser features that no page uses, and let no other site embed what we serve, except
    where a view allows it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _FEATURES)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class ApiSecurityMiddleware(SecurityMiddleware):
    """Refuse plain http where pages redirect: by then the key has crossed the network in clear, and
    a client that follows redirects would never notice."""

    def process_request(self, request: HttpRequest) -> Any:
        if self.redirect and not request.is_secure():
            return error_response(https_required(), request)
        return None


class CallMiddleware(RequestIdMiddleware):
    """Set the id of an API call, limit its body, time it and have `listeners` log it."""

    #: Called with (request, response, milliseconds) after each response.
    listeners: list[Callable[[HttpRequest, HttpResponse, float], None]] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = super().__call__(request)
        response.headers["Content-Security-Policy"] = _POLICY
        milliseconds = (time.perf_counter() - started) * 1000
        for listener in self.listeners:
            listener(request, response, milliseconds)
        return response

    def respond(self, request: HttpRequest) -> HttpResponse:
        try:
            read_chunked_body(request, MAX_BYTES)
        except Exception:  # noqa: BLE001 - whatever went wrong, the caller gets the envelope
            return plain_error(request, 400, "Request body could not be read")
        return self.get_response(request)


def _client_request_id(request: HttpRequest) -> str:
    """Return the caller's own id if it is harmless, so that both sides' logs can be compared."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if _GIVEN_ID.match(given) and redact(given) == given else ""


def read_chunked_body(request: HttpRequest, max_bytes: int) -> None:
    """Read a body of unknown length, which Django would treat as empty.

    `wsgi.input_terminated` promises that the stream ends. One byte more than the limit is enough
    to reject a longer body.
    """
    if "CONTENT_LENGTH" in request.META or not request.META.get("wsgi.input_terminated"):
        return
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        request._body = request.META["wsgi.input"].read(max_bytes + 1)  # noqa: SLF001 - as the stream has been read
        request.META["CONTENT_LENGTH"] = str(len(request._body))  # noqa: SLF001 - as the stream has been read
        request._read_started = True  # type: ignore[attr-defined]  # noqa: SLF001 - as the stream has been read
