"""Form fields that several forms share."""

from __future__ import annotations

from django import forms

from accounts.models import Partner

#: The columns of a key's spend limits.
SPEND_LIMITS = ("points_per_day", "points_per_month")
_MOST_POINTS = 1_000_000_000


class KeyField(forms.ChoiceField):
    """One of a partner's keys, or any; forms call `load_choices` to set the choices."""

    def __init__(self) -> None:
        super().__init__(label="Key", required=False)

    def load_choices(self, partner: Partner) -> None:
        keys = partner.api_keys.only("partner", "name", "last_four")
        self.choices = [("", "Any key"), *((key.pk, str(key)) for key in keys)]


class SpendLimitField(forms.IntegerField):
    """Points that a live key may spend in a period; empty for no limit."""

    def __init__(self, label: str | None = None) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=1,
            max_value=_MOST_POINTS,
            help_text="Leave empty for no limit.",
        )
