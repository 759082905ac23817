"""Limits of a key, and time that goes by for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from accounts.models import Partner
from tests.envelope import assert_error
from tests.factories import Keys

USAGE = "/partner/v1/image/usage"

CREATE = "/partner/v1/image/create"

Get = Callable[..., Any]

DAY = 86_400


def limit(keys: Keys, minute: int, day: int = 10_000) -> None:
    Partner.objects.filter(pk=keys.partner.pk).update(
        requests_per_minute=minute, requests_per_day=day
    )


def let_pass(seconds: float) -> None:
    """Every counted call moves this far into the past, as if the time had gone by."""
    columns = ", ".join(
        f"{name} = ARRAY(SELECT moment - %s FROM unnest({name}) WITH ORDINALITY AS t(moment, n)"
        " ORDER BY n)"
        for name in ("minute_at", "day_at")
    )
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_ratewindow SET {columns}", [seconds, seconds])


def assert_rate_limited(response: Any, message: str) -> int:
    """A 429 with these words; answers its `retryAfter`."""
    body = assert_error(response, 429, message)
    assert response.headers["Retry-After"] == str(body["retryAfter"])
    assert type(body["retryAfter"]) is int
    return int(body["retryAfter"])
