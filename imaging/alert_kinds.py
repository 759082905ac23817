"""The alert that a key's spend limit rejects its requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts.alerts import (
    BUILDERS,
    AlertKind,
    Facts,
    Finding,
    Limits,
    Wording,
    register_alert_kinds,
)
from accounts.models import Alert, ApiKey, RequestLog
from billing.models import OperationPrice
from billing.points import SCALE, format_points, to_number
from billing.spending import SpendLimit, read_spend_limits
from config.api.timestamps import timestamp
from config.pages.times import zoned_time
from imaging.error_codes import SPEND_LIMIT_REACHED

#: The job runs more often.
_RECENTLY = timedelta(minutes=15)


def find_reached_limits(_limits: Limits) -> Iterator[Finding]:
    """Find live keys of which a request was rejected lately, and whose limit is still as full."""
    rejected = (
        RequestLog.objects.of_live()
        .errors()
        .filter(at__gt=timezone.now() - _RECENTLY, code=SPEND_LIMIT_REACHED.name)
    )
    dearest = _dearest_price()
    rows = rejected.order_by().values("partner_id", "key_id").annotate(last_at=Max("at"))
    for row in rows.filter(partner__is_active=True):
        key = ApiKey.objects.of(row["partner_id"]).active().filter(pk=row["key_id"]).first()
        reached = read_spend_limits(row["partner_id"], row["key_id"]) if key else []
        for limit in reached:
            is_full = limit.remaining < dearest
            if key and is_full and row["last_at"] >= limit.starts_at:
                yield Finding(key.partner_id, _subject(key, limit), _facts(key, limit))
                break


def _dearest_price() -> int:
    """Return what no single request costs more than, so that the limit may have rejected it."""
    prices = OperationPrice.objects.in_force().values_list("points", flat=True)
    return max(prices, default=0)


def _subject(key: ApiKey, limit: SpendLimit) -> str:
    """Name key, period and limit: a new period, or another limit, can be reached again."""
    return f"{key.rate_subject}:{limit.starts_at:%Y-%m-%d}:{limit.period}:{limit.limit}"


def _facts(key: ApiKey, limit: SpendLimit) -> dict[str, object]:
    return {
        "keyId": key.pk,
        "keyName": key.name,
        "period": limit.period,
        "limit": to_number(limit.limit),
        "spent": to_number(limit.spent),
        "resetsAt": timestamp(limit.resets_at),
    }


def _over_limits(alerts: list[Alert], _limits: Limits) -> Iterable[Alert]:
    """A limit is over it with its period, or when the key has another limit or ends."""
    for alert in alerts:
        key = ApiKey.objects.of(alert.partner_id).active().filter(pk=alert.facts["keyId"]).first()
        now = read_spend_limits(alert.partner_id, key.pk) if key else []
        if not key or alert.subject not in {_subject(key, limit) for limit in now}:
            yield alert


def _describe(facts: Facts) -> Wording:
    spent, limit = (format_points(round(facts[name] * SCALE)) for name in ("spent", "limit"))
    period = "today" if facts["period"] == "day" else "this month"
    until = zoned_time(datetime.fromisoformat(facts["resetsAt"]))
    return Wording(
        f"{facts['keyName']} has reached its limit of {limit} points a {facts['period']}",
        f"The API key {facts['keyName']} has spent {spent} of {limit} points {period}. Requests"
        f" that would exceed the limit are rejected until {until}.",
        "View key",
        reverse("key", args=[facts["keyId"]]),
    )


register_alert_kinds(
    AlertKind(
        name="spend_limit_reached",
        label="Spend limit reached",
        explanation="A live request was rejected because its key has reached its spend limit of the"
        " day or the month.",
        roles=BUILDERS,
        default_roles=BUILDERS,
        describe=_describe,
        sample={
            "keyId": "665a1f2e3b4c5d6e7f8a9b0c",
            "keyName": "Storefront",
            "period": "day",
            "limit": 500,
            "spent": 496.25,
            "resetsAt": "2026-11-24T18:30:00.000Z",
        },
        find=find_reached_limits,
        over=_over_limits,
    )
)
