"""`Idempotency-Key` over HTTP: the header, which answers are stored, and how one is given again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from accounts.error_codes import (
    IDEMPOTENCY_KEY_IN_USE,
    IDEMPOTENCY_KEY_REUSED,
    INVALID_IDEMPOTENCY_KEY,
)
from accounts.services import idempotency
from accounts.services.idempotency import Claim, KeyInUse, KeyReused, StoredResponse
from config.api.errors import ApiError, bad_request
from config.api.exceptions import error_response

_MAX_LENGTH = 255
_LEASE_SECONDS = 60
#: Answers that a retry may turn into success, so the next call starts afresh.
_NOT_STORED = frozenset({400, 401, 402, 429, 503})
#: Headers of a first answer that belong to what happened, not to the transfer.
_STORED_HEADERS = ("X-Operation-Id",)


def idempotency_key(request: Any) -> str | None:
    """The header's value, or None; raises 400 for one that cannot be a key."""
    text: str | None = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if text is None:
        return None
    if not 0 < len(text) <= _MAX_LENGTH or not text.isascii() or not text.isprintable():
        raise bad_request(
            f"Idempotency-Key must have 1 to {_MAX_LENGTH} printable ASCII characters",
            code=INVALID_IDEMPOTENCY_KEY,
        )
    return text


def run_idempotent(
    request: Any,
    run: Callable[[Claim | None], HttpResponse],
    *,
    key: str | None,
    lease_seconds: int = _LEASE_SECONDS,
) -> HttpResponse:
    """Runs a call, or gives the answer of the first one with the same key again.

    `run` stores its success itself, by `store_response` in the transaction of what it does; what
    it refuses is stored or released here. `lease_seconds` bounds the hold of a call that dies.
    """
    if key is None:
        return run(None)
    claimed = _claim(request, key, lease_seconds)
    if isinstance(claimed, StoredResponse):
        return _replay(claimed)
    try:
        return run(claimed)
    except ApiError as error:
        if error.status in _NOT_STORED:
            idempotency.release(claimed)
            raise
        response = error_response(error, request)
        idempotency.store(claimed, to_store(response))
        return response
    except Exception:
        idempotency.release(claimed)
        raise


def store_response(claim: Claim | None, response: HttpResponse) -> None:
    """Call it in the transaction of what the call does: where the key was lost to a later attempt,
    the 409 undoes that, and the later attempt does it again."""
    if claim and not idempotency.store(claim, to_store(response)):
        raise _in_use()


def to_store(response: HttpResponse) -> StoredResponse:
    """What a retry with the same key will be given."""
    headers = {name: response.headers[name] for name in _STORED_HEADERS if name in response.headers}
    return StoredResponse(response.status_code, response.content, headers)


def _claim(request: Any, key: str, lease_seconds: int) -> Claim | StoredResponse:
    try:
        return idempotency.claim(
            admission=request.auth,
            endpoint=request.parser_context["view"].endpoint,
            key=key,
            body=request.data,
            lease_seconds=lease_seconds,
        )
    except KeyReused:
        message = "Idempotency-Key was already used with a different request"
        raise ApiError(409, message, code=IDEMPOTENCY_KEY_REUSED) from None
    except KeyInUse:
        raise _in_use() from None


def _in_use() -> ApiError:
    message = "A request with this Idempotency-Key is still in progress"
    return ApiError(409, message, code=IDEMPOTENCY_KEY_IN_USE, retry_after=5)


def _replay(stored: StoredResponse) -> HttpResponse:
    return HttpResponse(
        stored.body,
        status=stored.status,
        content_type="application/json",
        headers={**stored.headers, "Idempotent-Replayed": "true", "Cache-Control": "no-store"},
    )
