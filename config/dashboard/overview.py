"""The figures of the home page, from all apps, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from accounts.call_charts import chart_key
from accounts.models import ApiKey, Environment, Partner
from billing.balance import Balance, read_balance
from billing.models import DailyUsage, PointBucket
from billing.periods import last_days
from billing.reports.usage import Calls, UsageReport, read_calls, read_points
from billing.runway import WINDOW, Runway, read_runway
from billing.usage_charts import calls_by_outcome
from config.dashboard.burn_down import Segment, segments
from config.dashboard.needs import Can, Need, read_needs
from config.pages.charts import Chart, describe_change

_DAYS = 30
_MOST_KEYS = 5


@dataclass(frozen=True, slots=True)
class Milestones:
    """What has happened at least once; staff approve."""

    has_test_key: bool
    has_test_call: bool
    has_points: bool
    is_approved: bool
    waits_for_approval: bool
    has_live_key: bool
    has_live_call: bool


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key with its requests of the period."""

    key: ApiKey
    total: int
    chart: Chart


@dataclass(frozen=True)
class Overview:
    """Points are in hundredths; `calls` are those of image keys in the mode of the page."""

    balance: Balance
    runway: Runway
    used_this_month: int
    calls: UsageReport
    milestones: Milestones
    needs: list[Need]
    all_keys: list[ApiKey]

    @property
    def segments(self) -> list[Segment]:
        return segments(self.balance, self.runway)

    @property
    def calls_total(self) -> Calls:
        return self.calls.calls_in(self.calls.period.days)

    @property
    def calls_today(self) -> Calls:
        return self.calls.calls_in([self.calls.period.last])

    @property
    def calls_change(self) -> str:
        before = self.calls.calls_in(self.calls.period.days_before).total
        return describe_change(self.calls_total.total, before, self.calls.period.than)

    @property
    def chart(self) -> Chart:
        return calls_by_outcome(self.calls)

    @cached_property
    def keys(self) -> list[KeyLine]:
        """Return the busiest active keys; those without requests come last."""
        active = [key for key in self.calls.keys if key.is_active]
        active.sort(key=lambda key: -self.calls.calls_of(key).total)
        return [self._line(key) for key in active[:_MOST_KEYS]]

    def _line(self, key: ApiKey) -> KeyLine:
        days = self.calls.period.days
        outcomes = {day: self.calls.calls_by_key.get((day, key.pk), Calls()) for day in days}
        return KeyLine(key, self.calls.calls_of(key).total, chart_key(key, days, outcomes))


def read_overview(partner: Partner, *, is_test: bool, can: Can) -> Overview:
    """Every query is limited to the partner and uses an index."""
    today = partner.today
    balance = read_balance(partner)
    keys = list(partner.api_keys.select_related("replaced_by", "use").order_by("-created_at"))
    environment = Environment.TEST if is_test else Environment.LIVE
    in_mode = [key for key in keys if key.environment == environment]
    month = today.replace(day=1)
    points = read_points(partner, min(today - timedelta(days=WINDOW - 1), month), today)
    runway = read_runway(balance.points, points, today)
    return Overview(
        balance=balance,
        runway=runway,
        used_this_month=_sum_since(month, points),
        calls=read_calls(partner, last_days(_DAYS, today), in_mode),
        milestones=_milestones(partner, keys, balance, points),
        needs=read_needs(partner, keys, balance, runway, can),
        all_keys=keys,
    )


def _sum_since(first: date, points: dict[date, int]) -> int:
    return sum(amount for day, amount in points.items() if day >= first)


def _milestones(
    partner: Partner, keys: list[ApiKey], balance: Balance, points: dict[date, int]
) -> Milestones:
    """A key that made calls counts as created even if it has been revoked."""
    succeeded = DailyUsage.objects.of(partner.pk).filter(succeeded__gt=0)
    has_test_call = succeeded.filter(is_test=True).exists()
    has_live_call = any(points.values()) or succeeded.filter(is_test=False).exists()
    environments = {key.environment for key in keys if key.is_active}
    return Milestones(
        has_test_key=has_test_call or Environment.TEST in environments,
        has_test_call=has_test_call,
        has_points=bool(balance.open) or PointBucket.objects.of(partner.pk).exists(),
        is_approved=partner.live_approved_at is not None,
        waits_for_approval=partner.live_approved_at is None
        and partner.live_access_requests.waiting().exists(),
        has_live_key=has_live_call or Environment.LIVE in environments,
        has_live_call=has_live_call,
    )
