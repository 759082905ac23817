"""The chart above a list: its rows over time, each bar a link to those of its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

from django.db import connections
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext

from config.pages.charts import Chart, Series, Slot, Unit
from config.pages.times import format_day, short_day, short_time

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: Rows that are read at most, the newest; those before them have no bar.
_MOST_ROWS = 50_000
_MOST_BARS = 100
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_STEPS = (
    *(_MINUTE * minutes for minutes in (1, 5, 15, 30)),
    *(_HOUR * hours for hours in (1, 3, 6, 12)),
    *(_DAY * days for days in (1, 7, 31)),
)
#: What a range of time replaces in the address of a list.
_REPLACED = ("since", "until", "period", "after", "before", "show")


@dataclass(frozen=True, slots=True)
class Tier:
    """A series of the chart: `rows`, or all that no other tier has."""

    name: StrOrPromise
    style: str
    rows: Q | None = None


@dataclass(frozen=True, slots=True)
class Strip:
    """What is counted. `amount` is summed instead of the number of rows; `is_by_day` says that the
    filters of the list read days."""

    title: StrOrPromise
    unit: Unit
    field: str
    tiers: Sequence[Tier]
    amount: Combinable | None = None
    is_by_day: bool = False

    def read(
        self, rows: QuerySet[Any], window: tuple[datetime, datetime], query: QueryDict
    ) -> Chart | None:
        """Count `rows`, which are within the time, in one query; None if there are none."""
        scale = _Scale.of(*window, is_by_day=self.is_by_day)
        totals, number = _read_totals(self._newest(rows), scale)
        if not number:
            return None
        series = tuple(
            Series(
                tier.name, tuple(totals.get((at, n), 0) for at in range(scale.count)), tier.style
            )
            for n, tier in enumerate(self.tiers)
        )
        span = scale.span
        if number >= _MOST_ROWS:
            newest = {"span": span, "number": f"{_MOST_ROWS:,}"}
            # Translators: a time, and that the chart shows the newest rows of it only
            span = gettext("%(span)s, the newest %(number)s") % newest
        slots = tuple(self._slots(scale, query))
        return Chart("strip", self.title, self.unit, span, slots, tuple(series))

    def _newest(self, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
        """Select time, tier and amount of the newest rows."""
        cases = [When(tier.rows, then=n) for n, tier in enumerate(self.tiers) if tier.rows]
        tier = Case(*cases, default=0, output_field=IntegerField())
        newest = rows.order_by(f"-{self.field}")
        return newest.values_list(F(self.field), tier, self.amount or Value(1))[:_MOST_ROWS]

    def _slots(self, scale: _Scale, query: QueryDict) -> list[Slot]:
        rest = query.copy()
        for name in _REPLACED:
            rest.pop(name, None)
        others = f"&{rest.urlencode()}" if rest else ""
        return [
            Slot(*scale.names(since), f"?{scale.query(since, until)}{others}")
            for since, until in pairwise(scale.bounds())
        ]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Equal parts of a time."""

    start: datetime
    step: timedelta
    count: int
    is_by_day: bool

    @classmethod
    def of(cls, since: datetime, until: datetime, *, is_by_day: bool) -> Self:
        steps = [step for step in _STEPS if step >= _DAY or not is_by_day]
        length = until - since
        step = next((step for step in steps if length / step <= _MOST_BARS), steps[-1])
        start = _start_of(since, step)
        return cls(start, step, max(-(-(until - start) // step), 1), is_by_day)

    @property
    def span(self) -> str:
        """Return the time in words, to its last bar."""
        ends = (self.start, self.start + self.step * (self.count - self.is_by_day))
        first, last = (short_day(at) if self.is_by_day else short_time(at) for at in ends)
        return first if first == last else f"{first} – {last}"

    def bounds(self) -> list[datetime]:
        """Return the start of each bar, and the end of the last, in the user's time zone."""
        zone = timezone.get_current_timezone()
        return [(self.start + self.step * at).astimezone(zone) for at in range(self.count + 1)]

    def names(self, since: datetime) -> tuple[str, str]:
        if self.is_by_day:
            day = short_day(since)
            return f"{format_day(since, 'D')} {day}", day
        name = short_time(since)
        return name, name

    def query(self, since: datetime, until: datetime) -> str:
        """Return the ends of a bar as the filters of the list read them."""
        if self.is_by_day:
            return f"since={since:%Y-%m-%d}&until={until - _DAY:%Y-%m-%d}"
        return f"since={since:%Y-%m-%dT%H:%M}&until={until:%Y-%m-%dT%H:%M}"


def _start_of(since: datetime, step: timedelta) -> datetime:
    """Return the last full step before `since`, counted from midnight in the user's zone."""
    local = timezone.localtime(since)
    midnight = timezone.make_aware(datetime.combine(local.date(), time.min))
    return midnight if step >= _DAY else midnight + (since - midnight) // step * step


def _read_totals(
    newest: QuerySet[Any, Any], scale: _Scale
) -> tuple[dict[tuple[int, int], int], int]:
    """Return the total of each bar and tier, and the number of rows read."""
    sql, parameters = newest.query.sql_with_params()
    with connections[newest.db].cursor() as cursor:
        cursor.execute(
            f"""
            SELECT floor(extract(epoch FROM at - %s) / %s)::int, tier, sum(amount)::bigint, count(*)
            FROM ({sql}) AS newest (at, tier, amount)
            GROUP BY 1, 2
            """,  # noqa: S608 - it has placeholders for all values
            [scale.start, scale.step.total_seconds(), *parameters],
        )
        found = cursor.fetchall()
    totals = {(at, tier): max(total, 0) for at, tier, total, _ in found}
    return totals, sum(number for *_, number in found)
