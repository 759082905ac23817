"""The charts and tables of a usage report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from accounts.call_charts import REQUESTS, outcome_series
from accounts.models import ApiKey
from billing.periods import Period
from billing.points import SCALE
from billing.reports.usage import KINDS, Calls, Images, Kind, UsageReport
from config.pages.charts import (
    Chart,
    Series,
    Unit,
    combine_smallest,
    day_slots,
    describe_days,
)

IMAGES = Unit(gettext_lazy("operation"), gettext_lazy("operations"))
POINTS = Unit(gettext_lazy("point"), gettext_lazy("points"), SCALE)
_MOST_KEYS = 4
_ACTIONS = {
    "create": pgettext_lazy("operation on an image", "Create"),
    "enhance": pgettext_lazy("operation on an image", "Enhance"),
}
_MODES = {
    "fast": pgettext_lazy("mode of an image operation", "fast"),
    "thinking": pgettext_lazy("mode of an image operation", "thinking"),
}


@dataclass(frozen=True, slots=True)
class KeyLine:
    key: ApiKey
    calls: Calls
    images: Images


@dataclass(frozen=True, slots=True)
class KindLine:
    """An operation and its mode, by their labels."""

    action: str
    mode: str
    images: Images


def calls_by_outcome(report: UsageReport) -> Chart:
    """Chart succeeded, rejected and failed requests by day."""
    days = [report.calls.get(day, Calls()) for day in report.period.days]
    series = outcome_series(days)
    before = (report.calls_in([day]).total for day in report.period.days_before)
    title = gettext("Requests by day")
    return _chart(report.period, "calls", title, REQUESTS, series=series, before=before)


def points_by_day(report: UsageReport) -> Chart:
    """Chart points net of refunds."""
    points = tuple(report.images_in([day]).points for day in report.period.days)
    before = (report.images_in([day]).points for day in report.period.days_before)
    series = (Series(gettext("Points"), points, "volume"),)
    title = gettext("Points by day")
    return _chart(report.period, "points", title, POINTS, series=series, before=before)


def calls_by_key(report: UsageReport) -> Chart:
    """Chart the busiest keys, with the others combined and unused keys left out.

    The previous period had other keys, so there is no comparison.
    """
    days = report.period.days
    by_key = (
        Series(
            f"{key}",
            tuple(report.calls_by_key.get((day, key.id), Calls()).total for day in days),
            "",
        )
        for key in report.keys
    )
    used = [series for series in by_key if series.total]
    series = combine_smallest(used, _MOST_KEYS, gettext("Other keys"))
    title = gettext("Requests by key")
    return Chart("keys", title, REQUESTS, describe_days(days), day_slots(days), series)


def images_by_kind(report: UsageReport) -> Chart:
    """Chart image operations, failed ones included, by operation and mode."""
    days = report.period.days
    series = tuple(
        Series(
            name_of(kind), tuple(report.images_in([day], [kind]).total for day in days), f"{number}"
        )
        for number, kind in enumerate(KINDS, start=1)
    )
    before = (report.images_in([day]).total for day in report.period.days_before)
    title = gettext("Images by operation and mode")
    return _chart(report.period, "kinds", title, IMAGES, series=series, before=before)


def _chart(
    period: Period,
    name: str,
    title: str,
    unit: Unit,
    *,
    series: tuple[Series, ...],
    before: Iterable[int],
) -> Chart:
    return Chart(
        *(name, title, unit, describe_days(period.days), day_slots(period.days), series),
        before=tuple(before),
        slots_before=day_slots(period.days_before),
        span_before=describe_days(period.days_before),
    )


def key_lines(report: UsageReport) -> list[KeyLine]:
    """Return the keys used in the period, the busiest first."""
    lines = (
        KeyLine(key, report.calls_of(key), report.images_by_key.get(key.id, Images()))
        for key in report.keys
    )
    used = [line for line in lines if line.calls.total or line.images.total]
    return sorted(used, key=lambda line: -line.calls.total)


def kind_lines(report: UsageReport) -> Iterator[KindLine]:
    """Yield every operation and mode, including unused ones."""
    for kind in KINDS:
        yield KindLine(*_labels(kind), report.images_in(report.period.days, [kind]))


def name_of(kind: Kind) -> str:
    """Name an operation and mode: "Create, fast"."""
    return ", ".join(_labels(kind))


def _labels(kind: Kind) -> tuple[str, str]:
    action, mode = kind
    return str(_ACTIONS[action]), str(_MODES[mode])
