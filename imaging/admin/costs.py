"""Admin pages for what the provider bills."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from billing.money import rupees
from config.admin.options import ReadOnlyAdmin, actor_of, datetime_column
from imaging.forms import ProviderCostForm
from imaging.models import ProviderCost
from imaging.services import set_provider_cost


@admin.register(ProviderCost)
class ProviderCostAdmin(ReadOnlyAdmin):
    """Costs are added with the time from which they hold; those before are kept."""

    form = ProviderCostForm
    list_display = ("action", "mode", "cost", "starts", "note")
    list_filter = ("action", "mode")
    search_fields = ("id__exact",)
    ordering = ("-starts_at",)
    starts = datetime_column("starts_at", "From")

    @admin.display(description="Cost per request")
    def cost(self, row: ProviderCost) -> str:
        return rupees(row.paise)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("imaging.add_providercost")

    def get_fields(self, request: HttpRequest, obj: ProviderCost | None = None) -> tuple[str, ...]:
        return self.list_display if obj else ("action", "mode", "rupees", "starts_at", "note")

    def save_model(
        self, request: HttpRequest, obj: ProviderCost, form: ProviderCostForm, change: bool
    ) -> None:
        given = form.cleaned_data
        obj.pk = set_provider_cost(
            action=given["action"],
            mode=given["mode"],
            paise=int(given["rupees"] * 100),
            starts_at=given["starts_at"],
            note=given["note"],
            actor=actor_of(request),
        ).pk
