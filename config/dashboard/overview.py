"""The figures of the home page, from all apps, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import ApiKey, Environment, Partner
from accounts.services.keys import KeySlots, read_key_slots
from billing.balance import Balance, read_balance
from billing.models import DailyUsage, OperationPrice, PointBucket
from billing.periods import last_days
from billing.reports.usage import Calls, UsageReport, read_calls, read_points
from billing.runway import describe_runway, runway_days
from billing.usage_charts import calls_by_outcome
from config.pages.charts import Chart, describe_change
from integrations.models import WebhookDelivery, WebhookHealth

#: The modes of each operation, and the cost of a call in a tier.
Prices = list[tuple[str, list[tuple[str, int]]]]
_DAYS = 30
_WEBHOOK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Milestones:
    """What has happened at least once; staff approve."""

    has_test_key: bool
    has_test_call: bool
    has_points: bool
    is_approved: bool
    has_live_key: bool
    has_live_call: bool


@dataclass(frozen=True)
class Overview:
    """Points are in hundredths; `runway_days` is None if there is no usage to estimate it from."""

    balance: Balance
    prices: Prices
    used_this_month: int
    runway_days: float | None
    calls: UsageReport
    keys: list[ApiKey]
    key_slots: KeySlots
    milestones: Milestones
    webhooks: WebhookHealth

    @property
    def runway_text(self) -> str:
        return describe_runway(self.runway_days)

    @property
    def calls_total(self) -> Calls:
        return self.calls.calls_in(self.calls.period.days)

    @property
    def calls_change(self) -> str:
        before = self.calls.calls_in(self.calls.period.days_before).total
        return describe_change(self.calls_total.total, before, self.calls.period.than)

    @property
    def chart(self) -> Chart:
        return calls_by_outcome(self.calls)

    @property
    def last_used_key(self) -> ApiKey | None:
        used = [(key.last_used_at, key.pk, key) for key in self.keys if key.last_used_at]
        return max(used)[-1] if used else None


def read_overview(partner: Partner) -> Overview:
    """Every query is limited to the partner and uses an index."""
    today = datetime.now(UTC).date()
    period = last_days(_DAYS, today)
    balance = read_balance(partner)
    keys = partner.api_keys.active().for_images().select_related("use")
    image_keys = list(keys.order_by("-created_at"))
    points = read_points(partner, min(period.first, today.replace(day=1)), today)
    return Overview(
        balance=balance,
        prices=_prices(balance.tier),
        used_this_month=sum(
            amount for day, amount in points.items() if day >= today.replace(day=1)
        ),
        runway_days=runway_days(balance.points, points, today),
        calls=read_calls(partner, period),
        keys=image_keys,
        key_slots=read_key_slots(partner),
        milestones=_milestones(partner, image_keys),
        webhooks=WebhookDelivery.objects.of(partner.id).read_health(
            timezone.now() - timedelta(days=_WEBHOOK_DAYS)
        ),
    )


def _prices(tier: str) -> Prices:
    prices = OperationPrice.objects.in_force().filter(tier=tier).order_by("action", "mode")
    return [
        (action, [(price.mode, price.points) for price in group])
        for action, group in groupby(prices, key=lambda price: price.action)
    ]


def _milestones(partner: Partner, keys: list[ApiKey]) -> Milestones:
    """A key that made calls counts as created even if it has been revoked."""
    used = DailyUsage.objects.of(OuterRef("pk")).filter(succeeded__gt=0)
    done = (
        Partner.objects.filter(pk=partner.pk)
        .values(
            test=Exists(used.filter(is_test=True)),
            live=Exists(used.filter(is_test=False)),
            points=Exists(PointBucket.objects.of(OuterRef("pk"))),
        )
        .get()
    )
    environments = {key.environment for key in keys}
    return Milestones(
        has_test_key=done["test"] or Environment.TEST in environments,
        has_test_call=done["test"],
        has_points=done["points"],
        is_approved=partner.live_approved_at is not None,
        has_live_key=done["live"] or Environment.LIVE in environments,
        has_live_call=done["live"],
    )
