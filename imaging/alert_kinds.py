"""The alert that a key's spend limit rejects its requests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

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
from billing.spending import SpendLimit, read_many_spend_limits
from config.api.timestamps import timestamp
from config.db.chunks import in_chunks
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
    rows = rejected.order_by().values("partner_id", "key_id").annotate(last_at=Max("at"))
    named = rows.values_list("partner_id", "key_id", "last_at")
    dearest = _dearest_price()
    for chunk in in_chunks(named):
        last_at = {(partner, key): at for partner, key, at in chunk}
        for key, limits in _with_limits(last_at):
            for limit in limits:
                rejected_at = last_at[key.partner_id, key.pk]
                if limit.remaining < dearest and rejected_at >= limit.starts_at:
                    yield Finding(key.partner_id, _subject(key, limit), _facts(key, limit))
                    break


def _with_limits(
    named: Collection[tuple[str, str]],
) -> Iterator[tuple[ApiKey, list[SpendLimit]]]:
    """Yield those of the keys that are active, given by partner and id, with their limits."""
    partners, ids = {partner for partner, _ in named}, {key for _, key in named}
    active = ApiKey.objects.of_all().active().filter(partner_id__in=partners, pk__in=ids)
    active = active.filter(partner__is_active=True)
    keys = [key for key in active if (key.partner_id, key.pk) in named]
    limits = read_many_spend_limits(keys)
    for key in keys:
        yield key, limits[key.pk]


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
    for chunk in in_chunks(alerts):
        named = {(alert.partner_id, alert.facts["keyId"]) for alert in chunk}
        current = {
            (key.partner_id, _subject(key, limit))
            for key, limits in _with_limits(named)
            for limit in limits
        }
        yield from (each for each in chunk if (each.partner_id, each.subject) not in current)


def _describe(facts: Facts) -> Wording:
    spent, limit = (format_points(round(facts[name] * SCALE)) for name in ("spent", "limit"))
    until = zoned_time(datetime.fromisoformat(facts["resetsAt"]))
    values = {"key": facts["keyName"], "spent": spent, "limit": limit, "time": until}
    if facts["period"] == "day":
        title = gettext("%(key)s has reached its limit of %(limit)s points a day")
        text = gettext(
            "The API key %(key)s has spent %(spent)s of %(limit)s points today. Requests that would"
            " exceed the limit are rejected until %(time)s."
        )
    else:
        title = gettext("%(key)s has reached its limit of %(limit)s points a month")
        text = gettext(
            "The API key %(key)s has spent %(spent)s of %(limit)s points this month. Requests that"
            " would exceed the limit are rejected until %(time)s."
        )
    button, page = gettext("View key"), reverse("key", args=[facts["keyId"]])
    return Wording(title % values, text % values, button, page)


register_alert_kinds(
    AlertKind(
        name="spend_limit_reached",
        label=gettext_lazy("Spend limit reached"),
        explanation=gettext_lazy(
            "A live request was rejected because its key has reached its spend limit of the day or"
            " the month."
        ),
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
