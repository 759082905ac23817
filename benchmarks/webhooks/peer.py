"""The usual way with django-q2: one task per event."""

from __future__ import annotations

from django.utils import timezone

from config.db.ids import id_beside
from integrations.dispatcher import send
from integrations.models import WebhookAttempt, WebhookDelivery


def deliver(delivery_id: str) -> None:
    """Send one event and store the attempt."""
    delivery = WebhookDelivery.objects.select_related("endpoint").get(pk=delivery_id)
    outcome = send(delivery)
    WebhookAttempt.objects.create(
        id=id_beside(delivery_id),
        partner_id=delivery.partner_id,
        delivery=delivery,
        at=outcome.started_at,
        status=outcome.status,
        error=outcome.error,
        milliseconds=outcome.milliseconds,
        response_body=outcome.response_body,
    )
    delivery.state = WebhookDelivery.State.DELIVERED
    delivery.attempts_made += 1
    delivery.ended_at = timezone.now()
    delivery.save(update_fields=["state", "attempts_made", "ended_at"])
