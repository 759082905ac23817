"""Rehearse how a live image call can end, with a test key."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

from django.conf import settings

from accounts.api.errors import denied
from accounts.services.authorization import Admission
from config.api.errors import ApiError
from config.db.statements import release_connection
from imaging.api import errors
from imaging.models import ImageOperation
from imaging.requests import ImageRequest
from imaging.services.operations import Quote
from imaging.services.quotes import quote_call

SIMULATIONS = ("safety", "busy", "failed", "insufficient", "rate_limit", "expired", "slow")
_BLOCKED_FOR = "prohibited content"
#: How a call that is not waited for fails after its 202, and the detail of its error.
LATE_FAILURES = {
    "safety": (ImageOperation.Failure.BLOCKED, _BLOCKED_FOR),
    "busy": (ImageOperation.Failure.BUSY, ""),
    "failed": (ImageOperation.Failure.FAILED, ""),
}
#: Slow calls at once in a process: each keeps a thread, and costs no points that would limit them.
_slow_calls = threading.BoundedSemaphore(8)


def rehearse(name: str, request: Any, admission: Admission, image_request: ImageRequest) -> None:
    """Raise the documented error of this name, or wait for `slow`. No operation is started."""
    if name == "slow":
        _wait(image_request)
    elif name:
        raise _error(name, request, admission, image_request)


def _error(name: str, request: Any, admission: Admission, image_request: ImageRequest) -> ApiError:
    action = image_request.action
    match name:
        case "safety":
            return errors.blocked(_BLOCKED_FOR, action)
        case "busy":
            return errors.busy(action)
        case "insufficient":
            return _insufficient(admission, image_request)
        case "rate_limit":
            return _rate_limited(request, admission)
        case "expired":
            return denied(replace(admission, denied_by="expired"))
        case _:
            return errors.failed(action)


def _insufficient(admission: Admission, image_request: ImageRequest) -> ApiError:
    """Return the 402 of a partner without points, at the price that it pays now."""
    mode = image_request.mode
    quote = quote_call(
        partner_id=admission.partner_id,
        key_id=admission.key_id,
        action=image_request.action,
        mode=mode,
    )
    return errors.not_charged(Quote(quote.tier, quote.price, 0), mode)


def _rate_limited(request: Any, admission: Admission) -> ApiError:
    """Return the 429, with the headers of a minute in which no call is left."""
    assert admission.minute
    window = replace(admission.minute, left=0)
    used_up = replace(admission, minute=window, retry_after=max(window.reset, 1))
    request._request.admission = used_up
    return denied(replace(used_up, denied_by="minute"))


def _wait(image_request: ImageRequest) -> None:
    if not _slow_calls.acquire(blocking=False):
        raise errors.busy(image_request.action)
    try:
        release_connection()
        time.sleep(settings.SIMULATED_SLOW_SECONDS)
    finally:
        _slow_calls.release()
