"""Alerts about requests and keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from accounts.alerts import (
    BUILDERS,
    AlertKind,
    Facts,
    Finding,
    Limit,
    Limits,
    Wording,
    register_alert_kinds,
)
from accounts.error_rates import FEWEST_REQUESTS, NO_REQUESTS, Rate, has_recovered, is_high
from accounts.models import Alert, ApiKey, DailyCalls, Partner, RequestLog
from accounts.models.key import EXPIRY_WARNINGS, TEST_ENVIRONMENTS
from accounts.today import group_by_today
from config.api.timestamps import timestamp
from config.db.chunks import in_chunks
from config.db.logs import keys_for_log
from config.grouping import group_digits
from config.pages.times import zoned_time

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_WEEK = 7
_LEAST_PERCENT = 5


def _test_keys(partner_ids: Collection[str]) -> Any:
    keys = ApiKey.objects.of_all().filter(partner_id__in=partner_ids)
    return keys_for_log(keys.filter(environment__in=TEST_ENVIRONMENTS))


def _hours_of(partner_ids: Collection[str], now: datetime) -> dict[str, Rate]:
    """Count the live requests of the last hour; partners without any are missing."""
    rows = RequestLog.objects.of_live().filter(partner_id__in=partner_ids, at__gt=now - _HOUR)
    live = rows.filter(key__isnull=False).exclude(key__in=_test_keys(partner_ids))
    counts = live.order_by().values("partner_id")
    counts = counts.annotate(all=Count("pk"), errors=Count("pk", filter=Q(status__gte=400)))
    return {row["partner_id"]: Rate(row["all"], row["errors"]) for row in counts}


def _weeks_of(partner_ids: Collection[str]) -> dict[str, Rate]:
    """Count the seven days before each partner's today, which know nothing of what happens now."""
    within = Q(pk__in=[])
    partners = Partner.objects.filter(pk__in=partner_ids).only("time_zone")
    for today, ids in group_by_today(partners).items():
        within |= Q(partner_id__in=ids, day__gte=today - _WEEK * _DAY, day__lt=today)
    live = DailyCalls.objects.of_live().filter(within)
    live = live.exclude(key__in=_test_keys(partner_ids))
    sums = live.order_by().values("partner_id")
    sums = sums.annotate(good=Sum("succeeded"), errors=Sum(F("refused") + F("failed")))
    return {row["partner_id"]: Rate(row["good"] + row["errors"], row["errors"]) for row in sums}


def find_high_rates(limits: Limits) -> Iterator[Finding]:
    """Count errors of all partners by their partial index, and requests of those with some."""
    now = timezone.now()
    errors = RequestLog.objects.of_live().errors().filter(at__gt=now - _HOUR)
    counts = errors.order_by().values("partner_id").annotate(errors=Count("pk"))
    fewest = FEWEST_REQUESTS * _LEAST_PERCENT // 100
    many = counts.filter(errors__gt=fewest).values_list("partner_id", flat=True)
    for chunk in in_chunks(many):
        active = Partner.objects.filter(pk__in=chunk, is_active=True)
        ids = list(active.values_list("pk", flat=True))
        hours = _hours_of(ids, now)
        high = {key: hour for key, hour in hours.items() if hour.percent > limits[key]}
        weeks = _weeks_of(high)
        for partner_id, hour in high.items():
            week = weeks.get(partner_id, NO_REQUESTS)
            if is_high(hour, week, limits[partner_id]):
                yield Finding(partner_id, "", _rate_facts(hour, week, now - _HOUR))


def _rate_facts(hour: Rate, week: Rate, since: datetime) -> dict[str, object]:
    return {
        "requests": hour.requests,
        "errors": hour.errors,
        "errorPercent": round(hour.percent, 1),
        "usualErrorPercent": round(week.percent, 1),
        "since": timestamp(since),
    }


def _over_rates(alerts: list[Alert], limits: Limits) -> Iterator[Alert]:
    now = timezone.now()
    for chunk in in_chunks(alerts):
        hours = _hours_of([alert.partner_id for alert in chunk], now)
        for alert in chunk:
            hour = hours.get(alert.partner_id, NO_REQUESTS)
            if has_recovered(hour, limits[alert.partner_id]):
                yield alert


