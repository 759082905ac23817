"""The outbox of emails, without their content: links in emails open accounts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from config.admin.filters import Period
from config.admin.masking import mask_email
from config.admin.options import ReadOnlyAdmin
from config.admin.search import ID, Term
from config.db.encryption import DecryptionError
from config.mail.delivery import resend_mail
from config.mail.models import OutgoingMail


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "to",
        "state",
        "attempts",
        "created_at",
        "next_attempt_at",
        "last_error",
    )
    list_filter = ("state",)
    period = Period("id", 7, open_states=(("state__exact", "failed"), ("state__exact", "pending")))
    search_terms = (Term("pk", ID),)
    search_help_text = "Email ID"
    fields = (*list_display, "ended_at")
    actions = ("resend",)
    phone = ("to", "state", "created_at", "attempts")

    @admin.display(description="Recipient")
    def to(self, mail: OutgoingMail) -> str:
        """Mask the name: `p…@nova.test`."""
        try:
            recipients = mail.get_decrypted("recipient").split(", ")
        except DecryptionError:
            return "cannot be decrypted"
        return ", ".join(map(mask_email, recipients))

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("email.change_outgoingmail")

    @admin.action(description="Send selected emails again", permissions=["resend"])
    def resend(self, request: HttpRequest, mails: QuerySet[Any]) -> None:
        count = sum(resend_mail(mail=mail) for mail in mails)
        messages.success(request, f"{count} failed emails are sent again.")
