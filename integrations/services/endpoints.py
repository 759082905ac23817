"""Creating endpoints, and changing their URLs and secrets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner
from config.db.clock import database_now
from integrations.models import (
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpointQuerySet,
    WebhookReceiver,
)
from integrations.services.resending import restart_retrying
from integrations.services.webhooks import cancel_pending, notify_workers

Kind = WebhookEndpoint.Kind
MAX_OVERLAP = timedelta(days=7)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class EndpointChange:
    """A new URL, a new secret, or both; None keeps what there is, "" removes the secret.

    `overlap` is how long the previous secret signs as well.
    """

    url: str | None = None
    secret: str | None = None
    overlap: timedelta = timedelta()


def add_endpoint(
    *,
    partner_id: str,
    url: str,
    secret: str,
    kind: WebhookEndpoint.Kind = Kind.OWN,
    event_types: Sequence[str] | None = None,
) -> WebhookEndpoint:
    """Create an endpoint; call this in the transaction that adds its first event."""
    endpoint = WebhookEndpoint(
        partner_id=partner_id,
        kind=kind,
        url=url,
        event_types=None if event_types is None else list(event_types),
    )
    endpoint.set_encrypted("secret", secret)
    endpoint.save(force_insert=True)
    _add_receiver(partner_id, url)
    return endpoint


def change_receiver(
    *, receiver: WebhookReceiver, change: EndpointChange, actor: str
) -> WebhookReceiver:
    """Change all endpoints at this URL, and return their receiver.

    Events that wait for a retry are sent at once. Raises `WebhookReceiver.DoesNotExist`.
    """
    with transaction.atomic():
        partner = lock_partner(receiver.partner_id)
        former = WebhookReceiver.objects.of(partner.id).get(pk=receiver.pk)
        endpoints = WebhookEndpoint.objects.of(partner.id).lasting().filter(url=former.url)
        _change(endpoints, change)
        if change.url and change.url != former.url:
            _add_receiver(partner.id, change.url)
            former.delete()
        _send_waiting(partner.id, change.url or former.url)
        current = WebhookReceiver.objects.of(partner.id).at(change.url or former.url).get()
        _record(partner.id, actor, current.id, former.host, change)
    return current


def change_endpoint(
    *, endpoint: WebhookEndpoint, change: EndpointChange, actor: str
) -> WebhookEndpoint:
    """Change one endpoint, and leave others at the same URL."""
    with transaction.atomic():
        partner = lock_partner(endpoint.partner_id)
        mine = WebhookEndpoint.objects.of(partner.id)
        before = mine.get(pk=endpoint.pk)
        _change(mine.filter(pk=endpoint.pk), change)
        if change.url:
            _add_receiver(partner.id, change.url)
            _delete_unused_receiver(partner.id, before.url)
        _send_waiting(partner.id, change.url or before.url)
        current = mine.get(pk=endpoint.pk)
        receiver = WebhookReceiver.objects.of(partner.id).at(current.url).get()
        _record(partner.id, actor, receiver.id, before.host, change)
    return current


def retire_previous_secret(*, receiver: WebhookReceiver, actor: str) -> None:
    """End the overlap: from now on, only the current secret signs."""
    with transaction.atomic():
        partner = lock_partner(receiver.partner_id)
        endpoints = WebhookEndpoint.objects.of(partner.id).lasting().filter(url=receiver.url)
        endpoints.update(previous_secret="", previous_secret_until=None)
        _send_waiting(partner.id, receiver.url)
        record_audit(
            partner=partner,
            actor=actor,
            action="webhook.previous_secret_retired",
            target=receiver.id,
            host=receiver.host,
        )


def set_default_endpoint(
    *, partner_id: str, url: str, secret: str | None, event_types: Sequence[str], actor: str
) -> WebhookEndpoint:
    """Create or change the endpoint that gets copies of all events of these types.

    A secret of None keeps the present one.
    """
    with transaction.atomic():
        partner = lock_partner(partner_id)
        mine = WebhookEndpoint.objects.of(partner_id)
        if endpoint := mine.default().first():
            _change(mine.filter(pk=endpoint.pk), EndpointChange(url, secret))
            mine.filter(pk=endpoint.pk).update(event_types=list(event_types))
            _add_receiver(partner_id, url)
        else:
            add_endpoint(
                partner_id=partner_id,
                url=url,
                secret=secret or "",
                kind=Kind.DEFAULT,
                event_types=event_types,
            )
        endpoint = mine.default().get()
        record_audit(
            partner=partner,
            actor=actor,
            action="webhook.default_changed",
            host=endpoint.host,
            events=list(event_types),
        )
    return endpoint


def remove_default_endpoint(*, partner_id: str, actor: str) -> None:
    """Stop sending copies, also those that wait. Raises `WebhookEndpoint.DoesNotExist`."""
    with transaction.atomic():
        partner = lock_partner(partner_id)
        endpoint = WebhookEndpoint.objects.of(partner_id).default().get()
        copies = WebhookDelivery.objects.of(partner_id).filter(endpoint=endpoint)
        cancel_pending(partner_id=partner_id, deliveries=copies)
        WebhookEndpoint.objects.of(partner_id).filter(pk=endpoint.pk).update(kind=Kind.REMOVED)
        record_audit(
            partner=partner, actor=actor, action="webhook.default_removed", host=endpoint.host
        )


def _add_receiver(partner_id: str, url: str) -> None:
    receiver = WebhookReceiver(partner_id=partner_id, url=url)
    WebhookReceiver.objects.bulk_create([receiver], ignore_conflicts=True)


def _delete_unused_receiver(partner_id: str, url: str) -> None:
    if not WebhookEndpoint.objects.of(partner_id).filter(url=url).exists():
        WebhookReceiver.objects.of(partner_id).at(url).delete()


def _change(endpoints: WebhookEndpointQuerySet, change: EndpointChange) -> None:
    if change.secret is not None:
        _change_secret(endpoints, change.secret, change.overlap)
    if change.url:
        # One that was gone may answer at its new URL.
        endpoints.exclude(url=change.url).update(url=change.url, gone_at=None)


def _change_secret(endpoints: WebhookEndpointQuerySet, secret: str, overlap: timedelta) -> None:
    """A secret is encrypted for its row, so each row gets a ciphertext of its own."""
    until = database_now() + overlap
    rows = list(endpoints.locked())
    for row in rows:
        former = row.read_secret()
        if former == secret and overlap:
            continue  # called again: the overlap of the first call goes on
        row.previous_secret, row.previous_secret_until = "", None
        if former and secret and overlap:
            row.set_encrypted("previous_secret", former)
            row.previous_secret_until = until
        row.set_encrypted("secret", secret)
    fields = ["secret", "previous_secret", "previous_secret_until"]
    endpoints.bulk_update(rows, fields, batch_size=_BATCH)


def _send_waiting(partner_id: str, url: str) -> None:
    """Send what waits for a retry at once: the change may be what it waited for."""
    waiting = WebhookDelivery.objects.of(partner_id).filter(endpoint__url=url)
    restart_retrying(partner_id=partner_id, deliveries=waiting)
    notify_workers()


def _record(
    partner_id: str, actor: str, receiver_id: str, host: str, change: EndpointChange
) -> None:
    partner = lock_partner(partner_id)
    if change.url:
        record_audit(
            partner=partner,
            actor=actor,
            action="webhook.url_changed",
            target=receiver_id,
            host=host,
        )
    if change.secret is not None:
        record_audit(
            partner=partner,
            actor=actor,
            action="webhook.secret_changed",
            target=receiver_id,
            host=host,
            overlap_hours=change.overlap // timedelta(hours=1),
        )
