"""Filters of financial reports."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Partner
from billing.reports.periods import (
    CUSTOM,
    LONGEST_DAYS,
    ReportPeriod,
    custom_period,
    month_of,
    parse_period,
    period_choices,
    today_in_india,
)
from config.db.ids import is_id
from config.pages.filters import DayField


class PeriodForm(forms.Form):
    """A month, quarter or financial year, or from and to.

    The dates count unless another period was chosen than the one that the page showed, `shown`.
    """

    period = forms.ChoiceField(label="Period", required=False)
    since = DayField("From")
    until = DayField("To")

    def __init__(self, query: QueryDict) -> None:
        data = query.copy()
        self.today = today_in_india(timezone.now())
        is_changed = data.get("period") not in (None, CUSTOM, data.get("shown", data.get("period")))
        if is_changed:
            data["since"] = data["until"] = ""
        if data.get("since") or data.get("until"):
            data["period"] = CUSTOM
        elif data.get("period", CUSTOM) == CUSTOM:
            data["period"] = month_of(self.today).name
        super().__init__(data)
        field: Any = self.fields["period"]
        field.choices = [*period_choices(self.today), (CUSTOM, "Custom period"), *self._other(data)]

    def _other(self, data: QueryDict) -> list[tuple[str, str]]:
        """Offer an older period, too, if the address names it."""
        period = parse_period(str(data["period"]))
        names = {name for _, group in period_choices(self.today) for name, _ in group}
        return [(period.name, period.label)] if period and period.name not in names else []

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("period") != CUSTOM:
            return given
        since, until = given.get("since"), given.get("until")
        for name in ("since", "until"):
            if not given.get(name) and name not in self.errors:
                self.add_error(name, "Choose both days.")
        if since and until and since > until:
            self.add_error("until", "Choose a day on or after “From”.")
        elif since and until and until - since >= timedelta(days=LONGEST_DAYS):
            self.add_error("until", f"Choose at most {LONGEST_DAYS} days.")
        return given

    @property
    def chosen(self) -> ReportPeriod:
        """Return the period; this month if the form is not valid."""
        if not self.is_valid():
            return month_of(self.today)
        if self.cleaned_data["period"] == CUSTOM:
            return custom_period(self.cleaned_data["since"], self.cleaned_data["until"])
        return parse_period(self.cleaned_data["period"]) or month_of(self.today)


class DayForm(forms.Form):
    """A day that has begun; today if none is given."""

    day = DayField("Day")

    def __init__(self, query: QueryDict) -> None:
        self.today = today_in_india(timezone.now())
        super().__init__({"day": query.get("day") or self.today.isoformat()})

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError("Choose today or an earlier day.")
        return day

    @property
    def chosen(self) -> date:
        return self.cleaned_data["day"] if self.is_valid() else self.today


class StatementForm(PeriodForm):
    """A period, and a partner by ID or, as addresses may have it, by its whole name."""

    partner = forms.ModelChoiceField(
        Partner.objects.all(),
        required=False,
        label="Partner",
        error_messages={"invalid_choice": "No such partner."},
    )

    def __init__(self, query: QueryDict) -> None:
        given = query.copy()
        text = given.get("partner", "").strip()
        if text and not is_id(text):
            named = list(Partner.objects.filter(name__iexact=text).values_list("pk", flat=True)[:2])
            given["partner"] = named[0] if len(named) == 1 else text
        super().__init__(given)
