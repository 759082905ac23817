"""Partitions, retention rules and periodic tasks of integrations."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Exists, OuterRef

from config.db.clock import database_now
from config.db.ids import first_id
from config.db.partitions import Partition, read_partitions, register_partitioned
from config.jobs.queue import background_task, enqueue_unless_full
from config.jobs.retention import delete_in_batches, retention_rule
from config.jobs.scheduler import periodic
from integrations.models import WebhookDelivery
from integrations.services.receivers import disable_failing_receivers, receivers_to_disable


def _why_kept(month: Partition) -> str:
    pending = WebhookDelivery.objects.of_all().pending().filter(pk__gte=month.lower or "")
    has_pending = pending.filter(pk__lt=month.upper).exists()
    return "Some of its events are still to be sent." if has_pending else ""


#: An event and its attempts are in the same range.
DELIVERIES, ATTEMPTS = register_partitioned(
    *("integrations_webhookdelivery", "integrations_webhookattempt"),
    alias=lambda: DEFAULT_DB_ALIAS,
    why_kept=_why_kept,
)


#: How long a month waits for events that were sent again, before its other rows are deleted.
_PATIENCE = timedelta(days=31)


@retention_rule
def purge_webhooks() -> None:
    """Drop months whose events have all ended `WEBHOOK_LOG_DAYS` ago.

    Rows go one by one from the first partition, which has those from before there were partitions,
    and from months that an event has kept for long. Those of a stream go together.
    """
    ended = database_now() - timedelta(days=settings.WEBHOOK_LOG_DAYS)
    before = first_id(ended)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # it reads the months that it drops
        cursor.execute("SELECT integrations_drop_deliveries(%s, %s)", [before, ended])
    late = first_id(ended - _PATIENCE)
    bounds = [_end_if_purged(each, late) for each in read_partitions(DELIVERIES)]
    rows = WebhookDelivery.objects.of_all().filter(pk__lt=min(max(bounds), before))
    of_stream = WebhookDelivery.objects.of(OuterRef("partner_id")).filter(stream=OuterRef("stream"))
    still_needed = of_stream.exclude(ended_at__lt=ended)
    delete_in_batches(rows.filter(~Exists(still_needed), ended_at__lt=ended))


def _end_if_purged(each: Partition, late: str) -> str:
    """Return the end of a partition whose rows are deleted one by one, "" for others."""
    if each.upper and (each.lower is None or each.upper <= late):
        return each.upper
    return ""


@periodic(seconds=300)
def enqueue_due_disabling() -> None:
    if receivers_to_disable().exists():
        enqueue_unless_full(disable_receivers)


@background_task
def disable_receivers() -> None:
    disable_failing_receivers()
