"""Form fields about a partner's own rows."""

from __future__ import annotations

from django import forms

from accounts.models import Partner


class KeyField(forms.ChoiceField):
    """One of a partner's keys, or any; the form calls `offer` to fill in which."""

    def __init__(self) -> None:
        super().__init__(label="Key", required=False)

    def offer(self, partner: Partner) -> None:
        keys = partner.api_keys.only("partner", "name", "last_four")
        self.choices = [("", "Any key"), *((key.pk, str(key)) for key in keys)]
