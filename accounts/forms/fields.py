"""Form fields that several forms share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext, gettext_lazy

from accounts.models import Partner

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: The columns of a key's spend limits.
SPEND_LIMITS = ("points_per_day", "points_per_month")
_MOST_POINTS = 1_000_000_000


class KeyField(forms.ChoiceField):
    """One of a partner's keys, or any; forms call `load_choices` to set the choices."""

    def __init__(self) -> None:
        super().__init__(label=gettext_lazy("Key"), required=False)

    def load_choices(self, partner: Partner) -> None:
        keys = partner.api_keys.only("partner", "name", "last_four")
        self.choices = [("", gettext("Any key")), *((key.pk, str(key)) for key in keys)]


class SpendLimitField(forms.IntegerField):
    """Points that a live key may spend in a period; empty for no limit."""

    def __init__(self, label: StrOrPromise | None = None) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=1,
            max_value=_MOST_POINTS,
            help_text=gettext_lazy("Leave empty for no limit."),
        )
