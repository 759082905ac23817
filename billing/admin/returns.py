"""Admin pages for refunds and disputes, and what staff see of them on their first page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from billing.models import PaymentReturn, PointBucket
from billing.money import rupees
from config.admin.columns import number_column
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin, ReadOnlyInline, datetime_column
from config.admin.search import ANY, ID, Term


class ReturnColumns:
    amount = number_column("amount_paise", "Amount", rupees)


class ReturnInline(ReturnColumns, ReadOnlyInline):
    model = PaymentReturn
    fields = readonly_fields = ("kind", "state", "amount", "gateway_id", "payment_id", "created")
    created = datetime_column("created_at", "Created")


@admin.register(PaymentReturn)
class PaymentReturnAdmin(ReturnColumns, ReadOnlyAdmin):
    list_display = (
        "gateway_id",
        "partner",
        "kind",
        "purchase",
        "amount",
        "state",
        "respond_by",
        "created_at",
        "closed_at",
    )
    list_filter = ("kind", "state")
    period = Period("id", 90, open_states=(("state__exact", "open"),))
    search_terms = (
        Term("pk", ID),
        Term("partner_id", ID),
        Term("gateway_id", ANY),
        Term("payment_id", ANY),
    )
    search_help_text = "ID of the refund, dispute or payment, or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "payment_id", "reason")
    phone = ("partner", "amount", "kind", "state")


class DebtFilter(admin.SimpleListFilter):
    title = "debt"
    parameter_name = "debt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Owes points")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PointBucket]) -> QuerySet[Any]:
        return queryset.filter(owed__gt=0) if self.value() == "yes" else queryset
