"""Filters for the ledger and for purchases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_lazy

from accounts.models import Partner
from billing.models import LedgerEntry, PointBucket, Purchase
from billing.templatetags.points import points
from config.db.ids import is_id
from config.pages.filters import DayPeriodForm, FilterForm


class BucketField(forms.ModelChoiceField[PointBucket]):
    def label_from_instance(self, bucket: Any) -> str:
        words = {"bucket": bucket.label, "points": points(bucket.original)}
        return gettext("%(bucket)s, %(points)s points") % words


class LedgerFilterForm(DayPeriodForm):
    """Filters for one partner's ledger entries."""

    kind = forms.ChoiceField(
        choices=[("", gettext_lazy("Any type")), *LedgerEntry.Kind.choices],
        required=False,
        label=gettext_lazy("Type"),
    )
    bucket = BucketField(
        PointBucket.objects.of_all().none(),
        required=False,
        label=gettext_lazy("Bucket"),
        empty_label=gettext_lazy("Any bucket"),
    )
    operation = forms.CharField(
        max_length=24,
        required=False,
        label=gettext_lazy("Operation ID"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    field_order = ("period", "kind", "bucket", "operation", "since", "until")

    def __init__(self, data: Any, *, partner: Partner) -> None:
        super().__init__(data)
        buckets: Any = self.fields["bucket"]
        buckets.queryset = partner.buckets.select_related("package").order_by(
            "-purchased_at", "-id"
        )

    def clean_operation(self) -> str:
        text: str = self.cleaned_data["operation"].lower()
        if text and not is_id(text):
            raise forms.ValidationError(
                gettext("Enter a 24-character ID of digits 0–9 and letters a–f.")
            )
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
    def leaves_no_gaps(self) -> bool:
        """Return whether the matching entries are consecutive, so that each balance is known."""
        given = self.cleaned_data
        return not (given["kind"] or given["bucket"] or given["operation"])


class PurchaseFilterForm(FilterForm):
    state = forms.ChoiceField(
        choices=[("", gettext_lazy("Any status")), *Purchase.State.choices],
        required=False,
        label=gettext_lazy("Status"),
    )

    def apply(self, queryset: QuerySet[Purchase]) -> QuerySet[Purchase]:
        state = self.cleaned_data["state"]
        return queryset.filter(state=state) if state else queryset
