"""Filters of the admin's lists: a period, which bounds what others read, and live or test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from config.admin.attention_filter import PARAMETER
from config.db.fields import IdField
from config.db.ids import first_id
from config.db.owned import SANDBOX_PREFIX

#: Parameters of lists that leave out no rows.
_NEUTRAL = frozenset({"p", "o", "e", "all", "period", "since", "until", "_popup", "_to_field"})
_CHOICES = {"1": "24 hours", "7": "7 days", "30": "30 days", "90": "90 days", "all": "All time"}
_LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Period:
    """The time column of a list, which is indexed or an id, and the days that it shows at first.

    `open_states` are other filters whose rows an index of their own finds at any age.
    """

    field: str = "id"
    days: int = 30
    open_states: tuple[tuple[str, str], ...] = ()


class PeriodFilter(admin.ListFilter):
    """Show the last days only, until a search or the row of a link narrows the list."""

    title = "period"
    template = "admin/filters/period.html"

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: type[Model], page: Any
    ) -> None:
        super().__init__(request, params, model, page)
        for name in self.expected_parameters():
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]
        self.period: Period = page.period
        self.model = model
        self.given = {name: str(value) for name, value in request.GET.items() if value}
        self.is_narrow = _is_narrow(self.given, model, self.period)
        has_filters = bool(set(self.given) - _NEUTRAL)
        #: Other filters would read the whole table for a few rows.
        self.is_bounded = has_filters and not self.is_narrow
        self.since, self.until = self._range()

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return ["period", "since", "until"]

    @property
    def value(self) -> str:
        if self.since or self.until:
            return ""
        default = "all" if self.is_narrow else str(self.period.days)
        chosen = self.used_parameters.get("period", default)
        if chosen not in _CHOICES:
            raise IncorrectLookupParameters
        return "90" if chosen == "all" and self.is_bounded else chosen

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        for value, label in _CHOICES.items():
            if value != "all" or not self.is_bounded:
                yield {
                    "selected": value == self.value,
                    "query_string": changelist.get_query_string(
                        {"period": value}, ["since", "until"]
                    ),
                    "display": label,
                }

    def other_parameters(self) -> list[tuple[str, str]]:
        """Return what the form of dates has to keep."""
        dropped = {*self.expected_parameters(), "p", "e"}
        return [(name, value) for name, value in self.given.items() if name not in dropped]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        since, until = self.since, self.until
        if self.value and self.value != "all":
            since = timezone.now() - timedelta(days=int(self.value))
        if since:
            queryset = queryset.filter(**{f"{self.period.field}__gte": self._bound(since)})
        if until:
            queryset = queryset.filter(**{f"{self.period.field}__lt": self._bound(until)})
        return queryset

    def _bound(self, at: datetime) -> Any:
        field = self.used_field
        if isinstance(field, IdField):
            return first_id(at)
        return at if isinstance(field, models.DateTimeField) else at.date()

    @property
    def used_field(self) -> Any:
        return self.model._meta.get_field(self.period.field)

    def _range(self) -> tuple[datetime | None, datetime | None]:
        """Return the start of the first day and the end of the last one, in UTC."""
        try:
            since, until = (_midnight(self.given.get(name)) for name in ("since", "until"))
            until = until + timedelta(days=1) if until else None
            if self.is_bounded and (since or until):
                end = until or timezone.now()
                since = max(since or end - _LONGEST, end - _LONGEST)
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters from error
        return since, until


def _midnight(text: str | None) -> datetime | None:
    return datetime.combine(date.fromisoformat(text), time(), UTC) if text else None


def _is_narrow(given: dict[str, str], model: type[Model], period: Period) -> bool:
    """Return whether an index finds the rows of a list at any age."""
    if (
        given.get("q")
        or given.get(PARAMETER)
        or any(given.get(name) == value for name, value in period.open_states)
    ):
        return True
    return any(_names_a_row(model, name) for name in given)


def _names_a_row(model: type[Model], name: str) -> bool:
    """Whether a parameter names one row that all rows of the list belong to, or one of them."""
    head, _, lookup = name.partition("__")
    if lookup not in ("", "exact", "id__exact", "pk__exact"):
        return False
    fields = {field.name: field for field in model._meta.concrete_fields}
    field = fields.get(head.removesuffix("_id"))
    return field is not None and (field.primary_key or _leads_an_index(model, field))


def _leads_an_index(model: type[Model], field: models.Field[Any, Any]) -> bool:
    keys: list[Any] = [*model._meta.indexes, *model._meta.constraints]
    whole = [key for key in keys if getattr(key, "fields", ()) and not key.condition]
    led = [key.fields[0].removeprefix("-") for key in whole]
    return field.unique or bool(getattr(field, "db_index", False)) or field.name in led


class ModeFilter(admin.ListFilter):
    """Show live rows only, unless those of sandboxes are asked for."""

    title = "mode"
    template = "admin/filter.html"
    _CHOICES = (("live", "Live"), ("test", "Test"))

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: type[Model], page: Any
    ) -> None:
        super().__init__(request, params, model, page)
        self.value = params.pop("mode", ["live"])[-1]
        if self.value not in dict(self._CHOICES):
            raise IncorrectLookupParameters
        self.has_test_rows: bool = page.has_test_rows

    def has_output(self) -> bool:
        return self.has_test_rows

    def expected_parameters(self) -> list[str | None]:
        return ["mode"]

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        for value, label in self._CHOICES:
            yield {
                "selected": value == self.value,
                "query_string": changelist.get_query_string({"mode": value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        is_test = self.value == "test"
        return queryset.filter(**{f"partner_id__{'gte' if is_test else 'lt'}": SANDBOX_PREFIX})
