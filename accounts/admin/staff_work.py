"""Admin pages for requests for live access, notes and looks at dashboards."""

from __future__ import annotations

from django.contrib import admin

from accounts.models import LiveAccessRequest, PartnerNote, PartnerViewing
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin
from config.admin.search import ID, Term


@admin.register(LiveAccessRequest)
class LiveAccessRequestAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "partner", "state", "website", "decided_at", "decided_by")
    list_filter = ("state",)
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Request ID or partner ID"
    ordering = ("-id",)
    fields = (
        "partner",
        "state",
        "website",
        "purpose",
        "requested_by",
        "created_at",
        "decided_at",
        "decided_by",
        "reason",
    )
    phone = ("partner", "state", "website", "created_at")


@admin.register(PartnerNote)
class PartnerNoteAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "partner", "text", "author")
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Note ID or partner ID"
    period = Period("id", 90)
    ordering = ("-id",)
    fields = ("partner", "author", "created_at", "text")
    phone = ("partner", "created_at", "text")


@admin.register(PartnerViewing)
class PartnerViewingAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "partner", "staff", "reason", "ended_at")
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Viewing ID or partner ID"
    period = Period("id", 90)
    ordering = ("-id",)
    fields = ("partner", "staff", "reason", "started_at", "ends_at", "ended_at")
    phone = ("partner", "started_at", "staff", "reason")
