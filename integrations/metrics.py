"""The outbox of webhooks, for `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Min
from django.db.models.functions import Now

from config.metrics import Sample, collector
from integrations.models import WebhookDelivery


@collector
def outbox() -> Iterator[Sample]:
    due = WebhookDelivery.objects.of_all().pending().filter(due_at__lte=Now())
    found = due.aggregate(number=Count("pk"), age=Now() - Min("due_at"))
    age = found["age"].total_seconds() if found["age"] else 0
    yield Sample("webhooks_due", "Webhook events that are due.", found["number"])
    yield Sample("webhook_age_seconds", "How long the oldest webhook event has been due.", age)
