"""The HTTP side of `Idempotency-Key`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from accounts.services import idempotency
from accounts.services.idempotency import Claim, StoredResponse, check_key
from config.api.errors import ApiError
from config.api.exceptions import error_response

_LEASE_SECONDS = 60
#: Headers of a first answer that belong to what happened, not to the transfer.
_KEPT_HEADERS = ("X-Operation-Id",)


def idempotency_key(request: Any) -> str | None:
    """The header's value, or None; raises 400 for one that cannot be a key."""
    text = request.META.get("HTTP_IDEMPOTENCY_KEY")
    return None if text is None else check_key(text)


def run_idempotent(
    request: Any,
    *,
    endpoint: str,
    run: Callable[[Claim | None], HttpResponse],
    lease_seconds: int = _LEASE_SECONDS,
) -> HttpResponse:
    """Runs a call, or gives the answer of the first one with its `Idempotency-Key` again.

    `run` keeps its success itself, under the claim and inside the transaction of the deed; what
    it refuses is kept or released here. `lease_seconds` bounds the hold of a call that dies.
    """
    key = idempotency_key(request)
    if key is None:
        return run(None)
    claimed = idempotency.claim(
        admission=request.auth,
        endpoint=endpoint,
        key=key,
        body=request.data,
        lease_seconds=lease_seconds,
    )
    if isinstance(claimed, StoredResponse):
        return _replay(claimed)
    try:
        return run(claimed)
    except ApiError as error:
        if error.status in idempotency.NOT_KEPT:
            idempotency.release(claimed)
            raise
        answer = error_response(error, request)
        idempotency.keep(claimed, kept_answer(answer))
        return answer
    except Exception:
        idempotency.release(claimed)
        raise


def store_response(claim: Claim | None, answer: HttpResponse) -> None:
    """Call it in the transaction of the deed: where the key was lost to a later attempt the 409
    undoes the deed, which that attempt does again."""
    if claim and not idempotency.keep(claim, kept_answer(answer)):
        raise idempotency.in_use()


def kept_answer(answer: HttpResponse) -> StoredResponse:
    """What a retry with the same key will be given."""
    headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
    return StoredResponse(answer.status_code, answer.content, headers)


def _replay(kept: StoredResponse) -> HttpResponse:
    return HttpResponse(
        kept.body,
        status=kept.status,
        content_type="application/json",
        headers={**kept.headers, "Idempotent-Replayed": "true", "Cache-Control": "no-store"},
    )
