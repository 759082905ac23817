"""Retention rules and periodic tasks for integrations."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from config.jobs.queue import background_task, enqueue_unless_full
from config.jobs.retention import created_before, delete_in_batches, retention_rule
from config.jobs.scheduler import periodic
from integrations.models import WebhookDelivery
from integrations.services.receivers import disable_failing_receivers, receivers_to_disable


@retention_rule
def purge_webhooks() -> None:
    """Delete events and their attempts `WEBHOOK_LOG_DAYS` after they ended.

    The events of a stream are deleted together, because each position follows from the one before.
    """
    age = timedelta(days=settings.WEBHOOK_LOG_DAYS)
    deliveries = WebhookDelivery.objects.of_all()
    of_stream = WebhookDelivery.objects.of(OuterRef("partner_id")).filter(stream=OuterRef("stream"))
    still_needed = of_stream.exclude(ended_at__lt=Now() - age)
    old = created_before(deliveries, age)
    delete_in_batches(old.filter(~Exists(still_needed), ended_at__lt=Now() - age))


@periodic(seconds=300)
def enqueue_due_disabling() -> None:
    if receivers_to_disable().exists():
        enqueue_unless_full(disable_receivers)


@background_task
def disable_receivers() -> None:
    disable_failing_receivers()
