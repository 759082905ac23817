"""Forms of images: filters of the list, and the provider's costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from accounts.forms.fields import KeyField
from accounts.models import Partner
from billing.models import Charge, OperationPrice
from config.pages.filters import TimeRangeForm
from imaging.models import ImageOperationQuerySet, ProviderCost


class OperationFilterForm(TimeRangeForm):
    action = forms.ChoiceField(
        label=gettext_lazy("Action"),
        required=False,
        choices=[("", gettext_lazy("Any action")), *OperationPrice.Action.choices],
    )
    # "mode" in an address is that of the whole dashboard.
    image_mode = forms.ChoiceField(
        label=gettext_lazy("Mode"),
        required=False,
        choices=[("", gettext_lazy("Any mode")), *OperationPrice.Mode.choices],
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[("", gettext_lazy("Any status")), *Charge.State.choices],
    )
    key = KeyField()

    field_order = ("period", "action", "state", "image_mode", "key", "since", "until")
    default_period = "month"

    def __init__(self, query: QueryDict, partner: Partner) -> None:
        super().__init__(query)
        key: Any = self.fields["key"]
        key.load_choices(partner)

    def apply(self, queryset: ImageOperationQuerySet) -> ImageOperationQuerySet:
        given = self.cleaned_data
        exact = {"action": given["action"], "mode": given["image_mode"], "key_id": given["key"]}
        rows = queryset.filter(**{name: value for name, value in exact.items() if value})
        rows = rows.filter(**self.lookups("created_at"))
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
        labels = {"starts_at": "Starts (UTC)"}
