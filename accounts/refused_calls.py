"""A limit on refused calls: guessed keys, unknown paths, addresses outside a whitelist.

It is kept in the memory of each process, so that a flood costs neither a query nor a row.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts import keys
from accounts.endpoints import find_endpoint
from accounts.error_codes import TOO_MANY_REFUSED_REQUESTS
from accounts.networks import client_address, network_of
from config.api.errors import ApiError
from config.api.exceptions import error_response
from config.api.token_buckets import TokenBuckets

_REFUSED = (401, 403, 404)
#: Callers that were admitted lately, at most.
_MAX_KNOWN = 10_000


class KnownCallers:
    """Who was admitted lately: hash of the key, network, endpoint.

    They are served even from a network that has used up its refused calls, which they may share
    with an attacker, or with a misconfigured client of their own.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, str, str], None] = {}
        self._lock = threading.Lock()

    def add(self, caller: tuple[bytes, str, str]) -> None:
        if caller in self._known:
            return
        with self._lock:
            self._known[caller] = None
            if len(self._known) > _MAX_KNOWN:
                del self._known[next(iter(self._known))]

    def discard(self, caller: tuple[bytes, str, str]) -> None:
        self._known.pop(caller, None)

    def __contains__(self, caller: tuple[bytes, str, str]) -> bool:
        return caller in self._known


class RefusedCallLimitMiddleware:
    """Return 429 without a query once a network has used up its refused calls."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        per_minute = settings.REFUSED_CALLS_PER_MINUTE
        self._buckets = TokenBuckets(burst=2 * per_minute, per_minute=per_minute)
        self._known = KnownCallers()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.client_address = client_address(request)  # type: ignore[attr-defined]
        network = network_of(request.client_address)  # type: ignore[attr-defined]
        seconds = self._buckets.seconds_until_token(network)
        if seconds and _read_caller(request, network) not in self._known:
            limit = settings.REFUSED_CALLS_PER_MINUTE
            return error_response(too_many_refused_calls(limit, seconds), request)
        response = self.get_response(request)
        self._note(request, response, network)
        return response

    def _note(self, request: HttpRequest, response: HttpResponse, network: str) -> None:
        admission: Any = getattr(request, "admission", None)
        if admission is not None and not admission.denied_by:
            caller: Any = request.caller  # type: ignore[attr-defined]
            self._known.add((caller.secret_hash, network, caller.endpoint))
        elif response.status_code in _REFUSED:
            self._buckets.take(network)
            self._known.discard(_read_caller(request, network))


def _read_caller(request: HttpRequest, network: str) -> tuple[bytes, str, str]:
    endpoint = find_endpoint(request.path_info)
    secret = keys.read_key(request.META)
    return keys.hash_key(secret), network, endpoint.name if endpoint else ""


def too_many_refused_calls(limit: int, seconds: int) -> ApiError:
    message = f"Rate limit exceeded: {limit} requests per minute"
    return ApiError(429, message, code=TOO_MANY_REFUSED_REQUESTS, retry_after=seconds)
