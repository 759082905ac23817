"""A week of the request log."""

from __future__ import annotations

from uuid import uuid4

from django.db import connection

from accounts.models import KeyActivity, RequestLog
from accounts.request_log.activity import ActivityNotes, write_activity
from accounts.request_log.lines import LogLine
from tests.seed.history import ago
from tests.seed.side import Side

_CREATE, _ENHANCE = "/partner/v1/image/create", "/partner/v1/image/enhance"
_MANAGEMENT = "/api/v2/third-party/"
#: Key, method, path, status, code, message: common ones stand several times.
_CALLS: list[tuple[str, str, str, int, str, str]] = [
    *[("Storefront", "POST", _CREATE, 200, "", "")] * 14,
    *[("Catalogue import", "POST", _CREATE, 200, "", "")] * 6,
    *[("Mobile app", "POST", _ENHANCE, 200, "", "")] * 4,
    ("Staging", "POST", _CREATE, 200, "", ""),
    ("Storefront", "GET", "/partner/v1/image/usage", 200, "", ""),
    ("Back office", "POST", f"{_MANAGEMENT}createAccount", 201, "", ""),
    ("Back office", "GET", f"{_MANAGEMENT}integrationStatus", 200, "", ""),
    ("Back office", "POST", f"{_MANAGEMENT}createAndDeploy", 202, "", ""),
    (
        "Storefront",
        "POST",
        _CREATE,
        422,
        "blocked_by_safety_filters",
        "Content blocked by safety filters",
    ),
    ("Storefront", "POST", _CREATE, 403, "ip_not_allowed", "Request IP not in API key whitelist"),
    (
        "Catalogue import",
        "POST",
        _ENHANCE,
        403,
        "permission_denied",
        "API key does not have permission for this endpoint",
    ),
    (
        "Catalogue import",
        "POST",
        _CREATE,
        429,
        "rate_limited",
        "Rate limit exceeded: 30 requests per minute",
    ),
    (
        "Staging",
        "POST",
        _CREATE,
        400,
        "invalid_aspect_ratio",
        "Invalid aspect ratio. Supported: 1:1, 16:9, 9:16, 4:3, 3:4, 3:2, 2:3",
    ),
    ("Campaign pages", "POST", _CREATE, 401, "key_expired", "API key has expired"),
    (
        "Mobile app",
        "POST",
        _ENHANCE,
        503,
        "service_unavailable",
        "Image service is temporarily unavailable",
    ),
    (
        "Back office",
        "POST",
        f"{_MANAGEMENT}createAccount",
        409,
        "duplicate_account",
        "An account with this email or mobile number already exists.",
    ),
    (
        "Back office",
        "GET",
        f"{_MANAGEMENT}getAccount/{'0' * 24}",
        404,
        "account_not_found",
        "Account not found.",
    ),
]
_ADDRESSES = ["203.0.113.24", "203.0.113.91", "198.51.100.17", "2001:db8::2:19"]


def add_calls(side: Side) -> None:
    """Add a week of requests; the last one is an error, which has the most details."""
    count = 20 * side.size
    lines = [_line(side, number, count) for number in range(count)]
    RequestLog.objects.bulk_create(lines)
    with connection.cursor() as cursor:
        write_activity(cursor, ActivityNotes().take(map(_as_logged, lines)))
    # Long enough to be compared with what the keys may do.
    KeyActivity.objects.of(side.partner.pk).update(first_at=ago(days=20))
    errors = RequestLog.objects.filter(partner=side.partner, status__gte=400)
    newest = errors.latest("at")
    side.rows |= {"request": str(newest.pk), "request_id": newest.request_id}


def _as_logged(row: RequestLog) -> LogLine:
    return LogLine(**{name: getattr(row, name) for name in LogLine._fields})


def _line(side: Side, number: int, count: int) -> RequestLog:
    random = side.random
    key, method, path, status, code, message = random.choice(_CALLS)
    refused = status in (401, 403, 429)
    return RequestLog(
        at=ago(minutes=3 + 160 * 60 * (number / count) ** 1.3 + random.random()),
        partner=side.partner,
        key=side.keys[key],
        request_id=uuid4().hex,
        method=method,
        path=path,
        status=status,
        code=code,
        message=message,
        milliseconds=random.randint(1, 4) if refused else int(random.lognormvariate(7.4, 0.8)),
        address=random.choice(_ADDRESSES),
    )
