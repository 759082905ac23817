"""Admin pages for ledger checks, the hash chain and statements."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.points import points_column
from billing.models import LedgerAlert, LedgerCheck, LedgerDigest, Statement
from config.admin.options import ReadOnlyAdmin, datetime_column


@admin.register(LedgerCheck)
class LedgerCheckAdmin(ReadOnlyAdmin):
    list_display = ("when", "is_full", "ok", "buckets", "entries", "drifting", "broken")
    list_filter = ("ok", "is_full")
    fields = ("when", "is_full", "ok", "buckets", "entries", "drift", "faults")
    when = datetime_column("at", "Time")

    @admin.display(description="Buckets with drift")
    def drifting(self, check: LedgerCheck) -> int:
        return len(check.drift)

    @admin.display(description="Broken chains")
    def broken(self, check: LedgerCheck) -> int:
        return len(check.faults)


@admin.register(LedgerAlert)
class LedgerAlertAdmin(ReadOnlyAdmin):
    list_display = ("when", "state")
    fields = ("when", "state", "detail")
    when = datetime_column("at", "Emailed")

    @admin.display(description="State")
    def state(self, alert: LedgerAlert) -> str:
        return alert.problem or "resolved"


@admin.register(LedgerDigest)
class LedgerDigestAdmin(ReadOnlyAdmin):
    list_display = ("id", "partner", "number", "total", "covers")
    list_select_related = ("partner",)
    search_fields = ("id__exact", "partner__id__exact")
    ordering = ("-id",)
    fields = (*list_display, "hash", "key_version", "entry_ids")
    covers = datetime_column("until", "Covers entries before")

    @admin.display(description="Hash")
    def hash(self, digest: LedgerDigest) -> str:
        return digest.last_hash.hex()


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    list_display = ("id", "partner", "month", "balance")
    list_select_related = ("partner",)
    search_fields = ("id__exact", "partner__id__exact", "partner__name")
    ordering = ("-id",)
    fields = (*list_display, "content", "key_version")
    balance = points_column("closing", "Closing balance")
