"""The admin page of alerts that were sent to partners."""

from __future__ import annotations

from django.contrib import admin

from accounts.models import Alert
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin
from config.admin.search import ID, Term


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ("id", "partner", "kind", "emails", "raised_at", "recovered_at")
    period = Period("id", 30)
    partner_ordering = ("-raised_at", "-id")
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Alert ID or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "subject", "facts")
    phone = ("kind", "emails", "partner", "raised_at")

    @admin.display(description="Emails")
    def emails(self, alert: Alert) -> int:
        """Members only: billing emails are encrypted."""
        return len(alert.recipients)
