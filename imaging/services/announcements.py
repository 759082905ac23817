"""Announce the end of operations whose caller named a receiver."""

from __future__ import annotations

from django.db import transaction

from imaging import events
from imaging.models import ImageOperation
from imaging.services.settlements import refund_operation
from integrations.models import WebhookDelivery
from integrations.services.webhooks import add_event


def refund_and_announce(
    *,
    partner_id: str,
    operation_id: str,
    failure: ImageOperation.Failure,
    detail: str = "",
    field: str = "",
) -> bool:
    """Refund the points and add the event, both or neither; False if the operation had ended."""
    with transaction.atomic():
        is_refunded = refund_operation(
            partner_id=partner_id,
            operation_id=operation_id,
            failure=failure,
            detail=detail,
            field=field,
        )
        if is_refunded:
            announce_end(partner_id=partner_id, operation_id=operation_id)
    return is_refunded


def announce_end(*, partner_id: str, operation_id: str) -> None:
    """Add the operation's only event, in the transaction that ends it; do nothing without a
    receiver, or if the event exists."""
    with transaction.atomic():
        rows = ImageOperation.objects.of(partner_id).select_related("charge", "endpoint")
        operation = rows.get(pk=operation_id)
        mine = WebhookDelivery.objects.of(partner_id).filter(stream=operation_id)
        if operation.endpoint is None or mine.exists():
            return
        payload = events.of_operation(operation)
        if operation.endpoint.takes(payload["event"]):
            add_event(endpoint=operation.endpoint, stream=operation.id, payload=payload)
