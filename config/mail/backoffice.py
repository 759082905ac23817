"""What mail registers in the back-office."""

from __future__ import annotations

from collections.abc import Iterable

from config.admin.attention import attention_count, count_some
from config.admin.finders import ID, Hit, finder, first_hits
from config.mail.models import OutgoingMail


@attention_count(
    one="email that failed",
    many="emails that failed",
    url_name="admin:email_outgoingmail_changelist",
    query="state__exact=failed",
    permission="email.view_outgoingmail",
    button="Send again",
)
def failed_mail() -> int:
    return count_some(OutgoingMail.objects.filter(state=OutgoingMail.State.FAILED))


@finder(kind="email", form=ID, permission="email.view_outgoingmail")
def mail_by_id(term: str) -> Iterable[Hit]:
    mail = OutgoingMail.objects.filter(pk=term.lower())
    return first_hits(mail, lambda row: row.get_state_display())
