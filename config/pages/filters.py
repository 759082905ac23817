"""Days as people choose them in filters: those of the reader's time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone


class DayField(forms.DateField):
    """A day that has a beginning in every zone, as the first and the last year of all have not."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [
        MinValueValidator(date(2000, 1, 1), "Choose a day after 1999."),
        MaxValueValidator(date(2099, 12, 31), "Choose a day before 2100."),
    ]

    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False, input_formats=["%Y-%m-%d"])


class DaysForm(forms.Form):
    """Filters by time: a first and a last day, both included, each of which may be left out."""

    since = DayField("From")
    until = DayField("To")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", "This day lies before the first one.")
        return given

    def days(self, field: str) -> dict[str, datetime | None]:
        """What a valid form asks of a moment of a row, as look-ups; None where nothing."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return {
            f"{field}__gte": since and _midnight(since),
            f"{field}__lt": until and _midnight(until + timedelta(days=1)),
        }


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
