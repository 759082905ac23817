"""Forms of images: filters of the list, and the provider's costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.forms.fields import KeyField
from accounts.models import Partner
from billing.models import Charge, OperationPrice
from config.pages.filters import TimeRangeForm
from imaging.models import ImageOperationQuerySet, ProviderCost


class OperationFilterForm(TimeRangeForm):
    kind = forms.ChoiceField(
        label="Key type",
        required=False,
        choices=[("", "Live and test"), ("live", "Live"), ("test", "Test")],
    )
    action = forms.ChoiceField(
        required=False, choices=[("", "Any action"), *OperationPrice.Action.choices]
    )
    mode = forms.ChoiceField(
        required=False, choices=[("", "Any mode"), *OperationPrice.Mode.choices]
    )
    state = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Any status"), *Charge.State.choices]
    )
    key = KeyField()

    field_order = ("period", "kind", "action", "mode", "state", "key", "since", "until")
    default_period = "month"

    def __init__(self, query: QueryDict, partner: Partner) -> None:
        super().__init__(query)
        key: Any = self.fields["key"]
        key.load_choices(partner)

    def apply(self, queryset: ImageOperationQuerySet) -> ImageOperationQuerySet:
        given = self.cleaned_data
        exact = {"action": given["action"], "mode": given["mode"], "key_id": given["key"]}
        rows = queryset.filter(**{name: value for name, value in exact.items() if value})
        rows = rows.filter(**self.lookups("created_at"))
        if given["kind"]:
            rows = rows.filter(charge__isnull=given["kind"] == "test")
        return rows.in_state(given["state"]) if given["state"] else rows


class ProviderCostForm(forms.ModelForm[ProviderCost]):
    rupees = forms.DecimalField(
        label="Cost in rupees",
        min_value=Decimal("0.01"),
        max_digits=9,
        decimal_places=2,
        help_text="Per request, without tax.",
    )

    class Meta:
        model = ProviderCost
        fields = ("action", "mode", "starts_at", "note")
