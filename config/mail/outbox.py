"""The mail backend of every process: it writes emails to the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import make_msgid

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.utils import DNS_NAME
from django.db import transaction

from config.jobs.queue import enqueue
from config.mail.content import to_json
from config.mail.delivery import deliver_mail
from config.mail.models import OutgoingMail


class OutboxBackend(BaseEmailBackend):
    """Write emails in the transaction of what they report: both are kept, or neither is."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        mails = [_mail(message) for message in email_messages if message.recipients()]
        OutgoingMail.objects.bulk_create(mails)
        transaction.on_commit(lambda: enqueue(deliver_mail), robust=True)
        return len(mails)


def _mail(message: EmailMessage) -> OutgoingMail:
    # The same at each attempt, so that an email that arrives twice can be recognized.
    message.extra_headers.setdefault("Message-ID", make_msgid(domain=str(DNS_NAME)))
    mail = OutgoingMail()
    mail.set_encrypted("recipient", ", ".join(message.recipients()))
    mail.set_encrypted("content", to_json(message))
    return mail
