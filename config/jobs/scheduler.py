"""What the sweeper does, and how often."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.db import Error, connection
from django_q.tasks import async_task, queue_size

from billing.models import AlertThreshold, Purchase
from deployments.services.creation import RUN
from deployments.services.takedowns import work_is_due
from imaging.services import refund_expired

log = structlog.get_logger(__name__)

#: With so many messages waiting, no worker is at the queue: more of them would only pile up.
_ENOUGH_MESSAGES = 100


@dataclass(slots=True)
class Round:
    """A deed and the seconds between its turns; the first turn comes at once."""

    seconds: float
    deed: Callable[[], None]
    next_at: float = 0.0


def refund() -> None:
    """Gives back what dead processes had reserved."""
    if refunded := refund_expired():
        log.warning("refunded interrupted operations", count=refunded)


def ring_for_heartbeat() -> None:
    """The worker answers by noting the time, which `/readyz` looks at."""
    _ring("config.health.record_heartbeat")


def ring_for_shops() -> None:
    """For deployments whose ring was lost, whose lease ran out or whose retry is due."""
    if work_is_due():
        _ring(RUN)


def ring_for_payments() -> None:
    """The worker asks: a gateway may take its time, and refunds must not wait for it."""
    if Purchase.objects.due_for_check().exists():
        _ring("billing.services.reconcile_pending")


def ring_for_alerts() -> None:
    thresholds = AlertThreshold.objects
    if thresholds.to_alert().exists() or thresholds.to_rearm().exists():
        _ring("billing.services.send_low_balance_alerts")


def ring_for_upkeep() -> None:
    _ring("config.jobs.retention.run")


def _ring(function: str) -> None:
    if queue_size() < _ENOUGH_MESSAGES:
        async_task(function)


def all_rounds() -> list[Round]:
    return [
        Round(10, refund),
        Round(10, ring_for_heartbeat),
        Round(2, ring_for_shops),
        Round(30, ring_for_payments),
        Round(60, ring_for_alerts),
        Round(3600, ring_for_upkeep),
    ]


def sweep(rounds: list[Round]) -> float:
    """Does what is due and returns the seconds until something is again.

    A deed that fails is tried at its next turn: a database that is away is no reason to end.
    """
    for each in rounds:
        if time.monotonic() < each.next_at:
            continue
        each.next_at = time.monotonic() + each.seconds
        try:
            each.deed()
        except Error as error:
            log.error("sweep failed; the next one tries again", error=str(error).strip())
            connection.close()
        except Exception:
            # The other rounds give points back: no fault of one may keep them from it.
            log.exception("sweep failed; the next one tries again")
    connection.close_if_unusable_or_obsolete()
    return max(0.0, min(each.next_at for each in rounds) - time.monotonic())
