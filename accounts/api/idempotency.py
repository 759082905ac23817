"""The `Idempotency-Key` header: which responses are stored, and how they are replayed."""

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

MAX_LENGTH = 255
_LEASE_SECONDS = 60
#: A retry may turn these into success, so it starts over.
NOT_STORED = frozenset({400, 401, 402, 429, 500, 503})
#: Headers that belong to the result of the call rather than to this transfer.
_STORED_HEADERS = ("X-Operation-Id", "Location", "Preference-Applied")


def idempotency_key(request: Any) -> str | None:
    """Return the header's value, None if it is absent; raise 400 if it is malformed."""
    text: str | None = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if text is None:
        return None
    if not 0 < len(text) <= MAX_LENGTH or not text.isascii() or not text.isprintable():
        raise malformed_key()
    return text


def run_idempotent(
    request: Any,
    run: Callable[[Claim | None], HttpResponse],
    *,
    key: str | None,
    lease_seconds: int = _LEASE_SECONDS,
) -> HttpResponse:
    """Run a call, or replay the response of the first call with the same key.

    `run` stores its own success with `store_response`, in the transaction of its changes; errors
    are stored or released here. After `lease_seconds`, a call that died no longer holds the key.
    """
    if key is None:
        return run(None)
    claimed = _claim(request, key, lease_seconds)
    if isinstance(claimed, StoredResponse):
        return _replay(claimed)
    try:
        return run(claimed)
    except ApiError as error:
        if error.status in NOT_STORED:
            idempotency.release(claimed)
            raise
        response = error_response(error, request)
        idempotency.store(claimed, response=to_store(response))
        return response
    except Exception:
        idempotency.release(claimed)
        raise


def store_response(claim: Claim | None, response: HttpResponse) -> None:
    """Store a success; call this in the transaction of the call's changes.

    If a later attempt has taken over the key, the 409 rolls the changes back; that attempt repeats
    them.
    """
    if claim and not idempotency.store(claim, response=to_store(response)):
        raise key_in_use()


def to_store(response: HttpResponse) -> StoredResponse:
    """Return what a retry with the same key gets."""
    headers = {name: response.headers[name] for name in _STORED_HEADERS if name in response.headers}
    return StoredResponse(response.status_code, response.content, headers)


def _claim(request: Any, key: str, lease_seconds: int) -> Claim | StoredResponse:
    try:
        return idempotency.claim(
            admission=request.auth,
            endpoint=request.parser_context["view"].endpoint,
            key=key,
            # The path names what the call is for, such as a shop.
            body={**request.data, **request.parser_context["kwargs"]},
            lease_seconds=lease_seconds,
        )
    except KeyReused:
        raise key_reused() from None
    except KeyInUse:
        raise key_in_use() from None


def malformed_key() -> ApiError:
    message = f"Idempotency-Key must have 1 to {MAX_LENGTH} printable ASCII characters"
    return bad_request(message, code=INVALID_IDEMPOTENCY_KEY)


def key_reused() -> ApiError:
    message = "Idempotency-Key was already used with a different request"
    return ApiError(409, message, code=IDEMPOTENCY_KEY_REUSED)


def key_in_use() -> ApiError:
    message = "A request with this Idempotency-Key is still in progress"
    return ApiError(409, message, code=IDEMPOTENCY_KEY_IN_USE, retry_after=5)


def _replay(stored: StoredResponse) -> HttpResponse:
    return HttpResponse(
        stored.body,
        status=stored.status,
        content_type="application/json",
        headers={**stored.headers, "Idempotent-Replayed": "true", "Cache-Control": "no-store"},
    )
