"""The outbox of emails, without their content: links in emails open accounts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from config.admin.options import ReadOnlyAdmin, datetime_column
from config.db.encryption import DecryptionError
from config.mail.delivery import resend_mail
from config.mail.models import OutgoingMail


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ("id", "to", "state", "attempts", "created", "next_attempt", "last_error")
    list_filter = ("state",)
    search_fields = ("id__exact",)
    fields = (*list_display, "ended")
    actions = ("resend",)
    created = datetime_column("created_at", "Created")
    next_attempt = datetime_column("next_attempt_at", "Next attempt")
    ended = datetime_column("ended_at", "Ended")

    @admin.display(description="Recipient")
    def to(self, mail: OutgoingMail) -> str:
        """Mask the name: `p…@nova.test`."""
        try:
            recipients = mail.get_decrypted("recipient").split(", ")
        except DecryptionError:
            return "cannot be decrypted"
        return ", ".join(f"{address[:1]}…@{address.rpartition('@')[2]}" for address in recipients)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("email.change_outgoingmail")

    @admin.action(description="Send selected emails again", permissions=["resend"])
    def resend(self, request: HttpRequest, mails: QuerySet[Any]) -> None:
        count = sum(resend_mail(mail=mail) for mail in mails)
        messages.success(request, f"{count} failed emails are sent again.")
