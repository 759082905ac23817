"""How much of its rate limits a key uses now."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import pgettext

from accounts.models import ApiKey, Environment
from config.db.owned import sandbox_id

# A slot leaves its window as `accounts_count_call` lets it leave, but without changing the row.
_READ = """
    SELECT (SELECT sum(calls) FROM unnest(w.minute_at, w.minute_calls) slot (at, calls)
            WHERE at > extract(epoch FROM clock_timestamp()) - 60),
           (SELECT sum(calls) FROM unnest(w.day_at, w.day_calls) slot (at, calls)
            WHERE at > extract(epoch FROM clock_timestamp()) - 86400)
    FROM accounts_ratewindow w WHERE w.partner_id = %s AND w.subject = %s
"""


@dataclass(frozen=True, slots=True)
class RateUse:
    """Requests counted against a limit in the last `window`."""

    window: str
    used: int
    limit: int


def read_rate_use(key: ApiKey) -> list[RateUse]:
    """Return the use of the limit per minute and of that per day; the key's partner is loaded."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, (key.partner_id, _subject_of(key)))
        minute, day = cursor.fetchone() or (0, 0)
    per_minute = key.requests_per_minute or key.partner.requests_per_minute
    per_day = key.requests_per_day or key.partner.requests_per_day
    return [
        RateUse(pgettext("Last …", "minute"), minute or 0, per_minute),
        RateUse(pgettext("Last …", "24 hours"), day or 0, per_day),
    ]


def _subject_of(key: ApiKey) -> str:
    """Return what `accounts_authorize` counts the key's requests under."""
    if key.environment == Environment.MANAGEMENT:
        return key.partner_id
    if key.environment == Environment.MANAGEMENT_TEST:
        return sandbox_id(key.partner_id)
    return key.rate_subject
