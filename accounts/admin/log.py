"""Admin pages for the request log, refused calls, daily calls and the audit trail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.audit import describe_action
from accounts.models import (
    ApiKey,
    AuditDigest,
    AuditEntry,
    DailyCalls,
    RefusedCalls,
    RequestLog,
    SecurityEvent,
    User,
)
from config.admin.columns import duration_text, id_cell, number_column, state_cell
from config.admin.filters import Period
from config.admin.masking import mask_email, mask_emails
from config.admin.options import ReadOnlyAdmin
from config.admin.search import ANY, ID, Term, owned_by
from config.admin.sections import Section
from config.admin.targets import target_url

#: All paths of the API begin so.
_PREFIX = "/partner/v1/"


class StatusFilter(admin.SimpleListFilter):
    """Filter by status class, and by the two errors that partners ask about most."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return (
            ("2", "2xx"),
            ("4", "4xx"),
            ("5", "5xx"),
            ("402", "402 insufficient points"),
            ("429", "429 rate limited"),
        )

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Name the errors as the conditions of their indexes do."""
        value = self.value()
        if value in ("402", "429"):
            return rows.filter(status__gte=400, status=int(value))
        if value == "5":
            return rows.filter(status__gte=500)
        if value in ("2", "4"):
            return rows.filter(status__gte=int(value) * 100, status__lte=int(value) * 100 + 99)
        return rows


class TargetLink:
    """A column with the row that an entry is about."""

    @admin.display(description="Target")
    def about(self, row: Any) -> Any:
        url = target_url(self._name_of(row), row.target)
        cell = id_cell(mask_emails(row.target)) if row.target else "–"
        return format_html('<a href="{}">{}</a>', url, cell) if url else cell

    def _name_of(self, row: Any) -> str:
        return str(row.action)


@admin.register(RequestLog)
class RequestLogAdmin(TargetLink, ReadOnlyAdmin):
    list_display = (
        "at",
        "partner",
        "call",
        "outcome",
        "code",
        "took",
        "key",
        "about",
        "address",
    )
    list_filter = (StatusFilter,)
    period = Period("at", 1)
    phone = ("call", "outcome", "partner", "at")
    partner_ordering = ("-at",)
    search_terms = (
        Term("pk", ID),
        Term("partner_id", ID),
        owned_by("key", ApiKey),
        Term("request_id", ANY),
        Term("client_request_id", ANY),
    )
    search_help_text = "Request ID, partner ID or key ID"
    ordering = ("-at",)
    fields = (
        "at",
        "partner",
        "key",
        "method",
        "path",
        "status",
        "code",
        "message",
        "took",
        "address",
        "request_id",
        "client_request_id",
        "about",
    )

    took = number_column("milliseconds", "Duration", duration_text)

    @admin.display(description="Request")
    def call(self, row: RequestLog) -> str:
        return f"{row.method} {row.path.removeprefix(_PREFIX)}"

    @admin.display(description="Status")
    def outcome(self, row: RequestLog) -> Any:
        kind = "ok" if row.status < 400 else "failed" if row.status >= 500 else "refused"
        return state_cell(kind, str(row.status))

    def _name_of(self, row: RequestLog) -> str:
        return row.path


@admin.register(RefusedCalls)
class RefusedCallsAdmin(ReadOnlyAdmin):
    list_display = ("minute", "partner", "network", "status", "code", "calls")
    period = Period("id", 1)
    search_terms = (Term("partner_id", ID),)
    search_help_text = "Partner ID"
    ordering = ("-id",)
    fields = list_display
    phone = ("code", "calls", "partner", "minute")


@admin.register(DailyCalls)
class DailyCallsAdmin(ReadOnlyAdmin):
    list_display = ("day", "partner", "key", "succeeded", "refused", "failed")
    period = Period("id", 7)
    partner_ordering = ("-day", "key_id")
    search_terms = (Term("partner_id", ID), owned_by("key", ApiKey))
    search_help_text = "Partner ID or key ID"
    ordering = ("-id",)
    fields = list_display
    phone = ("partner", "succeeded", "day", "failed")


@admin.register(AuditEntry)
class AuditEntryAdmin(TargetLink, ReadOnlyAdmin):
    list_display = ("at", "partner", "who", "what", "about")
    period = Period("id", 7)
    partner_ordering = ("-at",)
    search_terms = (
        Term("partner_id", ID),
        Term("target", ID, lambda rows, term: rows.filter(target=term, target__gt="")),
        Term("pk", ID),
        Term(
            "reference",
            ANY,
            lambda rows, term: rows.filter(detail__has_key="reference", detail__reference=term),
        ),
    )
    search_help_text = "Reference, or ID of a partner, an entry or what it is about"
    ordering = ("-id",)
    fields = ("at", "partner", "who", "what", "action", "about", "facts")
    phone = ("what", "at", "who", "partner")

    @admin.display(description="Who")
    def who(self, entry: AuditEntry) -> str:
        """Show addresses of staff, and mask those of members."""
        is_staff = getattr(entry, "is_by_staff", None)
        if is_staff is None:
            is_staff = entry.actor in _staff_of([entry])
        return entry.actor if is_staff else mask_emails(entry.actor)

    def prepare_rows(self, rows: list[AuditEntry]) -> None:
        staff = _staff_of(rows)
        for row in rows:
            row.is_by_staff = row.actor in staff  # type: ignore[attr-defined]

    @admin.display(description="Action")
    def what(self, entry: AuditEntry) -> str:
        return str(describe_action(entry.action).label)

    @admin.display(description="Details")
    def facts(self, entry: AuditEntry) -> str:
        return mask_emails(json.dumps(entry.detail, ensure_ascii=False, indent=1))


def _staff_of(entries: list[AuditEntry]) -> set[str]:
    actors = {entry.actor for entry in entries if "@" in entry.actor}
    staff = User.objects.filter(is_staff=True, email__in=actors)
    return set(staff.values_list("email", flat=True))


@admin.register(AuditDigest)
class AuditDigestAdmin(ReadOnlyAdmin):
    section = Section.SYSTEM
    list_display = ("id", "partner", "number", "total", "until")
    period = Period("id", 7)
    partner_ordering = ("-number",)
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Partner ID or digest ID"
    ordering = ("-id",)
    fields = (*list_display, "key_version", "entry_ids")


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "who", "what", "address")
    also_named = ("user",)
    period = Period("id", 7)
    search_terms = (Term("pk", ID),)
    ordering = ("-id",)
    fields = (*list_display, "user_agent")
    phone = ("what", "at", "who", "address")

    @admin.display(description="Person")
    def who(self, event: SecurityEvent) -> str:
        return event.user.email if event.user.is_staff else mask_email(event.user.email)

    @admin.display(description="Event")
    def what(self, event: SecurityEvent) -> str:
        return str(describe_action(event.action).label)
