"""Filters of lists, read from the query string."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

Rows = TypeVar("Rows", bound=QuerySet[Any])
_PERIODS = {
    "hour": ("Last hour", timedelta(hours=1)),
    "day": ("Last 24 hours", timedelta(days=1)),
    "week": ("Last 7 days", timedelta(days=7)),
    "month": ("Last 30 days", timedelta(days=30)),
    "quarter": ("Last 90 days", timedelta(days=90)),
}
_CUSTOM = "custom"
#: Limit of `TimeRangeForm`, so that a list reads a bounded part of its index.
_LONGEST = timedelta(days=366)


class FilterForm(forms.Form):
    """The filters of a list; a subclass implements `apply`."""

    def filter_queryset(self, queryset: Rows) -> Rows:
        """Return the matching rows, none if a filter is invalid."""
        return self.apply(queryset) if self.is_valid() else queryset.none()

    def apply(self, queryset: Any) -> Any:
        """Filter by `cleaned_data`."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Window:
    """A range from `since` until before `until`; `label` is the name of a preset, else ""."""

    since: datetime | None
    until: datetime | None
    label: str = ""

    def lookups(self, field: str) -> dict[str, datetime]:
        """Return filter arguments for a date and time field."""
        bounds = {f"{field}__gte": self.since, f"{field}__lt": self.until}
        return {name: bound for name, bound in bounds.items() if bound}


class DayField(forms.DateField):
    """A date in the years in which every day has a midnight in every time zone."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [
        MinValueValidator(date(2000, 1, 1), "Choose a day after 1999."),
        MaxValueValidator(date(2099, 12, 31), "Choose a day before 2100."),
    ]

    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False, input_formats=["%Y-%m-%d"])


class DateRangeForm(FilterForm):
    """First and last day in the user's time zone, both inclusive and optional."""

    since: forms.Field = DayField("From")
    until: forms.Field = DayField("To")

    out_of_order = "Choose a day on or after “From”."

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = self.bounds(given)
        if since and until and since >= until:
            self.add_error("until", self.out_of_order)
        return given

    def bounds(self, given: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
        """Return the start of the first day and the end of the last, None for a missing one."""
        since, until = given.get("since"), given.get("until")
        return since and _midnight(since), until and _midnight(until + timedelta(days=1))

    @property
    def window(self) -> Window:
        """Return the range of a valid form."""
        return Window(*self.bounds(self.cleaned_data))

    def lookups(self, field: str) -> dict[str, datetime]:
        return self.window.lookups(field)


class MinuteField(forms.DateTimeField):
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False)


class TimeRangeForm(DateRangeForm):
    """A preset period, or from and to by the minute, which take precedence; never unbounded."""

    period = forms.ChoiceField(
        label="Period",
        required=False,
        choices=[
            *((name, label) for name, (label, _) in _PERIODS.items()),
            (_CUSTOM, "Custom period"),
        ],
    )
    since = MinuteField("From")
    until = MinuteField("To")

    default_period = "week"
    out_of_order = "Choose a time after “From”."

    def __init__(self, query: QueryDict) -> None:
        data = query.copy()
        if data.get("since") or data.get("until"):
            data["period"] = _CUSTOM
        elif data.get("period", "") in ("", _CUSTOM):
            data["period"] = self.default_period
        super().__init__(data)

    def bounds(self, given: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
        return given.get("since"), given.get("until")

    @property
    def window(self) -> Window:
        given, now = self.cleaned_data, timezone.now()
        if given["period"] != _CUSTOM:
            label, length = _PERIODS[given["period"]]
            return Window(now - length, None, label)
        oldest, until = now - _LONGEST, given["until"]
        # The year 9999 overflows in some time zones.
        until = min(max(until, oldest), now + timedelta(days=1)) if until else None
        return Window(max(given["since"] or oldest, oldest), until)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
