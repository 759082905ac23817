"""Charts of events by state, from their deliveries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import Case, Count, IntegerField, Q, When
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from config.db.owned import is_sandbox
from config.pages.charts import Chart, Series, Slot, Unit, describe_day, describe_days, name_day
from config.pages.strips import Tier
from integrations.models import WebhookDelivery, WebhookReceiver

DAYS = 7
EVENTS = Unit(gettext_lazy("event"), gettext_lazy("events"))
TIERS = (
    Tier(gettext_lazy("Delivered or pending"), "volume"),
    Tier(gettext_lazy("Retrying"), "refused", Q(state="pending", attempts_made__gt=0)),
    Tier(gettext_lazy("Failed"), "failed", Q(state="failed")),
)


def read_receiver_charts(partner_id: str, receivers: Sequence[WebhookReceiver]) -> dict[str, Chart]:
    """Return the last seven days of each receiver by its id, in one query; each bar is a link to
    its events."""
    today = timezone.localdate()
    days = [today - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    cases = [When(tier.rows, then=number) for number, tier in enumerate(TIERS) if tier.rows]
    rows = WebhookDelivery.objects.of(partner_id).filter(
        created_at__gte=timezone.make_aware(datetime.combine(days[0], time.min)),
        endpoint__url__in=[each.url for each in receivers],
    )
    by_tier = rows.annotate(
        day=TruncDate("created_at"), tier=Case(*cases, default=0, output_field=IntegerField())
    )
    counted = by_tier.order_by().values_list("endpoint__url", "day", "tier")
    counts = Counter({row[:3]: row[3] for row in counted.annotate(number=Count("pk"))})
    return {each.pk: _chart(each, days, counts) for each in receivers}


def _chart(
    receiver: WebhookReceiver, days: Sequence[date], counts: Counter[tuple[str, date, int]]
) -> Chart:
    series = tuple(
        Series(tier.name, tuple(counts[receiver.url, day, number] for day in days), tier.style)
        for number, tier in enumerate(TIERS)
    )
    title = gettext("Events to %(host)s") % {"host": receiver.host}
    slots = tuple(_slot(receiver, day) for day in days)
    return Chart(f"events-{receiver.pk}", title, EVENTS, describe_days(days), slots, series)


def _slot(receiver: WebhookReceiver, day: date) -> Slot:
    query = {
        "receiver": receiver.url,
        "since": day.isoformat(),
        "until": day.isoformat(),
        "mode": "test" if is_sandbox(receiver.partner_id) else "live",
    }
    return Slot(name_day(day), describe_day(day), f"{reverse('webhooks')}?{urlencode(query)}")
