"""Charts of requests by outcome, from the daily counts of keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext, gettext_lazy

from accounts.models import ApiKey, DailyCalls
from config.pages.charts import Chart, Series, Unit, day_slots, describe_days

REQUESTS = Unit(gettext_lazy("request"), gettext_lazy("requests"))
DAYS = 30
#: Succeeded, rejected, failed.
Outcomes = tuple[int, int, int]
_NONE: Outcomes = (0, 0, 0)


def outcome_series(days: Sequence[Outcomes]) -> tuple[Series, ...]:
    succeeded, refused, failed = zip(*days, strict=True)
    return (
        Series(gettext("Succeeded"), succeeded, "volume"),
        Series(gettext("Rejected"), refused, "refused"),
        Series(gettext("Failed"), failed, "failed"),
    )


def chart_key(key: ApiKey, days: Sequence[date], outcomes: Mapping[date, Outcomes]) -> Chart:
    series = outcome_series([outcomes.get(day, _NONE) for day in days])
    title = gettext("Requests with %(key)s") % {"key": key}
    return Chart(f"key-{key.pk}", title, REQUESTS, describe_days(days), day_slots(days), series)


def read_key_charts(partner_id: str, keys: Sequence[ApiKey], today: date) -> dict[str, Chart]:
    """Return the last 30 days of each key by its id, in one query."""
    days = [today - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    rows = DailyCalls.objects.of(partner_id).filter(day__range=(days[0], days[-1]), key__in=keys)
    outcomes: dict[str, dict[date, Outcomes]] = {key.pk: {} for key in keys}
    for key_id, day, *counts in rows.values_list("key_id", "day", "succeeded", "refused", "failed"):
        outcomes[key_id][day] = (counts[0], counts[1], counts[2])
    return {key.pk: chart_key(key, days, outcomes[key.pk]) for key in keys}
