"""Error responses for denied callers (API documentation, Authentication and Rate limits)."""

from __future__ import annotations

from accounts import error_codes
from accounts.services.authorization import Admission
from config.api.errors import ApiError, not_found


def key_required() -> ApiError:
    return ApiError(
        401, "API key required. Provide via X-API-Key header.", code=error_codes.API_KEY_REQUIRED
    )


def invalid_key() -> ApiError:
    """Return the 401 of an unknown key; a key of the wrong kind gets it, too."""
    return ApiError(401, "Invalid or revoked API key", code=error_codes.INVALID_API_KEY)


def denied(admission: Admission) -> ApiError:
    """Return the documented error for the check that failed."""
    match admission.denied_by:
        case "partner":
            return ApiError(403, "Partner account is inactive", code=error_codes.PARTNER_INACTIVE)
        case "expired":
            return ApiError(401, "API key has expired", code=error_codes.KEY_EXPIRED)
        case "network":
            return ApiError(
                403, "Request IP not in API key whitelist", code=error_codes.IP_NOT_ALLOWED
            )
        case "permission":
            message = "API key does not have permission for this endpoint"
            return ApiError(403, message, code=error_codes.PERMISSION_DENIED)
        case "minute" | "day":
            return _rate_limited(admission)
        case _:
            return invalid_key()


def _rate_limited(admission: Admission) -> ApiError:
    assert admission.minute
    assert admission.day
    if admission.denied_by == "day":
        message = f"Daily rate limit exceeded: {admission.day.limit} requests per day"
        code = error_codes.DAILY_RATE_LIMITED
    else:
        message = f"Rate limit exceeded: {admission.minute.limit} requests per minute"
        code = error_codes.RATE_LIMITED
    return ApiError(429, message, code=code, retry_after=admission.retry_after)


def account_not_found(message: str = "Account not found.") -> ApiError:
    """Return the 404, whose message differs between endpoints."""
    return not_found(message, code=error_codes.ACCOUNT_NOT_FOUND)
