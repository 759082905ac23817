"""Refunds for image calls whose process died, and takedowns that were interrupted."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import DEFAULT_DB_ALIAS
from django.dispatch import receiver

from config.db.partitions import register_partitioned
from config.jobs.queue import background_task, enqueue_unless_full
from config.jobs.scheduler import periodic
from config.jobs.signals import web_server_stopped
from imaging.models import ImageTakedown
from imaging.services import announce_slow_tests, refund_abandoned, refund_expired
from imaging.services.takedowns import finish_takedowns

log = structlog.get_logger(__name__)

#: The books: an operation, its charge and the charge's ledger entries are in the same range.
BOOKS = register_partitioned(
    *("billing_charge", "billing_ledgerentry", "imaging_imageoperation"),
    alias=lambda: DEFAULT_DB_ALIAS,
    period="year",
    why_kept=lambda _: "Each check of the ledger reads all of its entries, and receipts are kept.",
)


@periodic(seconds=10)
def refund_expired_operations() -> None:
    if refunded := refund_expired():
        log.warning("refunded interrupted operations", count=refunded)


@periodic(seconds=10)
def announce_ended_slow_tests() -> None:
    announce_slow_tests()


@background_task
def run_image_takedowns() -> None:
    finish_takedowns()


@periodic(seconds=30)
def enqueue_unfinished_takedowns() -> None:
    if ImageTakedown.objects.of_all().unfinished().exists():
        enqueue_unless_full(run_image_takedowns)


@receiver(web_server_stopped)
def refund_cut_off_operations(sender: object, instance: str, **_: Any) -> None:  # noqa: ARG001 - a signal passes it
    """Refund the operations that shutdown cut off. If this fails, their leases still expire."""
    refund_abandoned(instance)
