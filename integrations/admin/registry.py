"""Admin pages for the integration registry and for connections; credentials are never shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import BaseInlineFormSet
from django.forms.utils import pretty_name
from django.http import HttpRequest

from accounts.models import Account
from accounts.services.audit import record_audit
from config.admin.change_lists import FilteredLists
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin, ReadOnlyInline, TableInline, actor_of
from config.admin.search import ID, Term
from config.admin.targets import link_targets
from integrations.models import Connection, ConnectionEvent, CredentialField, Integration


class LabelledFormSet(BaseInlineFormSet[Any, Any, Any]):
    """Names each input: in a table, only the head of its column does."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in form.fields.items():
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = field.label or pretty_name(name)


class CredentialFieldInline(TableInline):
    model = CredentialField
    formset = LabelledFormSet
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
    has_test_rows = True
    list_display = (
        "id",
        "partner",
        "account",
        "integration",
        "has_access",
        "connected_at",
        "disconnected_at",
    )
    list_filter = ("has_access", "integration")
    period = Period("id", 90)
    partner_ordering = ("-connected_at",)
    search_terms = (Term("pk", ID), Term("account_id", ID), Term("partner_id", ID))
    search_help_text = "Connection ID, account ID or partner ID"
    ordering = ("-id",)
    fields = list_display
    inlines = (ConnectionEventInline,)
    phone = ("partner", "has_access", "integration", "connected_at")


@admin.register(ConnectionEvent)
class ConnectionEventAdmin(ReadOnlyAdmin):
    has_test_rows = True
    list_display = ("at", "partner", "connection", "kind", "key")
    list_filter = ("kind",)
    period = Period("id", 30)
    search_terms = (Term("connection_id", ID), Term("pk", ID))
    search_help_text = "Connection ID or event ID"
    ordering = ("-id",)
    fields = list_display
    phone = ("partner", "at", "kind", "key")


link_targets(Account, "connection.")
