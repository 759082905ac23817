"""Whether the daily counts of a partner, which charts show, say what its books say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import connection
from django.db.models import F, Sum

from accounts.models import DailyCalls, Partner
from billing.models import DailyUsage, PointBucket

#: Succeeded, failed, and points in hundredths.
Day = tuple[int, int, int]

_BOOKS = """
    SELECT accounts_local_time(charge.partner_id, charge.created_at)::date AS day,
           count(*) FILTER (WHERE charge.state = 'succeeded'),
           count(*) FILTER (WHERE charge.state = 'refunded'),
           sum(moved.spent)::bigint
    FROM billing_charge charge
    JOIN imaging_imageoperation operation ON operation.id = charge.id
    JOIN (SELECT operation_id, -sum(points) AS spent FROM billing_ledgerentry
          WHERE partner_id = %s AND operation_id IS NOT NULL GROUP BY operation_id
    ) moved ON moved.operation_id = charge.id
    WHERE charge.partner_id = %s GROUP BY day
"""


def counted(partner: Partner) -> Mapping[date, Day]:
    """Return what the counts say of each day with live requests."""
    rows = DailyUsage.objects.of(partner.pk).filter(is_test=False).values("day")
    sums = rows.annotate(good=Sum("succeeded"), bad=Sum("failed"), spent=Sum("points"))
    return {row["day"]: (row["good"], row["bad"], row["spent"]) for row in sums}


def booked(partner: Partner) -> Mapping[date, Day]:
    """Return what the requests, their charges and the ledger say of each day."""
    with connection.cursor() as cursor:
        cursor.execute(_BOOKS, [partner.pk, partner.pk])
        return {day: (good, bad, spent) for day, good, bad, spent in cursor.fetchall()}


def used_of_buckets(partner: Partner) -> int:
    """Return the hundredths that have been used of everything bought and given."""
    used = F("original") - F("remaining") - F("taken")
    return PointBucket.objects.of(partner.pk).aggregate(used=Sum(used))["used"] or 0


def calls_fewer_than_images(partner: Partner) -> list[date]:
    """Return the days on which more images are counted than requests."""
    images = DailyUsage.objects.of(partner.pk).values_list("day").annotate(Sum("succeeded"))
    calls = dict(DailyCalls.objects.of(partner.pk).values_list("day").annotate(Sum("succeeded")))
    return [day for day, succeeded in images if calls.get(day, 0) < succeeded]
