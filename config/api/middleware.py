"""What comes before anything else: an id for each request; for calls a clock and a bounded body."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from config.api.exceptions import plain_error
from config.api.parsers import MAX_BYTES
from config.logging import redact

#: An answer that a browser was made to show must load and run nothing.
_POLICY = "default-src 'none'; frame-ancestors 'none'"
_GIVEN_ID = re.compile(r"[\w.-]{8,64}\Z", re.ASCII)


class RequestIdMiddleware:
    """Names the request: `X-Request-Id` in the answer, `request_id` in each line of the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = _request_id(request)
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.answer(request)
        response.headers["X-Request-Id"] = request_id
        structlog.contextvars.unbind_contextvars("request_id")
        return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class CallMiddleware(RequestIdMiddleware):
    """Names a call of the API, bounds its body, times it and lets `listeners` log it."""

    #: Called with (request, response, milliseconds) after each answer; set by its listener.
    listeners: list[Callable[[HttpRequest, HttpResponse, float], None]] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = super().__call__(request)
        response.headers["Content-Security-Policy"] = _POLICY
        milliseconds = (time.perf_counter() - started) * 1000
        for listener in self.listeners:
            listener(request, response, milliseconds)
        return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        try:
            _read_chunked_body(request)
        except Exception:  # each WSGI server has errors of its own for a broken chunk  # noqa: BLE001 - whatever went wrong, the caller gets the envelope
            return plain_error(request, 400, "Request body could not be read")
        return self.get_response(request)


def _request_id(request: HttpRequest) -> str:
    """The caller's own id where it is a harmless one, so that both logs can be laid together."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    is_harmless = _GIVEN_ID.match(given) and redact(given) == given
    return given if is_harmless else uuid.uuid4().hex


def _read_chunked_body(request: HttpRequest) -> None:
    """Takes in a body of unknown length, which Django would take for an empty one.

    The WSGI server promises an end of the stream by `wsgi.input_terminated`; one byte more than
    the limit is enough for the parser to refuse a longer body.
    """
    if "CONTENT_LENGTH" in request.META or not request.META.get("wsgi.input_terminated"):
        return
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        request._body = request.META["wsgi.input"].read(MAX_BYTES + 1)  # noqa: SLF001 - as the stream has been read
        request.META["CONTENT_LENGTH"] = str(len(request._body))  # noqa: SLF001 - as the stream has been read
        request._read_started = True  # type: ignore[attr-defined]  # noqa: SLF001 - as the stream has been read
