"""A form field for points, cleaned to hundredths."""

from __future__ import annotations

from typing import Any

from django import forms

from billing.points import InvalidPoints, parse_points, to_text


class PointsField(forms.CharField):
    """ "7.25" → 725, "" → None; rejects more than two decimals and anything not above zero."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return to_text(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_points(text)
        except InvalidPoints as error:
            raise forms.ValidationError(f"{error}.") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
