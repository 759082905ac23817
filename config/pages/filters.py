"""Filters of lists, read from the query string."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from config.pages.times import short_time

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Rows = TypeVar("Rows", bound=QuerySet[Any])
_YESTERDAY = "yesterday"
#: The label and the length until now; yesterday is a day of the calendar.
_PERIODS = {
    "hour": (gettext_lazy("Last hour"), timedelta(hours=1)),
    "day": (gettext_lazy("Last 24 hours"), timedelta(days=1)),
    _YESTERDAY: (gettext_lazy("Yesterday"), timedelta(days=1)),
    "week": (gettext_lazy("Last 7 days"), timedelta(days=7)),
    "month": (gettext_lazy("Last 30 days"), timedelta(days=30)),
    "quarter": (gettext_lazy("Last 90 days"), timedelta(days=90)),
}
_CUSTOM = "custom"
_LAST_DAYS = {"days7": 7, "days30": 30, "days90": 90}
_DAY_PERIODS = {
    _YESTERDAY: gettext_lazy("Yesterday"),
    "days7": gettext_lazy("Last 7 days"),
    "days30": gettext_lazy("Last 30 days"),
    "days90": gettext_lazy("Last 90 days"),
    "month": gettext_lazy("This month"),
    "last": gettext_lazy("Last month"),
}
#: The ends of a range of time.
_FROM, _TO = pgettext_lazy("time", "From"), pgettext_lazy("time", "To")
#: Limit of `TimeRangeForm`, so that a list reads a bounded part of its index.
_LONGEST = timedelta(days=366)


class FilterForm(forms.Form):
    """The filters of a list; a subclass implements `apply`.

    A filter that cannot be read is not applied, and the page says so beside it. Files are refused.
    """

    @property
    def query(self) -> QueryDict:
        """Return the filters as they were given."""
        return cast("QueryDict", self.data)

    def full_clean(self) -> None:
        super().full_clean()
        for name in self.fields.keys() - self.cleaned_data.keys():
            self.cleaned_data[name] = self.fields[name].clean(None)

    def filter_queryset(self, queryset: Rows) -> Rows:
        """Return the rows that match the filters that can be read."""
        self.is_valid()
        filtered: Rows = self.apply(queryset)
        return filtered

    def apply(self, queryset: Any) -> Any:
        """Filter by `cleaned_data`."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Window:
    """A range from `since` until before `until`; `label` is the name of a preset, else ""."""

    since: datetime | None
    until: datetime | None
    label: StrOrPromise = ""

    def lookups(self, field: str) -> dict[str, datetime]:
        """Return filter arguments for a date and time field."""
        bounds = {f"{field}__gte": self.since, f"{field}__lt": self.until}
        return {name: bound for name, bound in bounds.items() if bound}

    def closed(self, length: timedelta = timedelta(days=30)) -> tuple[datetime, datetime]:
        """Return both ends: now for a missing last one, `length` before it for a missing first."""
        until = min(self.until or timezone.now(), timezone.now())
        return self.since or until - length, until


class DayField(forms.DateField):
    """A date in the years in which every day has a midnight in every time zone."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [
        MinValueValidator(date(2000, 1, 1), gettext_lazy("Choose a day after 1999.")),
        MaxValueValidator(date(2099, 12, 31), gettext_lazy("Choose a day before 2100.")),
    ]

    def __init__(self, label: StrOrPromise) -> None:
        super().__init__(label=label, required=False, input_formats=["%Y-%m-%d"])


class DateRangeForm(FilterForm):
    """First and last day in the user's time zone, both inclusive and optional."""

    since: forms.Field = DayField(_FROM)
    until: forms.Field = DayField(_TO)

    out_of_order: StrOrPromise = gettext_lazy("Choose a day on or after “From”.")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = self.bounds(given)
        if since and until and since >= until:
            self.add_error("until", str(self.out_of_order))
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


class DayPeriodForm(DateRangeForm):
    """A preset period of days, or from and to, which take precedence; without any, all days."""

    period = forms.ChoiceField(
        label=gettext_lazy("Period"),
        required=False,
        choices=[
            ("", gettext_lazy("All time")),
            *_DAY_PERIODS.items(),
            (_CUSTOM, gettext_lazy("Custom days")),
        ],
    )

    def __init__(self, query: Any) -> None:
        data = QueryDict(mutable=True)
        data.update(query)
        if data.get("since") or data.get("until"):
            data["period"] = _CUSTOM
        super().__init__(data)

    def bounds(self, given: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
        period = given.get("period")
        if not period or period == _CUSTOM:
            return super().bounds(given)
        if period == _YESTERDAY:
            return _yesterday()
        today = timezone.localdate()
        first = today.replace(day=1)
        if period == "last":
            return _midnight((first - timedelta(days=1)).replace(day=1)), _midnight(first)
        start = first if period == "month" else today - timedelta(days=_LAST_DAYS[period] - 1)
        return _midnight(start), None


class MinuteField(forms.DateTimeField):
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, label: StrOrPromise) -> None:
        super().__init__(label=label, required=False)


class TimeRangeForm(DateRangeForm):
    """A preset period, or from and to by the minute, which take precedence; never unbounded."""

    period = forms.ChoiceField(
        label=gettext_lazy("Period"),
        required=False,
        choices=[
            *((name, label) for name, (label, _) in _PERIODS.items()),
            (_CUSTOM, gettext_lazy("Custom period")),
        ],
    )
    since = MinuteField(_FROM)
    until = MinuteField(_TO)

    default_period = "week"
    out_of_order = gettext_lazy("Choose a time after “From”.")

    def __init__(self, query: QueryDict) -> None:
        data = query.copy()
        if data.get("since") or data.get("until"):
            data["period"] = _CUSTOM
        elif data.get("period", "") in ("", _CUSTOM):
            data["period"] = self.default_period
        super().__init__(data)
        period: Any = self.fields["period"]
        # The address leaves out what is as usual.
        period.widget.attrs["data-default"] = self.default_period
        if custom := _describe_custom(data.get("since", ""), data.get("until", "")):
            period.choices = [*period.choices[:-1], (_CUSTOM, custom)]

    def bounds(self, given: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
        return given.get("since"), given.get("until")

    @property
    def window(self) -> Window:
        given, now = self.cleaned_data, timezone.now()
        name = given["period"]
        if not name or (name == _CUSTOM and not (given["since"] or given["until"])):
            name = self.default_period
        if name != _CUSTOM:
            label, length = _PERIODS[name]
            since, until = _yesterday() if name == _YESTERDAY else (now - length, None)
            return Window(since, until, label)
        oldest, until = now - _LONGEST, given["until"]
        # The year 9999 overflows in some time zones.
        until = min(max(until, oldest), now + timedelta(days=1)) if until else None
        return Window(max(given["since"] or oldest, oldest), until)


def _describe_custom(since: str, until: str) -> str:
    """Return the label of the chosen times, such as "24 Nov, 10:00 – 25 Nov, 10:00"."""
    field = MinuteField("")
    try:
        first, last = field.clean(since), field.clean(until)
    except forms.ValidationError:
        return ""
    if first and last:
        return f"{short_time(first)} – {short_time(last)}"
    if first:
        return gettext("Since %(time)s") % {"time": short_time(first)}
    return gettext("Until %(time)s") % {"time": short_time(last)} if last else ""


def _yesterday() -> tuple[datetime, datetime]:
    today = timezone.localdate()
    return _midnight(today - timedelta(days=1)), _midnight(today)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
