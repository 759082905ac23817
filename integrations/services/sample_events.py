"""Test events: samples that go through the outbox like all others, but are attempted once."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner
from config.db.ids import new_id
from integrations.event_types import sample_event
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.services.endpoints import add_endpoint
from integrations.services.webhooks import append_event, notify_workers


def send_test_event(
    *, partner_id: str, url: str, secret: str, event_type: str, actor: str
) -> WebhookDelivery:
    """Send a sample to a URL, signed with this secret ("" for none)."""
    with transaction.atomic():
        partner = lock_partner(partner_id)
        endpoint = _test_endpoint(partner_id, url, secret)
        delivery = append_event(
            endpoint=endpoint, stream=new_id(), payload=sample_event(event_type, timezone.now())
        )
        record_audit(
            partner=partner,
            actor=actor,
            action="webhook.tested",
            target=delivery.id,
            host=endpoint.host,
            event=event_type,
        )
        notify_workers()
    return delivery


def _test_endpoint(partner_id: str, url: str, secret: str) -> WebhookEndpoint:
    """Return the one for test events to this URL, with this secret."""
    kind = WebhookEndpoint.Kind.TEST
    endpoint = WebhookEndpoint.objects.of(partner_id).filter(kind=kind, url=url).first()
    if endpoint is None:
        return add_endpoint(partner_id=partner_id, url=url, secret=secret, kind=kind)
    endpoint.set_encrypted("secret", secret)
    endpoint.save(update_fields=["secret"])
    return endpoint
