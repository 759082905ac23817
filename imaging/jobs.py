"""Refunds for image calls whose process died, and takedowns that were interrupted."""

from __future__ import annotations

from typing import Any

import structlog
from django.dispatch import receiver

from config.jobs.queue import background_task, enqueue_unless_full
from config.jobs.scheduler import periodic
from config.jobs.signals import web_server_stopped
from imaging.models import ImageTakedown
from imaging.services import announce_slow_tests, refund_abandoned, refund_expired
from imaging.services.takedowns import finish_takedowns

log = structlog.get_logger(__name__)


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
