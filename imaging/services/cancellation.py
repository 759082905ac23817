"""End operations in progress at their caller's wish."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from imaging.models import ImageOperation
from imaging.services.announcements import announce_end, refund_and_announce
from imaging.services.files import delete_files
from imaging.services.operations import Operation

_CANCELLED = ImageOperation.Failure.CANCELLED


class Cancelled(Exception):
    """The operation was cancelled while its images were generated."""


class OperationEnded(Exception):
    """There is nothing to cancel."""


def cancel_operation(*, operation: ImageOperation) -> None:
    """Refund the points and announce the end, once; again, it changes nothing.

    What the provider has begun goes on unseen, and its images are deleted. Raises
    `OperationEnded`.
    """
    if operation.is_test:
        _cancel_test(operation)
    elif refund_and_announce(
        partner_id=operation.partner_id, operation_id=operation.id, failure=_CANCELLED
    ):
        # For the case that its process is dead: a living one deletes what it stores after this.
        delete_files(operation)
    if not _is_cancelled(operation.partner_id, operation.id):
        raise OperationEnded


def was_cancelled(operation: Operation) -> bool:
    return _is_cancelled(operation.partner_id, operation.id)


def _cancel_test(operation: ImageOperation) -> None:
    mine = ImageOperation.objects.of(operation.partner_id).filter(pk=operation.pk, failure="")
    with transaction.atomic():
        slow = mine.filter(charge=None, test_ends_at__gt=Now())
        if slow.update(failure=_CANCELLED, image_urls=[], test_ends_at=Now()):
            announce_end(partner_id=operation.partner_id, operation_id=operation.id)


def _is_cancelled(partner_id: str, operation_id: str) -> bool:
    mine = ImageOperation.objects.of(partner_id).filter(pk=operation_id)
    return mine.filter(failure=_CANCELLED).exists()
