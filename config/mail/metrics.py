"""The outbox of emails, for `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Min, Q
from django.db.models.functions import Now

from config.mail.models import OutgoingMail
from config.metrics import Sample, collector


@collector
def outbox() -> Iterator[Sample]:
    state, mails = OutgoingMail.State, OutgoingMail.objects.all()
    due = mails.due().aggregate(number=Count("pk"), age=Now() - Min("next_attempt_at"))
    age = due["age"].total_seconds() if due["age"] else 0
    failed = mails.filter(Q(state=state.FAILED)).count()
    yield Sample("mails_due", "Emails that are due.", due["number"])
    yield Sample("mail_age_seconds", "How long the oldest email has been due.", age)
    yield Sample("mails_failed", "Emails that could not be delivered.", failed)
