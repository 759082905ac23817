"""Periodic work on the outbox of emails."""

from __future__ import annotations

from datetime import timedelta

from config.jobs.queue import enqueue_unless_full
from config.jobs.retention import created_before, delete_in_batches, retention_rule
from config.jobs.scheduler import periodic
from config.mail.delivery import deliver_mail
from config.mail.models import OutgoingMail

_SENT_KEPT = timedelta(days=30)
_FAILED_KEPT = timedelta(days=90)


@periodic(seconds=10)
def enqueue_due_mail() -> None:
    if OutgoingMail.objects.due().exists():
        enqueue_unless_full(deliver_mail)


@retention_rule
def purge_mail() -> None:
    mails = OutgoingMail.objects.all()
    delete_in_batches(created_before(mails, _SENT_KEPT).filter(state=OutgoingMail.State.SENT))
    delete_in_batches(created_before(mails, _FAILED_KEPT).filter(state=OutgoingMail.State.FAILED))
