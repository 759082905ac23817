"""Usage of a partner by day, read from daily rollups only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from operator import add
from typing import Any, NamedTuple, TypeVar

from django.db.models import Sum

from accounts.models import ApiKey, DailyCalls, Partner
from billing.models import DailyUsage, OperationPrice
from billing.models.usage import DailyUsageQuerySet
from billing.periods import Period
from billing.points import SCALE
from config.db.replica import reading_from_replica


class Calls(NamedTuple):
    """API responses by outcome."""

    succeeded: int = 0
    refused: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return sum(self)

    @property
    def errors(self) -> int:
        return self.refused + self.failed

    @property
    def error_percent(self) -> float:
        return 100 * self.errors / self.total if self.total else 0.0


class Images(NamedTuple):
    """Finished image operations, and their net points in hundredths."""

    succeeded: int = 0
    failed: int = 0
    points: int = 0

    @property
    def total(self) -> int:
        return self.succeeded + self.failed

    @property
    def points_each(self) -> int:
        """Return the points per successful image, rounded to a hundredth."""
        return round(self.points / self.succeeded) if self.succeeded else 0


#: Kinds of image operations in display order.
Kind = tuple[str, str]
KINDS: tuple[Kind, ...] = tuple(
    (action, mode) for action in OperationPrice.Action.values for mode in OperationPrice.Mode.values
)
_IMAGES = (Sum("succeeded"), Sum("failed"), Sum("points"))


Numbers = TypeVar("Numbers", Calls, Images)


@dataclass(frozen=True)
class UsageReport:
    """Calls and images of some keys in a period and the previous one; unused days are missing.

    `calls_by_key` and `images_by_key` are of the period itself, by key id.
    """

    period: Period
    keys: Sequence[ApiKey]
    calls: dict[date, Calls] = field(default_factory=dict)
    images: dict[tuple[date, Kind], Images] = field(default_factory=dict)
    calls_by_key: dict[tuple[date, str], Calls] = field(default_factory=dict)
    images_by_key: dict[str, Images] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Return whether both periods are empty."""
        return not (self.calls or self.images)

    def calls_in(self, days: Sequence[date]) -> Calls:
        return _add(Calls, (self.calls.get(day) for day in days))

    def images_in(self, days: Sequence[date], kinds: Sequence[Kind] = KINDS) -> Images:
        return _add(Images, (self.images.get((day, kind)) for day in days for kind in kinds))

    def calls_of(self, key: ApiKey) -> Calls:
        return _add(Calls, (self.calls_by_key.get((day, key.id)) for day in self.period.days))


def read_report(partner: Partner, period: Period, keys: Sequence[ApiKey]) -> UsageReport:
    """Read the report in three queries, however many days and keys there are."""
    used = DailyUsage.objects.of(partner.id).filter(key__in=keys)
    with reading_from_replica():
        by_day, by_key = _calls(partner, period, keys)
        return UsageReport(
            period=period,
            keys=keys,
            calls=by_day,
            images=_images_by_day_and_kind(used, period),
            calls_by_key=by_key,
            images_by_key=_images_by_key(used, period),
        )


def read_calls(partner: Partner, period: Period, keys: Sequence[ApiKey]) -> UsageReport:
    """Return the calls of a report without its images."""
    with reading_from_replica():
        by_day, by_key = _calls(partner, period, keys)
    return UsageReport(period=period, keys=keys, calls=by_day, calls_by_key=by_key)


def read_points(partner: Partner, first: date, last: date) -> dict[date, int]:
    """Return net hundredths of a point by day; unused days are missing."""
    used = DailyUsage.objects.of(partner.id).between(first, last)
    with reading_from_replica():
        return dict(used.order_by().values_list("day").annotate(Sum("points")))


def _calls(
    partner: Partner, period: Period, keys: Sequence[ApiKey]
) -> tuple[dict[date, Calls], dict[tuple[date, str], Calls]]:
    """Return the calls of both periods by day, and those of the period itself by day and key."""
    called = DailyCalls.objects.of(partner.id).filter(key__in=[key.pk for key in keys])
    rows = called.filter(day__range=(period.first_before, period.last))
    by_day: dict[date, Calls] = {}
    by_key: dict[tuple[date, str], Calls] = {}
    for day, key, *counts in rows.values_list("day", "key_id", "succeeded", "refused", "failed"):
        calls = Calls(*counts)
        by_day[day] = Calls(*map(add, by_day[day], calls)) if day in by_day else calls
        if day >= period.first:
            by_key[day, key] = calls
    return by_day, by_key


def _images_by_day_and_kind(
    used: DailyUsageQuerySet, period: Period
) -> dict[tuple[date, Kind], Images]:
    both = used.between(period.first_before, period.last).order_by()
    rows = both.values_list("day", "action", "mode").annotate(*_IMAGES)
    return {(day, (action, mode)): Images(*sums) for day, action, mode, *sums in rows}


def _images_by_key(used: DailyUsageQuerySet, period: Period) -> dict[str, Images]:
    now = used.between(period.first, period.last).order_by()
    return {key: Images(*sums) for key, *sums in now.values_list("key_id").annotate(*_IMAGES)}


def usage_rows(
    partner: Partner, period: Period, keys: Sequence[ApiKey]
) -> Iterator[tuple[Any, ...]]:
    """Yield a row per day, key, operation and mode, oldest first; points as decimals."""
    rows = (
        DailyUsage.objects.of(partner.id)
        .between(period.first, period.last)
        .filter(key__in=keys)
        .order_by("day", "key_id", "action", "mode")
        .values_list(
            *("day", "key__name", "key__last_four", "action", "mode", "key__environment"),
            *("succeeded", "failed", "points"),
        )
    )
    for day, name, last_four, *kind, succeeded, failed, points in rows:
        yield day, f"{name} (…{last_four})", *kind, succeeded, failed, Decimal(points) / SCALE


def call_rows(
    partner: Partner, period: Period, keys: Sequence[ApiKey]
) -> Iterator[tuple[Any, ...]]:
    """Yield a row per day and key, oldest first."""
    rows = (
        DailyCalls.objects.of(partner.id)
        .filter(key__in=keys)
        .filter(day__range=(period.first, period.last))
        .order_by("day", "key_id")
        .values_list(
            *("day", "key_id", "succeeded", "refused", "failed"),
        )
    )
    by_id = {key.pk: key for key in keys}
    for day, key_id, *values in rows:
        key = by_id[key_id]
        yield day, f"{key.name} (…{key.last_four})", key.environment, *values


def _add(kind: type[Numbers], parts: Iterator[Numbers | None]) -> Numbers:
    """Add tuples of numbers field by field."""
    known = [part for part in parts if part]
    return kind(*map(sum, zip(*known, strict=True))) if known else kind()
