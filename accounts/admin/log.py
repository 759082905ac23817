"""Admin pages for the request log and the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from accounts.models import AuditEntry, Partner, RefusedCalls, RequestLog
from config.admin.options import ReadOnlyAdmin, datetime_column


class StatusFilter(admin.SimpleListFilter):
    """Filter by status class, and by the two errors that partners ask about most."""

    title = "status"
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return (
            ("2", "2xx"),
            ("4", "4xx"),
            ("5", "5xx"),
            ("402", "402 insufficient points"),
            ("429", "429 rate limited"),
        )

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value in ("402", "429"):
            return rows.filter(status=int(value))
        if value in ("2", "4", "5"):
            return rows.filter(status__range=(int(value) * 100, int(value) * 100 + 99))
        return rows


class PartnerName:
    """A column for rows that may be the platform's own, which a join would leave out."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        name = Partner.objects.filter(pk=OuterRef("partner_id")).values("name")
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        named: QuerySet[Any] = rows.annotate(partner_name=Subquery(name))
        return named

    @admin.display(description="Partner")
    def owner(self, row: Any) -> str | None:
        name: str | None = row.partner_name
        return name


@admin.register(RequestLog)
class RequestLogAdmin(PartnerName, ReadOnlyAdmin):
    list_display = (
        "at_utc",
        "owner",
        "key",
        "method",
        "path",
        "status",
        "code",
        "milliseconds",
        "address",
    )
    list_filter = ("at", StatusFilter)
    list_select_related = ("key",)
    search_fields = ("request_id__exact", "partner__id__exact", "key__id__exact")
    search_help_text = "Search by request ID, partner ID or key ID."
    ordering = ("-at",)
    fields = (*list_display, "message", "request_id", "client_request_id", "target")
    at_utc = datetime_column("at", "Time")


@admin.register(RefusedCalls)
class RefusedCallsAdmin(PartnerName, ReadOnlyAdmin):
    list_display = ("minute_utc", "network", "status", "code", "calls", "owner")
    list_filter = ("minute", "status")
    search_fields = ("network__exact", "code__exact", "partner__id__exact")
    search_help_text = "Search by IP address, error code or partner ID."
    ordering = ("-id",)
    fields = list_display
    minute_utc = datetime_column("minute", "Minute")


@admin.register(AuditEntry)
class AuditEntryAdmin(PartnerName, ReadOnlyAdmin):
    list_display = ("at_utc", "actor", "action", "target", "owner")
    list_filter = ("at",)
    search_fields = ("actor", "action", "target__exact", "detail__reference", "partner__id__exact")
    ordering = ("-at", "-id")
    fields = (*list_display, "detail")
    at_utc = datetime_column("at", "Time")
