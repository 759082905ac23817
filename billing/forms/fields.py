"""A form field for points, cleaned to hundredths."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext

from billing.money import SCALE
from billing.points import PLAIN_NUMBER, InvalidPoints, parse_points, to_text


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
            # Translators: ends what is wrong with a number as a sentence.
            text = gettext("%(problem)s.") % {"problem": error}
            raise forms.ValidationError(text) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class RupeesField(forms.DecimalField):
    """ "4999.50" → 499950 paise; rejects more than two decimals and anything not above zero."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=Decimal("0.01"), max_digits=14, decimal_places=2, **options)

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / SCALE:f}" if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        if value and not PLAIN_NUMBER.match(str(value).strip()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def clean(self, value: Any) -> Any:
        rupees = super().clean(value)
        return None if rupees is None else int(rupees * SCALE)
