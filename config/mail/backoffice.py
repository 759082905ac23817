"""What mail registers in the back-office."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from config.admin.attention import attention_rows
from config.admin.finders import ID, Hit, finder, first_hits
from config.mail.models import OutgoingMail


@attention_rows(
    OutgoingMail,
    one="email that failed",
    many="emails that failed",
    permission="email.view_outgoingmail",
    button="Send again",
)
def failed_mail() -> QuerySet[Any]:
    return OutgoingMail.objects.filter(state=OutgoingMail.State.FAILED)


@finder(kind="email", form=ID, permission="email.view_outgoingmail")
def mail_by_id(term: str) -> Iterable[Hit]:
    mail = OutgoingMail.objects.filter(pk=term.lower())
    return first_hits(mail, lambda row: row.get_state_display())
