"""Refund the reservations of processes that died."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from billing.models import Charge
from imaging.models import ImageOperation
from imaging.services.announcements import announce_end, refund_and_announce
from imaging.services.files import delete_files
from integrations.models import WebhookDelivery

log = structlog.get_logger(__name__)

_BATCH = 200
#: For how long after their end slow test operations are looked at.
_ANNOUNCED_WITHIN = timedelta(hours=1)


def refund_expired() -> int:
    """Refund operations whose lease expired; return how many. Safe to run concurrently."""
    # Leases are measured by the database's clock.
    expired = Charge.objects.of_all().reserved().filter(lease_until__lt=Now())
    rows = expired.order_by("id").values_list("partner_id", "id")
    refunded, last = 0, ""
    # Skip those that cannot be refunded, however many: others wait behind them.
    while batch := list(rows.filter(id__gt=last)[:_BATCH]):
        refunded += _refund(batch)
        _, last = batch[-1]
    return refunded


def refund_abandoned(instance: str) -> int:
    """Refund what one web instance, known to be dead or stopping, still holds."""
    held = Charge.objects.of_all().reserved().filter(holder=instance)
    return _refund(list(held.values_list("partner_id", "id")))


def announce_slow_tests() -> None:
    """Add the events of slow test operations that have ended. Safe to run concurrently."""
    slow = ImageOperation.objects.of_all().filter(
        charge=None,
        endpoint__isnull=False,
        test_ends_at__lte=Now(),
        test_ends_at__gt=Now() - _ANNOUNCED_WITHIN,
    )
    announced = WebhookDelivery.objects.of(OuterRef("partner_id")).filter(stream=OuterRef("pk"))
    due = slow.filter(~Exists(announced)).order_by("test_ends_at")
    for partner_id, operation_id in due.values_list("partner_id", "id")[:_BATCH]:
        with transaction.atomic():
            # Locked, so that another process does not add the same event.
            mine = ImageOperation.objects.of(partner_id).filter(pk=operation_id)
            if mine.select_for_update().first():
                announce_end(partner_id=partner_id, operation_id=operation_id)


def _refund(rows: list[tuple[str, str]]) -> int:
    """Refund operations given by partner and id; return how many."""
    refunded = [row for row in rows if _refund_one(*row)]
    for partner_id, operation_id in refunded:
        for operation in ImageOperation.objects.of(partner_id).filter(pk=operation_id):
            delete_files(operation)
    return len(refunded)


def _refund_one(partner_id: str, operation_id: str) -> bool:
    try:
        return refund_and_announce(
            partner_id=partner_id,
            operation_id=operation_id,
            failure=ImageOperation.Failure.ABANDONED,
        )
    except DatabaseError:
        if not connection.is_usable():
            raise
        # A damaged or locked row must not delay the refunds of other partners.
        log.exception("refund failed", operation=operation_id)
        return False
