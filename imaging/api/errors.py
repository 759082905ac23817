"""The documented error responses of image calls."""

from __future__ import annotations

import structlog

from billing.points import to_number, to_text
from billing.spending import SpendLimit
from config.api.errors import ApiError, bad_request
from config.api.timestamps import timestamp
from imaging.error_codes import (
    INSUFFICIENT_POINTS,
    SPEND_LIMIT_REACHED,
    TOO_MANY_FAILURES,
)
from imaging.failures import FailureText, describe_failure
from imaging.providers.base import Action, ProviderBusy, ProviderError, SafetyBlocked
from imaging.services.cancellation import Cancelled
from imaging.services.decode_failures import MAX_FAILURES
from imaging.services.inputs import DownloadFailed, TooManyFailures
from imaging.services.operations import Quote

log = structlog.get_logger(__name__)

_RETRY_SECONDS = 5


def not_charged(quote: Quote, mode: str) -> ApiError:
    """Build the 402 with the cost at the tier of the oldest bucket with points."""
    if quote.is_covered and quote.reached:
        return _spend_limit_reached(quote.reached, quote.cost)
    return ApiError(
        402,
        f"Insufficient points. Required: {to_text(quote.cost)} "
        f"({quote.tier} tier, {mode} mode), Available: {to_text(quote.balance)}. "
        "Please top up your account.",
        code=INSUFFICIENT_POINTS,
        extra={
            "required": to_number(quote.cost),
            "available": to_number(quote.balance),
            "tier": quote.tier,
        },
    )


def _spend_limit_reached(reached: SpendLimit, cost: int) -> ApiError:
    return ApiError(
        402,
        "Spend limit of this API key reached: "
        f"{to_text(reached.limit)} points per {reached.period}",
        code=SPEND_LIMIT_REACHED,
        extra={
            "required": to_number(cost),
            "period": reached.period,
            "limit": to_number(reached.limit),
            "spent": to_number(reached.spent),
            "resetsAt": timestamp(reached.resets_at),
        },
    )


def download_failed(error: DownloadFailed) -> ApiError:
    """Build the 400; its detail comes from a fixed list, and `field` names the image."""
    field = f"images.{error.position}"
    text = describe_failure("enhance", "download", error.detail, field)
    return bad_request(text.message, code=text.code, field=text.field)


def too_many_failures(error: TooManyFailures) -> ApiError:
    """Build the 429 for a partner whose images keep failing to decode."""
    message = f"Too many images could not be decoded: {MAX_FAILURES} in an hour"
    return ApiError(429, message, code=TOO_MANY_FAILURES, retry_after=error.retry_after)


def failed_call(error: Exception, action: Action, operation_id: str) -> ApiError:
    """Build the 422, 503, 500 or 409 for an operation that was started and refunded."""
    headers = {"X-Operation-Id": operation_id}
    if isinstance(error, Cancelled):
        return cancelled(action, headers)
    if isinstance(error, SafetyBlocked):
        return _api_error(422, describe_failure(action, "blocked", error.reason), headers)
    if isinstance(error, ProviderBusy):
        log.warning("provider busy", operation=operation_id, reason=str(error))
        return busy(action, headers)
    if isinstance(error, DownloadFailed):
        log.info("image not downloaded", operation=operation_id, reason=error.detail)
    elif isinstance(error, ProviderError):
        log.error("provider returned no image", operation=operation_id, reason=str(error))
    else:
        log.error("image request failed", operation=operation_id, exc_info=error)
    return _api_error(500, describe_failure(action, "failed"), headers)


def cancelled(action: Action, headers: dict[str, str] | None = None) -> ApiError:
    return _api_error(409, describe_failure(action, "cancelled"), headers or {})


def blocked(reason: str, action: Action) -> ApiError:
    return _api_error(422, describe_failure(action, "blocked", reason), {})


def failed(action: Action) -> ApiError:
    return _api_error(500, describe_failure(action, "failed"), {})


def busy(action: Action, headers: dict[str, str] | None = None) -> ApiError:
    """Build the 503: the provider, or for calls that are not waited for this process, is busy."""
    text = describe_failure(action, "busy")
    return ApiError(503, text.message, code=text.code, retry_after=_RETRY_SECONDS, headers=headers)


def _api_error(status: int, text: FailureText, headers: dict[str, str]) -> ApiError:
    return ApiError(status, text.message, code=text.code, headers=headers)
