"""Admin pages for the integration registry and for connections; credentials are never shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.services.audit import record_audit
from config.admin.change_lists import FilteredLists
from config.admin.options import ReadOnlyAdmin, ReadOnlyInline, actor_of, datetime_column
from integrations.models import Connection, ConnectionEvent, CredentialField, Integration


class CredentialFieldInline(admin.TabularInline[Any, Any]):
    model = CredentialField
    fields = ("name", "label", "is_secret", "position")
    extra = 2


@admin.register(Integration)
class IntegrationAdmin(FilteredLists, admin.ModelAdmin[Integration]):
    list_display = ("display_name", "name", "is_active", "created_at")
    list_filter = ("is_active",)
    search_fields = ("name", "display_name")
    fields = ("name", "display_name", "is_active")
    inlines = (CredentialFieldInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Make the name read-only once created, because partners' code refers to it."""
        return ("name",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Forbid deletion: deactivating keeps the history."""
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        integration: Integration = form.instance
        record_audit(
            partner=None,
            actor=actor_of(request),
            action="integration.changed" if change else "integration.registered",
            target=integration.name,
            active=integration.is_active,
            credentials=[field.name for field in integration.credential_fields.all()],
        )


class ConnectionEventInline(ReadOnlyInline):
    model = ConnectionEvent
    fields = readonly_fields = ("kind", "at", "key")
    verbose_name_plural = "history"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("key")


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "integration",
        "account",
        "partner",
        "has_access",
        "connected",
        "disconnected",
    )
    list_filter = ("has_access", "integration")
    list_select_related = ("integration", "account", "partner")
    search_fields = ("id__exact", "account__id__exact", "partner__id__exact")
    ordering = ("-id",)
    fields = list_display
    inlines = (ConnectionEventInline,)
    connected = datetime_column("connected_at", "Connected")
    disconnected = datetime_column("disconnected_at", "Disconnected")
