"""Receivers that fail for days are disabled; people enable them and send what they missed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from accounts.alerts import Finding
from accounts.models import Partner
from accounts.services.alerts import raise_alerts
from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner
from config.db.clock import database_now
from integrations.alert_kinds import WEBHOOK_DISABLED, receiver_facts
from integrations.models import (
    WebhookDelivery,
    WebhookEndpoint,
    WebhookReceiver,
)
from integrations.services.resending import restart_failed, restart_retrying

#: How long every attempt must have failed.
DISABLE_AFTER = timedelta(days=5)
#: How often an event must have been tried as well, which takes hours: a receiver that got nothing
#: for days after one failure has not failed for days.
_MIN_ATTEMPTS = 5
#: How many receivers one run disables.
_BATCH = 200
_ACTOR = "system:webhooks"


def receivers_to_disable() -> QuerySet[WebhookReceiver]:
    """Return receivers that have answered nothing for `DISABLE_AFTER` and are still tried."""
    failing = WebhookReceiver.objects.of_all().failing_since(_before())
    retried = WebhookDelivery.objects.of(OuterRef("partner_id")).waiting_for_retry().wanted()
    retried = retried.filter(attempts_made__gte=_MIN_ATTEMPTS)
    return failing.filter(Exists(retried.filter(endpoint__url=OuterRef("url"))))


def disable_failing_receivers() -> None:
    for receiver in receivers_to_disable()[:_BATCH]:
        _disable(receiver)


def enable_receiver(*, receiver: WebhookReceiver, actor: str) -> None:
    """Let a disabled or gone receiver get events again, from the next one on."""
    with transaction.atomic():
        partner = lock_partner(receiver.partner_id)
        _enable(partner, receiver)
        record_audit(
            partner=partner,
            actor=actor,
            action="webhook.enabled",
            target=receiver.id,
            host=receiver.host,
        )


def resend_missed(*, partner_id: str, receiver: WebhookReceiver | None, actor: str) -> int:
    """Send all events that a receiver, or every one, did not get; return their number.

    This enables it. Events that wait for a retry are sent at once. Those of a stream keep their
    order.
    """
    missed = WebhookDelivery.objects.of(partner_id).wanted()
    if receiver:
        missed = missed.filter(endpoint__url=receiver.url)
    with transaction.atomic():
        partner = lock_partner(partner_id)
        _enable(partner, receiver)
        count = restart_retrying(partner_id=partner_id, deliveries=missed)
        record_audit(
            partner=partner,
            actor=actor,
            action="webhook.missed_resent",
            target=receiver.id if receiver else "",
            host=receiver.host if receiver else "all",
        )
    # What fails again meanwhile ends after this, and is not sent twice.
    ended = missed.filter(ended_at__lte=database_now())
    while resent := restart_failed(partner_id=partner_id, deliveries=ended):
        count += resent
    return count


def _enable(partner: Partner, receiver: WebhookReceiver | None) -> None:
    receivers = WebhookReceiver.objects.of(partner.id)
    endpoints = WebhookEndpoint.objects.of(partner.id).exclude(gone_at=None)
    if receiver:
        receivers = receivers.filter(pk=receiver.pk)
        endpoints = endpoints.filter(url=receiver.url)
    receivers.exclude(disabled_at=None).update(disabled_at=None, failing_since=None)
    endpoints.update(gone_at=None)


def _before() -> datetime:
    return database_now() - DISABLE_AFTER


def _disable(receiver: WebhookReceiver) -> None:
    with transaction.atomic():
        partner = lock_partner(receiver.partner_id)
        mine = WebhookDelivery.objects.of(partner.id)
        of_receiver = mine.wanted().filter(endpoint__url=receiver.url)
        held = list(of_receiver.pending().locked().values_list("pk", flat=True))
        # Checked again behind the locks: an attempt may have succeeded meanwhile.
        failing = WebhookReceiver.objects.of(partner.id).failing_since(_before())
        if not failing.filter(pk=receiver.pk).update(disabled_at=Now()):
            return
        mine.filter(pk__in=held).update(
            state=WebhookDelivery.State.FAILED, ended_at=Now(), lease_until=None
        )
        record_audit(
            partner=partner,
            actor=_ACTOR,
            action="webhook.disabled",
            target=receiver.id,
            host=receiver.host,
        )
        finding = Finding(partner.id, receiver.id, receiver_facts(receiver))
        raise_alerts(partner_id=partner.id, kind=WEBHOOK_DISABLED, findings=[finding])
