"""Admin pages for points, charges and usage; prices can be edited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from accounts.admin.limits import SUBJECT_TERMS
from accounts.models import ApiKey
from billing.admin.returns import DebtFilter
from billing.labels import gateway_title
from billing.models import (
    Charge,
    DailyUsage,
    KeySpending,
    LedgerEntry,
    PointBucket,
    Purchase,
)
from billing.money import rupees
from billing.templatetags.points import points
from config.admin.columns import admin_url, link_to, number_column, state_cell
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin, ReadOnlyInline
from config.admin.search import ID, Term, owned_by
from config.admin.targets import link_targets


def points_column(field: str, label: str) -> Callable[[Any, Any], str]:
    """Build a column of points: 24,992.75."""
    return number_column(field, label, points)


def rupees_column(field: str, label: str) -> Callable[[Any, Any], str]:
    """Build a column of money: ₹1,23,456.00."""
    return number_column(field, label, rupees)


class GatewayLabel:
    """A column that names the gateway."""

    @admin.display(description="Gateway")
    def paid_by(self, row: Any) -> str:
        return gateway_title(row.gateway)


class LedgerEntryInline(ReadOnlyInline):
    """Shows the credit only: a bucket has thousands of charges, which the ledger lists."""

    model = LedgerEntry
    fields = readonly_fields = ("kind", "amount", "operation", "created_at")
    verbose_name_plural = "credit of this bucket"
    amount = points_column("points", "Points")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(kind=LedgerEntry.Kind.CREDIT)


@admin.register(PointBucket)
class PointBucketAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "partner",
        "origin",
        "tier",
        "size",
        "left",
        "on_hold",
        "debt",
        "purchased_at",
    )
    list_filter = ("tier", DebtFilter)
    list_select_related = ("purchase",)
    period = Period("id", 90, open_states=(("debt", "yes"),))
    partner_ordering = ("-purchased_at", "-id")
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Bucket ID or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "taken_back", "note")
    phone = ("partner", "left", "purchased_at", "origin")
    inlines = (LedgerEntryInline,)
    on_hold = points_column("frozen", "Frozen")
    debt = points_column("owed", "Debt")
    taken_back = points_column("taken", "Taken back")
    left = points_column("remaining", "Remaining")
    size = points_column("original", "Original")

    @admin.display(description="Bought with")
    def origin(self, bucket: PointBucket) -> str:
        if not hasattr(bucket, "purchase"):
            return "Grant"
        return link_to(Purchase, bucket.purchase.pk, bucket.purchase.reference)


@admin.register(Charge)
class ChargeAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "partner",
        "key",
        "action",
        "mode",
        "tier",
        "taken",
        "given_back",
        "state",
        "lease",
        "created_at",
    )
    list_filter = ("state", "action", "mode")
    period = Period("id", 7, open_states=(("state__exact", "reserved"),))
    search_terms = (Term("pk", ID),)
    search_help_text = "Operation ID"
    ordering = ("-id",)
    fields = (*list_display, "settled_at", "holder", "entries_link")
    phone = ("partner", "taken", "action", "state")
    taken = points_column("cost", "Charged")
    given_back = points_column("refunded", "Refunded")

    @admin.display(description="Lease")
    def lease(self, charge: Charge) -> str:
        """Say how long a process still holds the charge; a lease that ran out is an error."""
        if charge.state != Charge.State.RESERVED:
            return "–"
        if charge.lease_until > timezone.now():
            return state_cell("pending", "Held")
        return state_cell("failed", "Expired")

    @admin.display(description="Ledger")
    def entries_link(self, charge: Charge) -> str:
        page = admin_url(LedgerEntry, page="changelist")
        return format_html('<a href="{}?operation={}">Ledger entries</a>', page, charge.pk)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "partner", "kind", "amount", "bucket", "operation", "id")
    list_filter = ("kind",)
    period = Period("id", 7)
    partner_ordering = ("-created_at", "-id")
    search_terms = (
        Term("operation_id", ID),
        Term("pk", ID),
        Term("partner_id", ID),
        owned_by("bucket", PointBucket),
    )
    search_help_text = "Operation ID, entry ID, bucket ID or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "reverses")
    phone = ("partner", "amount", "kind", "created_at")
    amount = points_column("points", "Points")


@admin.register(DailyUsage)
class DailyUsageAdmin(ReadOnlyAdmin):
    list_display = (
        "day",
        "partner",
        "key",
        "action",
        "mode",
        "is_test",
        "succeeded",
        "failed",
        "net",
    )
    list_filter = ("is_test", "action", "mode")
    period = Period("id", 7)
    partner_ordering = ("-day", "key_id", "action", "mode")
    search_terms = (Term("partner_id", ID), owned_by("key", ApiKey))
    search_help_text = "Partner ID or key ID"
    ordering = ("-id",)
    fields = list_display
    phone = ("partner", "net", "day", "succeeded")
    net = points_column("points", "Points")


@admin.register(KeySpending)
class KeySpendingAdmin(ReadOnlyAdmin):
    """What counts against the spend limits of keys; their page shows the limits."""

    list_display = ("subject", "partner", "day", "of_day", "month", "of_month")
    search_terms = SUBJECT_TERMS
    search_help_text = "Key ID or partner ID"
    ordering = ("-subject",)
    fields = list_display
    phone = ("partner", "of_day", "day", "of_month")
    of_day = points_column("day_points", "Points that day")
    of_month = points_column("month_points", "Points that month")


link_targets(PointBucket, "points.")
