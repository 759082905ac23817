"""Admin pages for ledger checks, the hash chain and statements."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.points import points_column
from billing.models import LedgerAlert, LedgerCheck, LedgerCheckpoint, LedgerDigest, Statement
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin
from config.admin.search import ID, Term
from config.admin.sections import Section


@admin.register(LedgerCheck)
class LedgerCheckAdmin(ReadOnlyAdmin):
    section = Section.SYSTEM
    list_display = ("at", "is_full", "ok", "buckets", "entries", "drifting", "broken")
    list_filter = ("ok", "is_full")
    period = Period("at", 30)
    ordering = ("-at", "-id")
    fields = ("at", "is_full", "ok", "buckets", "entries", "drift", "faults")
    phone = ("at", "ok", "entries", "is_full")

    @admin.display(description="Buckets with drift")
    def drifting(self, check: LedgerCheck) -> int:
        return len(check.drift)

    @admin.display(description="Broken chains")
    def broken(self, check: LedgerCheck) -> int:
        return len(check.faults)


@admin.register(LedgerAlert)
class LedgerAlertAdmin(ReadOnlyAdmin):
    section = Section.SYSTEM
    list_display = ("at", "state")
    fields = ("at", "state", "detail")

    @admin.display(description="State")
    def state(self, alert: LedgerAlert) -> str:
        return alert.problem or "resolved"


@admin.register(LedgerDigest)
class LedgerDigestAdmin(ReadOnlyAdmin):
    section = Section.SYSTEM
    list_display = ("id", "partner", "number", "total", "until")
    period = Period("id", 7)
    partner_ordering = ("-number",)
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Digest ID or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "hash", "key_version", "entry_ids")

    @admin.display(description="Hash")
    def hash(self, digest: LedgerDigest) -> str:
        return digest.last_hash.hex()


@admin.register(LedgerCheckpoint)
class LedgerCheckpointAdmin(ReadOnlyAdmin):
    section = Section.SYSTEM
    list_display = ("id", "partner", "number", "created_at")
    period = Period("id", 7)
    partner_ordering = ("-number",)
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Checkpoint ID or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "balances")


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    list_display = ("month_text", "partner", "balance", "created_at")
    period = Period("id", 90)
    partner_ordering = ("-month",)
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Statement ID or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "content", "key_version")
    phone = ("partner", "balance", "month_text", "created_at")

    @admin.display(description="Month")
    def month_text(self, statement: Statement) -> str:
        return f"{statement.month:%B %Y}"

    balance = points_column("closing", "Closing balance")
