"""The form for the thresholds of low-balance alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from billing.forms.fields import PointsField


class ThresholdForm(forms.Form):
    """Up to `MOST_THRESHOLDS` amounts in any order; empty fields are ignored."""

    first = PointsField(
        max_length=20,
        required=False,
        label=gettext_lazy("Low balance below"),
        help_text=gettext_lazy(
            "In points, such as 500 or 99.50. Leave a field empty to turn its alert off."
        ),
    )
    second = PointsField(max_length=20, required=False, label=gettext_lazy("Second threshold"))
    third = PointsField(max_length=20, required=False, label=gettext_lazy("Third threshold"))

    def __init__(self, data: Any = None, *, thresholds: Sequence[int] = ()) -> None:
        initial = dict(zip(self.base_fields, thresholds, strict=False))
        super().__init__(data, prefix="balance", initial=initial)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        seen: set[int] = set()
        for name, points in list(given.items()):
            if points in seen:
                self.add_error(name, gettext("Enter each amount only once."))
            elif points is not None:
                seen.add(points)
        return given

    @property
    def thresholds(self) -> list[int]:
        return [points for points in self.cleaned_data.values() if points is not None]
