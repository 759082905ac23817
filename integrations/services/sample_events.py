"""Test events: samples that go through the outbox like all others, but are attempted once."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner
from config.db.clock import database_now
from config.db.ids import new_id
from integrations.event_types import sample_event
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.services.endpoints import add_endpoint
from integrations.services.webhooks import append_event, notify_workers


def send_test_event(
    *,
    partner_id: str,
    url: str,
    secret: str,
    event_type: str,
    actor: str,
    rotated: WebhookEndpoint | None = None,
) -> WebhookDelivery:
    """Send a sample to a URL, signed with this secret ("" for none).

    The previous secret of `rotated` signs as well for as long as it does there.
    """
    with transaction.atomic():
        partner = lock_partner(partner_id)
        endpoint = _test_endpoint(partner_id, url, secret, rotated)
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


def _test_endpoint(
    partner_id: str, url: str, secret: str, rotated: WebhookEndpoint | None
) -> WebhookEndpoint:
    """Return the one for test events to this URL, with these secrets."""
    kind = WebhookEndpoint.Kind.TEST
    endpoint = WebhookEndpoint.objects.of(partner_id).filter(kind=kind, url=url).first()
    if endpoint is None:
        endpoint = add_endpoint(partner_id=partner_id, url=url, secret=secret, kind=kind)
    endpoint.set_encrypted("secret", secret)
    endpoint.previous_secret, endpoint.previous_secret_until = "", None
    if rotated and (previous := rotated.previous_secret_at(database_now())):
        endpoint.set_encrypted("previous_secret", previous)
        endpoint.previous_secret_until = rotated.previous_secret_until
    endpoint.save(update_fields=["secret", "previous_secret", "previous_secret_until"])
    return endpoint
