"""Staff forms for prices."""

from __future__ import annotations

from typing import Any

from django import forms

from billing.forms.fields import PointsField, RupeesField
from billing.models import OperationPrice, Package, PackagePrice
from config.admin.inputs import TimeInput


class StartField(forms.DateTimeField):
    """A time in UTC; empty for the next full minute."""

    widget = TimeInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "Starts (UTC)")
        options.setdefault("help_text", "Leave empty to start in a minute.")
        super().__init__(required=False, **options)


class PriceForm(forms.ModelForm[OperationPrice]):
    points = PointsField(help_text="Up to two decimals, such as 7.25.")
    starts_at = StartField()

    class Meta:
        model = OperationPrice
        fields = ("tier", "action", "mode", "points")


class PackagePriceForm(forms.ModelForm[PackagePrice]):
    price_paise = RupeesField(label="Price (₹)", help_text="Before GST, such as 5000 or 4999.50.")
    is_on_sale = forms.BooleanField(label="On sale", required=False, initial=True)
    starts_at = StartField()

    class Meta:
        model = PackagePrice
        fields = ("package", "price_paise", "is_on_sale")


class PackageForm(forms.ModelForm[Package]):
    class Meta:
        model = Package
        fields = ("name",)


class NewPackageForm(forms.ModelForm[Package]):
    code = forms.RegexField(
        r"\A[a-z][a-z0-9_]{1,39}\Z",
        help_text="packageId of the API: lower-case letters, digits and _. It never changes.",
        error_messages={
            "invalid": "Start with a lower-case letter; use lower-case letters, digits and _."
        },
    )
    points = PointsField(help_text="They never change.")
    price_paise = RupeesField(label="Price (₹)", help_text="Before GST, such as 5000 or 4999.50.")
    starts_at = StartField(label="On sale from (UTC)")

    class Meta:
        model = Package
        fields = ("code", "name", "tier", "points")
