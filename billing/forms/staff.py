"""Staff forms for points and prices."""

from __future__ import annotations

import uuid

from django import forms
from django.conf import settings

from accounts.models import Partner
from billing.forms.fields import PointsField
from billing.models import OperationPrice, Package, Tier
from billing.points import SCALE


class GrantForm(forms.Form):
    """Points granted without a purchase. One form grants once, however often it is submitted."""

    partner = forms.ModelChoiceField(
        Partner.objects.all(),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        label="Partner ID",
        error_messages={"invalid_choice": "No partner has this ID."},
    )
    tier = forms.ModelChoiceField(Tier.objects.all(), empty_label=None)
    points = PointsField(help_text="Up to two decimals, such as 7.25.")
    reason = forms.CharField(
        max_length=200, help_text="Saved with the bucket and in the audit log."
    )
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_points(self) -> int:
        points: int = self.cleaned_data["points"]
        if points > settings.GRANT_LIMIT * SCALE:
            raise forms.ValidationError(f"Grant at most {settings.GRANT_LIMIT:,} points at a time.")
        return points

    @property
    def bucket_id(self) -> str:
        """The same for every submission of this form, such as a double click or a reload."""
        return str(self.cleaned_data["once"].hex[:24])


class PriceForm(forms.ModelForm[OperationPrice]):
    points = PointsField()

    class Meta:
        model = OperationPrice
        fields = ("points",)


class PackageForm(forms.ModelForm[Package]):
    class Meta:
        model = Package
        fields = ("name", "price_paise", "is_on_sale")
