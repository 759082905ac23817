"""Admin pages for points, charges and usage; prices can be edited and points granted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from billing.admin.returns import DebtFilter
from billing.forms import GrantForm, PackageForm, PriceForm
from billing.models import (
    Charge,
    DailyUsage,
    LedgerEntry,
    OperationPrice,
    Package,
    PointBucket,
    Tier,
)
from billing.services import change_package, change_price, grant_points
from billing.templatetags.points import points
from config.admin.change_lists import FilteredLists
from config.admin.options import ReadOnlyAdmin, ReadOnlyInline, actor_of, datetime_column


def points_column(field: str, label: str) -> Callable[[Any, Any], str]:
    """Build a column of points, formatted for reading."""

    @admin.display(description=label)
    def column(_page: Any, row: Any) -> str:
        return points(getattr(row, field))

    return column


@admin.register(Tier)
class TierAdmin(ReadOnlyAdmin):
    list_display = ("name", "position")


class PriceListAdmin(FilteredLists, admin.ModelAdmin[Any]):
    """Fixed rows created by a migration."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(OperationPrice)
class OperationPriceAdmin(PriceListAdmin):
    form = PriceForm
    list_display = ("tier", "action", "mode", "price")
    list_select_related = ("tier",)
    ordering = ("tier__position", "action", "mode")
    fields = ("tier", "action", "mode", "points")
    readonly_fields = ("tier", "action", "mode")
    price = points_column("points", "Points")

    def save_model(
        self, request: HttpRequest, obj: OperationPrice, form: PriceForm, change: bool
    ) -> None:
        change_price(price=obj, points=form.cleaned_data["points"], actor=actor_of(request))


@admin.register(Package)
class PackageAdmin(PriceListAdmin):
    form = PackageForm
    list_display = ("name", "code", "tier", "size", "price_paise", "is_on_sale")
    list_select_related = ("tier",)
    fields = ("code", "tier", "size", "name", "price_paise", "is_on_sale")
    readonly_fields = ("code", "tier", "size")
    size = points_column("points", "Points")

    def save_model(
        self, request: HttpRequest, obj: Package, form: PackageForm, change: bool
    ) -> None:
        change_package(package=obj, actor=actor_of(request), **form.cleaned_data)


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
        "package_code",
        "tier",
        "left",
        "on_hold",
        "debt",
        "size",
        "purchased",
    )
    list_filter = ("tier", DebtFilter)
    list_select_related = ("partner", "tier")
    search_fields = ("id__exact", "partner__id__exact", "partner__name")
    ordering = ("-id",)
    fields = (*list_display, "taken_back", "note")
    inlines = (LedgerEntryInline,)
    on_hold = points_column("frozen", "Frozen")
    debt = points_column("owed", "Debt")
    taken_back = points_column("taken", "Taken back")
    left = points_column("remaining", "Remaining")
    size = points_column("original", "Original")
    purchased = datetime_column("purchased_at", "Purchased")

    def get_urls(self) -> list[URLPattern]:
        grant = path(
            "grant/", self.admin_site.admin_view(self.grant), name="billing_pointbucket_grant"
        )
        return [grant, *super().get_urls()]

    def grant(self, request: HttpRequest) -> HttpResponse:
        """Grant points without a purchase; `?partner=` prefills the partner."""
        if not request.user.has_perm("billing.add_pointbucket"):
            raise PermissionDenied
        form = GrantForm(request.POST or None, initial={"partner": request.GET.get("partner", "")})
        if form.is_valid():
            self._grant(request, form)
            return redirect("admin:billing_pointbucket_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Grant points",
            "form": form,
        }
        return render(request, "admin/billing/pointbucket/grant.html", context)

    def _grant(self, request: HttpRequest, form: GrantForm) -> None:
        given = form.cleaned_data
        try:
            bucket = grant_points(
                partner=given["partner"],
                tier=given["tier"],
                points=given["points"],
                actor=actor_of(request),
                note=given["reason"],
                bucket_id=form.bucket_id,
            )
        except IntegrityError:
            messages.warning(request, "Form submitted twice. The points were granted once.")
            return
        messages.success(
            request, f"{points(bucket.original)} points granted to {given['partner']}."
        )


@admin.register(Charge)
class ChargeAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "state",
        "partner",
        "key",
        "action",
        "mode",
        "tier",
        "taken",
        "given_back",
        "created",
    )
    list_filter = ("state", "action", "mode")
    list_select_related = ("partner", "key", "tier")
    search_fields = ("id__exact", "partner__id__exact", "key__id__exact")
    ordering = ("-id",)
    fields = (*list_display, "settled", "lease")
    taken = points_column("cost", "Charged")
    given_back = points_column("refunded", "Refunded")
    created = datetime_column("created_at", "Created")
    settled = datetime_column("settled_at", "Settled")
    lease = datetime_column("lease_until", "Lease until")


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ("id", "partner", "kind", "amount", "bucket", "operation", "created")
    list_filter = ("kind",)
    list_select_related = ("partner", "bucket", "operation")
    search_fields = ("operation__id__exact", "bucket__id__exact", "partner__id__exact")
    ordering = ("-id",)
    fields = (*list_display, "reverses")
    amount = points_column("points", "Points")
    created = datetime_column("created_at", "Created")


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
    list_select_related = ("partner", "key")
    search_fields = ("partner__id__exact", "key__id__exact")
    ordering = ("-id",)
    fields = list_display
    net = points_column("points", "Points")
