"""Filters of the usage page: period, key type and key."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import dateformat
from django.utils.translation import gettext, gettext_lazy

from accounts.models import ApiKey, Environment, Partner
from accounts.models.key import TEST_ENVIRONMENTS
from billing.periods import LENGTHS, USUAL_LENGTH, Period, last_days, month, months_until

_MONTHS_OFFERED = 24
LIVE_ENVIRONMENTS = (Environment.LIVE.value, Environment.MANAGEMENT.value)


class UsageForm(forms.Form):
    """Links on the page set `range` and `environment`; a month takes precedence over a range.

    An invalid value shows its error and counts as not given.
    """

    range = forms.CharField(required=False, widget=forms.HiddenInput)
    environment = forms.CharField(required=False, widget=forms.HiddenInput)
    month = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Month"),
        error_messages={"invalid_choice": gettext_lazy("Choose a month from the list.")},
    )
    key = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Key"),
        error_messages={
            "invalid_choice": gettext_lazy("That key is not in the list. Showing all keys.")
        },
    )

    def __init__(self, data: Any, *, partner: Partner, is_test: bool) -> None:
        super().__init__(data)
        self.today = partner.today
        self.environments = TEST_ENVIRONMENTS if is_test else LIVE_ENVIRONMENTS
        # Active keys first: NULL sorts above every time.
        self.all_keys = list(partner.api_keys.order_by("-revoked_at", "-created_at"))
        months = [(f"{m:%Y-%m}", dateformat.format(m, "F Y")) for m in self._months()]
        self._offer("month", "–", months)
        self._offer("key", gettext("All keys"), [(key.id, f"{key}") for key in self.keys_of_kind])
        self.is_valid()

    def _offer(self, field: str, none: str, choices: list[tuple[str, str]]) -> None:
        choice_field: Any = self.fields[field]
        choice_field.choices = [("", none), *choices]

    def _months(self) -> list[date]:
        return months_until(self.today, _MONTHS_OFFERED)

    @property
    def kind(self) -> str:
        """The environment; that of image keys if the given one is not of the page's mode."""
        given = self.data.get("environment", "")
        return given if given in self.environments else self.environments[0]

    @property
    def length(self) -> int:
        """Days in the selected range; 0 if a month is selected."""
        if self.cleaned_data.get("month"):
            return 0
        given = self.data.get("range", "")
        return int(given) if given in map(str, LENGTHS) else USUAL_LENGTH

    @property
    def period(self) -> Period:
        if self.length:
            return last_days(self.length, self.today)
        return month(date.fromisoformat(f"{self.cleaned_data['month']}-01"), self.today)

    @property
    def keys_of_kind(self) -> list[ApiKey]:
        return [key for key in self.all_keys if key.environment == self.kind]

    @property
    def keys(self) -> list[ApiKey]:
        """The keys whose calls are shown."""
        chosen = self.cleaned_data.get("key")
        return [key for key in self.keys_of_kind if not chosen or key.id == chosen]
