"""Form fields with choices of one partner."""

from __future__ import annotations

from django import forms

from accounts.models import Partner


class KeyField(forms.ChoiceField):
    """One of a partner's keys, or any; forms call `load_choices` to set the choices."""

    def __init__(self) -> None:
        super().__init__(label="Key", required=False)

    def load_choices(self, partner: Partner) -> None:
        keys = partner.api_keys.only("partner", "name", "last_four")
        self.choices = [("", "Any key"), *((key.pk, str(key)) for key in keys)]
