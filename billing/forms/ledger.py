"""Filters for the ledger and for purchases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Partner
from billing.models import LedgerEntry, PointBucket, Purchase
from billing.templatetags.points import points
from config.db.ids import is_id
from config.pages.filters import DateRangeForm, FilterForm


class BucketField(forms.ModelChoiceField[PointBucket]):
    def label_from_instance(self, bucket: Any) -> str:
        purchased = timezone.localtime(bucket.purchased_at)
        size = points(bucket.original)
        return f"{bucket.tier_id.capitalize()}, {size}, {purchased.day} {purchased:%b %Y}"


class LedgerFilterForm(DateRangeForm):
    """Filters for one partner's ledger entries."""

    kind = forms.ChoiceField(
        choices=[("", "All"), *LedgerEntry.Kind.choices], required=False, label="Type"
    )
    bucket = BucketField(PointBucket.objects.of_all().none(), required=False, empty_label="All")
    operation = forms.CharField(
        max_length=24,
        required=False,
        label="Operation ID",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    field_order = ("kind", "bucket", "since", "until", "operation")

    def __init__(self, data: Any, *, partner: Partner) -> None:
        super().__init__(data)
        buckets: Any = self.fields["bucket"]
        buckets.queryset = partner.buckets.order_by("-purchased_at", "-id")

    def clean_operation(self) -> str:
        text: str = self.cleaned_data["operation"].lower()
        if text and not is_id(text):
            raise forms.ValidationError("Enter a 24-character ID of digits 0–9 and letters a–f.")
        return text

    def apply(self, queryset: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
        given = self.cleaned_data
        conditions = {
            "kind": given["kind"],
            "bucket": given["bucket"],
            "operation": given["operation"],
            **self.lookups("created_at"),
        }
        return queryset.filter(**{name: value for name, value in conditions.items() if value})

    @property
    def is_filtered(self) -> bool:
        return not self.is_valid() or any(self.cleaned_data.values())


class PurchaseFilterForm(FilterForm):
    state = forms.ChoiceField(
        choices=[("", "All"), *Purchase.State.choices], required=False, label="Status"
    )

    def apply(self, queryset: QuerySet[Purchase]) -> QuerySet[Purchase]:
        state = self.cleaned_data["state"]
        return queryset.filter(state=state) if state else queryset
