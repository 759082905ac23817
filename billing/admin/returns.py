"""Admin pages for refunds and disputes, and what staff see of them on their first page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from billing.models import PaymentReturn, PointBucket
from billing.money import rupees
from config.admin.options import ReadOnlyAdmin, ReadOnlyInline, datetime_column


class ReturnColumns:
    @admin.display(description="Amount")
    def amount(self, row: PaymentReturn) -> str:
        return rupees(row.amount_paise)


class ReturnInline(ReturnColumns, ReadOnlyInline):
    model = PaymentReturn
    fields = readonly_fields = ("kind", "state", "amount", "gateway_id", "payment_id", "created")
    created = datetime_column("created_at", "Created")


@admin.register(PaymentReturn)
class PaymentReturnAdmin(ReturnColumns, ReadOnlyAdmin):
    list_display = (
        "gateway_id",
        "kind",
        "state",
        "partner",
        "purchase",
        "amount",
        "respond",
        "created",
        "closed",
    )
    list_filter = ("kind", "state")
    list_select_related = ("partner", "purchase")
    search_fields = (
        "id__exact",
        "gateway_id__exact",
        "payment_id__exact",
        "partner__id__exact",
        "purchase__reference__exact",
    )
    ordering = ("-id",)
    fields = (*list_display, "payment_id", "reason")
    respond = datetime_column("respond_by", "Respond by")
    created = datetime_column("created_at", "Created")
    closed = datetime_column("closed_at", "Closed")


class DebtFilter(admin.SimpleListFilter):
    title = "debt"
    parameter_name = "debt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Owes points")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PointBucket]) -> QuerySet[Any]:
        return queryset.filter(owed__gt=0) if self.value() == "yes" else queryset
