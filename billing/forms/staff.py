"""Forms for staff. Points are typed as people write them and cleaned to hundredths."""

from __future__ import annotations

import uuid

from django import forms

from accounts.models import Partner
from billing.forms.fields import PointsField
from billing.models import OperationPrice, Package, Tier


class GrantForm(forms.Form):
    """Points for a partner, out of nothing. One form grants once, however often it is sent."""

    partner = forms.ModelChoiceField(
        Partner.objects.all(),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        label="Partner id",
        error_messages={"invalid_choice": "There is no partner with this id."},
    )
    tier = forms.ModelChoiceField(Tier.objects.all(), empty_label=None)
    points = PointsField(help_text="Up to two decimals, as in 7.25.")
    reason = forms.CharField(max_length=200, help_text="Kept with the bucket and in the audit.")
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    @property
    def bucket_id(self) -> str:
        """The same for everyone who sends this form: a double click, a reload."""
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
