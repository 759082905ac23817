"""Admin pages for the price list: rows with a start, added ahead of time."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from billing.admin.points import points_column, rupees_column
from billing.forms import NewPackageForm, PackageForm, PackagePriceForm, PriceForm
from billing.models import OperationPrice, Package, PackagePrice, Tier
from billing.services import (
    PriceRefused,
    add_package,
    rename_package,
    schedule_package_price,
    schedule_price,
    withdraw_package_price,
    withdraw_price,
)
from config.admin.change_lists import FilteredLists
from config.admin.columns import state_cell, yes_or_no
from config.admin.options import ReadOnlyAdmin, actor_of, confirm


@admin.register(Tier)
class TierAdmin(ReadOnlyAdmin):
    list_display = ("name", "position")
    fields = list_display


class PriceStateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "starts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("started", "Started"), ("future", "Scheduled")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "started":
            return rows.filter(starts_at__lte=timezone.now())
        return rows.filter(starts_at__gt=timezone.now()) if self.value() == "future" else rows


class PriceListAdmin(FilteredLists, admin.ModelAdmin[Any]):
    """Rows are added, and withdrawn until they start; nothing else changes them."""

    #: Fields whose rows replace one another.
    replaces: tuple[str, ...] = ()
    list_filter: ClassVar[tuple[Any, ...]] = (PriceStateFilter,)
    actions = ("withdraw",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"billing.delete_{self.opts.model_name}")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show a price as its list does."""
        shown: Any = super().get_fields(request, obj)
        return list(self.list_display) if obj else shown

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Say why a price is refused, and keep what was typed."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except PriceRefused as error:
            messages.error(request, str(error))
            return redirect(request.get_full_path())

    def prepare_rows(self, rows: list[Any]) -> None:
        """Mark the prices in force: the last that started of each kind."""
        started = self.model._default_manager.filter(starts_at__lte=timezone.now())
        newest = started.order_by(*self.replaces, "-starts_at").distinct(*self.replaces)
        current = set(newest.values_list("pk", flat=True))
        for row in rows:
            row.is_in_force = row.pk in current

    @admin.display(description="Status")
    def state(self, row: Any) -> str:
        if not hasattr(row, "is_in_force"):
            self.prepare_rows([row])
        if row.starts_at > timezone.now():
            return state_cell("future", "Scheduled")
        return state_cell("current", "In force") if row.is_in_force else state_cell("past", "Past")

    @admin.action(description="Withdraw scheduled prices", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, rows: QuerySet[Any]) -> TemplateResponse | None:
        if page := confirm(
            self,
            request,
            rows,
            action="withdraw",
            question="Withdraw these prices?",
            consequence="They never start. The prices before them stay in force.",
            button="Withdraw prices",
        ):
            return page
        for price in rows:
            try:
                self.withdraw_one(price, actor_of(request))
            except PriceRefused as error:
                messages.error(request, f"{price}: {error}")
            else:
                messages.success(request, f"{price}: withdrawn.")
        return None

    def withdraw_one(self, price: Any, actor: str) -> None:
        raise NotImplementedError


@admin.register(OperationPrice)
class OperationPriceAdmin(PriceListAdmin):
    form = PriceForm
    replaces = ("tier_id", "action", "mode")
    list_display = ("tier", "action", "mode", "price", "state", "starts_at")
    list_display_links = None
    list_filter = (PriceStateFilter, "tier", "action", "mode")
    ordering = ("tier__position", "action", "mode", "-starts_at")
    fields = ("tier", "action", "mode", "points", "starts_at")
    phone = ("tier", "price", "action", "state")
    price = points_column("points", "Points")

    def save_model(self, request: HttpRequest, obj: Any, form: PriceForm, change: bool) -> None:
        price = schedule_price(**form.cleaned_data, actor=actor_of(request))
        obj.pk, obj.starts_at = price.pk, price.starts_at

    def withdraw_one(self, price: OperationPrice, actor: str) -> None:
        withdraw_price(price=price, actor=actor)


@admin.register(PackagePrice)
class PackagePriceAdmin(PriceListAdmin):
    form = PackagePriceForm
    replaces = ("package_id",)
    list_display = ("package", "price", "is_on_sale", "state", "starts_at")
    list_display_links = None
    list_filter = (PriceStateFilter, "package")
    ordering = ("package__points", "package", "-starts_at")
    fields = ("package", "price_paise", "is_on_sale", "starts_at")
    phone = ("package", "price", "starts_at", "state")
    price = rupees_column("price_paise", "Price before GST")

    def save_model(
        self, request: HttpRequest, obj: Any, form: PackagePriceForm, change: bool
    ) -> None:
        price = schedule_package_price(**form.cleaned_data, actor=actor_of(request))
        obj.pk, obj.starts_at = price.pk, price.starts_at

    def withdraw_one(self, price: PackagePrice, actor: str) -> None:
        withdraw_package_price(price=price, actor=actor)


@admin.register(Package)
class PackageAdmin(FilteredLists, admin.ModelAdmin[Package]):
    form = PackageForm
    list_display = ("name", "code", "tier", "size", "price", "sold")
    phone = ("name", "price", "size", "sold")
    size = points_column("points", "Points")
    price = rupees_column("price_paise", "Price before GST")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Package]:
        return Package.objects.priced(include_future=True).order_by("points", "code")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        form = PackageForm if obj else NewPackageForm
        return super().get_form(request, obj, change, **{**options, "form": form})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj:
            return ("code", "tier", "size", "name", "price", "sold")
        return ("code", "name", "tier", "points", "price_paise", "starts_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code", "tier", "size", "price", "sold") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="On sale")
    def sold(self, package: Package) -> str:
        return yes_or_no(bool(package.is_on_sale))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except PriceRefused as error:
            messages.error(request, str(error))
            return redirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Package, form: Any, change: bool) -> None:
        if change:
            rename_package(package=obj, name=form.cleaned_data["name"], actor=actor_of(request))
        else:
            add_package(**form.cleaned_data, actor=actor_of(request))
