"""The admin page of alerts that were sent to partners."""

from __future__ import annotations

from django.contrib import admin

from accounts.alerts import find_alert_kind
from accounts.models import Alert
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin
from config.admin.search import ID, Term


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ("id", "partner", "title", "emails", "raised_at", "recovered_at")
    period = Period("id", 30)
    partner_ordering = ("-raised_at", "-id")
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Alert ID or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "subject", "facts")
    phone = ("title", "emails", "partner", "raised_at")

    @admin.display(description="Alert")
    def title(self, alert: Alert) -> str:
        kind = find_alert_kind(alert.kind)
        return str(kind.label) if kind else alert.kind

    @admin.display(description="Emails")
    def emails(self, alert: Alert) -> int:
        """Members only: billing emails are encrypted."""
        return len(alert.recipients)