def _describe_rate(facts: Facts) -> Wording:
    percent, usual = f"{facts['errorPercent']:g}%", f"{facts['usualErrorPercent']:g}%"
    errors, requests = group_digits(facts["errors"]), group_digits(facts["requests"])
    return Wording(
        gettext("%(percent)s of requests failed in an hour") % {"percent": percent},
        gettext(
            "%(errors)s of %(requests)s live requests returned an error. In the week before it was"
            " %(usual)s."
        )
        % {"errors": errors, "requests": requests, "usual": usual},
        gettext("View errors"),
        reverse("request-errors"),
    )


def _expiring(now: datetime) -> Any:
    """Live and management keys that end soon and have no replacement."""
    ending = ApiKey.objects.of_all().active(now).filter(expires_at__lte=now + max(EXPIRY_WARNINGS))
    return ending.exclude(environment__in=TEST_ENVIRONMENTS).filter(replaced_by=None)


def find_expiring_keys(_limits: Limits) -> Iterator[Finding]:
    """Each warning of a key is an alert of its own; the first is no news once the second is."""
    now = timezone.now()
    for key in _expiring(now).filter(partner__is_active=True):
        if warning := key.expiry_warning(now):
            facts = {
                "keyId": key.pk,
                "keyName": key.name,
                "lastFour": key.last_four,
                "expiresAt": timestamp(key.expires_at),
                "days": warning.days,
            }
            yield Finding(key.partner_id, f"{key.pk}:{warning.days}", facts)


def _over_keys(alerts: list[Alert], _limits: Limits) -> Iterable[Alert]:
    now = timezone.now()
    ids = {alert.facts["keyId"] for alert in alerts}
    keys = {key.pk: key for key in _expiring(now).filter(pk__in=ids)}
    for alert in alerts:
        key = keys.get(alert.facts["keyId"])
        if key is None or key.expires_at > now + alert.facts["days"] * _DAY:
            yield alert


def _describe_key(facts: Facts) -> Wording:
    if facts["days"] == max(EXPIRY_WARNINGS).days:
        title = gettext("%(key)s expires in 7 days")
    else:
        title = gettext("%(key)s expires within a day")
    at = zoned_time(datetime.fromisoformat(facts["expiresAt"]))
    return Wording(
        title % {"key": facts["keyName"]},
        gettext(
            "The API key %(key)s (…%(last_four)s) expires on %(time)s. Requests with it return 401"
            " from then on. Roll it before to replace it without an interruption."
        )
        % {"key": facts["keyName"], "last_four": facts["lastFour"], "time": at},
        gettext("View key"),
        reverse("key", args=[facts["keyId"]]),
    )


register_alert_kinds(
    AlertKind(
        name="error_rate",
        label=gettext_lazy("High error rate"),
        explanation=format_lazy(
            gettext_lazy(
                "More live requests than usual return an error, in an hour with at least"
                " {number} requests."
            ),
            number=FEWEST_REQUESTS,
        ),
        roles=BUILDERS,
        default_roles=BUILDERS,
        describe=_describe_rate,
        sample={
            "requests": 212,
            "errors": 72,
            "errorPercent": 34.0,
            "usualErrorPercent": 2.1,
            "since": "2026-11-24T09:30:00.000Z",
        },
        find=find_high_rates,
        over=_over_rates,
        limit=Limit(
            gettext_lazy("Error rate above"),
            gettext_lazy("percent"),
            20,
            _LEAST_PERCENT,
            100,
            gettext_lazy(
                "Of the live requests of an hour. The rate must also be twice that of the week."
            ),
        ),
    ),
    AlertKind(
        name="key_expiring",
        label=gettext_lazy("API key expires"),
        explanation=gettext_lazy(
            "7 days and 1 day before a live or management key expires, unless it has been rolled."
        ),
        roles=BUILDERS,
        default_roles=BUILDERS,
        describe=_describe_key,
        sample={
            "keyId": "665a1f2e3b4c5d6e7f8a9b0c",
            "keyName": "Storefront",
            "lastFour": "a1B2",
            "expiresAt": "2026-12-01T09:30:00.000Z",
            "days": 7,
        },
        find=find_expiring_keys,
        over=_over_keys,
    ),
)
