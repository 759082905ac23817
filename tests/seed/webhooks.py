"""Deliveries of the seed data's events."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from config.db.ids import id_beside
from deployments.models import Deployment
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookReceiver
from integrations.services.endpoints import set_default_endpoint
from integrations.services.webhooks import (
    Outcome,
    cancel_stream,
    claim_deliveries,
    finish_attempts,
)
from tests.seed.history import ago, backdate, shift
from tests.seed.side import Side

_GONE = (410, "", "Gone", 61)
_DOWN = (503, "", "<html><h1>503 Service Temporarily Unavailable</h1></html>", 240)
_SLOW = (None, "no answer within 15 seconds", "", 15_000)
_GOOD = (200, "", '{"received":true}', 118)


def deliver_events(side: Side) -> None:
    """Deliver most events; one receiver is gone, one is down, one is slow."""
    set_default_endpoint(
        partner_id=side.partner.id,
        url=f"https://events.{side.partner.id[-4:]}.example/shopiq",
        secret="of the default",
        event_types=["deployment.failed"],
        actor=side.owner.email,
    )
    streams = {each.pk: each for each in Deployment.objects.filter(partner=side.partner)}
    responses = dict(zip(streams, [_GOOD, _DOWN, _GOOD, _GONE, _SLOW], strict=False))
    while claimed := claim_deliveries(50):
        finish_attempts(
            (delivery, _outcome(responses.get(delivery.stream, _GOOD))) for delivery in claimed
        )
    _add_an_earlier_failure(side)
    _let_events_happen_when_their_steps_did(streams)
    _cancel_one(side)
    delivered = WebhookDelivery.objects.filter(partner=side.partner, state="delivered")
    side.rows["webhook"] = delivered.latest("created_at").pk
    failed = WebhookDelivery.objects.filter(partner=side.partner, state="failed")
    side.rows["failed_webhook"] = failed.latest("created_at").pk
    side.rows["receiver"] = WebhookReceiver.objects.of(side.partner.id).earliest("created_at").pk
    side.rows["endpoint"] = delivered.latest("created_at").endpoint_id


def _outcome(response: tuple[int | None, str, str, int]) -> Outcome:
    status, error, text, milliseconds = response
    return Outcome(ago(seconds=0), status, error, milliseconds, text)


def _add_an_earlier_failure(side: Side) -> None:
    """One that arrived only at the second attempt."""
    delivery = WebhookDelivery.objects.filter(partner=side.partner, state="delivered").last()
    assert delivery
    WebhookDelivery.objects.filter(pk=delivery.pk).update(attempts_made=2)
    WebhookAttempt.objects.create(
        id=id_beside(delivery.pk),
        partner=side.partner,
        delivery=delivery,
        at=ago(seconds=40),
        status=_DOWN[0],
        milliseconds=_DOWN[3],
        response_body=_DOWN[2],
    )


def _let_events_happen_when_their_steps_did(streams: dict[str, Deployment]) -> None:
    spans: dict[str, timedelta] = {}
    steps: dict[str, datetime] = {}
    for delivery in WebhookDelivery.objects.filter(stream__in=streams):
        deployment = streams[delivery.stream]
        steps[delivery.pk] = deployment.created_at + timedelta(seconds=8 * (delivery.position - 1))
        spans[delivery.pk] = delivery.created_at - steps[delivery.pk]
    backdate(WebhookDelivery, steps, "created_at")
    shift(WebhookDelivery, spans, "ended_at")
    shift(WebhookAttempt, spans, "at", by="delivery_id")


def _cancel_one(side: Side) -> None:
    pending = WebhookDelivery.objects.filter(partner=side.partner).pending()
    if stream := pending.values_list("stream", flat=True).order_by("stream").last():
        with transaction.atomic():
            cancel_stream(partner_id=side.partner.id, stream=stream)
