"""Writing the webhook outbox: adding events, claiming due ones, storing the outcomes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.db.models.functions import Now

from config.db.owned import is_sandbox
from config.db.statements import fetch_row
from integrations.models import WebhookDelivery, WebhookDeliveryQuerySet, WebhookEndpoint
from integrations.retries import backoff_delay
from integrations.signatures.signing import Payload, encode_event

State = WebhookDelivery.State
#: Channel that wakes the workers. The queue's three commits would take longer than the delivery; a
#: lost notification delays it by a second.
CHANNEL = "shopiq_webhooks"
#: How much of a response is stored.
MAX_RESPONSE_BYTES = 2048
#: First keys of the advisory locks that order the events of a partner, "WEBH", and of a stream.
_OUTBOX_LOCK, _STREAM_LOCK = 0x57454248, 0x57454249


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one attempt; `status` is None if there was no response."""

    started_at: datetime
    status: int | None
    error: str
    milliseconds: int
    response_body: str
    retry_after: timedelta = timedelta()

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Status 410: the receiver does not want any more events (Standard Webhooks 1.0)."""
        return self.status == 410


def add_event(*, endpoint: WebhookEndpoint, stream: str, payload: Payload) -> None:
    """Append an event to its stream, in the transaction of the change that it announces.

    The partner's default endpoint gets a copy, if it takes such events and is not at the same URL.
    """
    _lock_stream(endpoint.partner_id, stream)
    append_event(endpoint=endpoint, stream=stream, payload=payload)
    default = WebhookEndpoint.objects.of(endpoint.partner_id).default().first()
    if default and default.url != endpoint.url and default.takes(payload["event"]):
        append_event(endpoint=default, stream=stream, payload=payload)
    notify_workers()


def add_default_event(*, partner_id: str, stream: str, payload: Payload) -> None:
    """Append an event that only the default endpoint gets, if there is one that takes it; call this
    in the transaction of the change that it announces."""
    endpoint = WebhookEndpoint.objects.of(partner_id).default().first()
    if endpoint and endpoint.takes(payload["event"]):
        _lock_stream(partner_id, stream)
        append_event(endpoint=endpoint, stream=stream, payload=payload)
        notify_workers()


def append_event(*, endpoint: WebhookEndpoint, stream: str, payload: Payload) -> WebhookDelivery:
    """Append an event for this endpoint alone; the caller has locked the stream, unless it is new,
    and wakes the workers."""
    # Locked, so that either its end is visible here, or this event is visible to its end.
    earlier = WebhookDelivery.objects.of(endpoint.partner_id).filter(
        stream=stream, endpoint=endpoint
    )
    last = earlier.select_for_update().order_by("-position").first()
    is_closed = WebhookEndpoint.objects.of(endpoint.partner_id).closed().filter(pk=endpoint.pk)
    has_ended = is_closed.exists()
    is_waiting = last and last.state == State.PENDING
    return WebhookDelivery.objects.create(
        partner_id=endpoint.partner_id,
        endpoint=endpoint,
        stream=stream,
        position=last.position + 1 if last else 1,
        event=payload["event"],
        body=encode_event({**payload, **_test_mode(endpoint)}),
        state=State.FAILED if has_ended else State.PENDING,
        due_at=None if is_waiting or has_ended else Now(),
        created_at=Now(),
        ended_at=Now() if has_ended else None,
    )


def _test_mode(endpoint: WebhookEndpoint) -> dict[str, bool]:
    return {"testMode": True} if is_sandbox(endpoint.partner_id) else {}


def cancel_stream(*, partner_id: str, stream: str) -> None:
    """Cancel the undelivered events of a stream; call this in a transaction."""
    mine = WebhookDelivery.objects.of(partner_id)
    cancel_pending(partner_id=partner_id, deliveries=mine.filter(stream=stream))


def cancel_pending(*, partner_id: str, deliveries: WebhookDeliveryQuerySet) -> None:
    """Cancel the undelivered events among these; call this in a transaction."""
    held = list(deliveries.of(partner_id).pending().locked().values_list("pk", flat=True))
    mine = WebhookDelivery.objects.of(partner_id).filter(pk__in=held)
    mine.update(state=State.CANCELLED, ended_at=Now(), lease_until=None)


def claim_deliveries(limit: int) -> list[WebhookDelivery]:
    """Lease up to `limit` due events and count their attempts."""
    claimed = WebhookDelivery.objects.raw(
        "SELECT * FROM integrations_claim_deliveries(%s, %s, %s)",
        [limit, settings.WEBHOOK_SLOTS_PER_PARTNER, settings.WEBHOOK_LEASE_SECONDS],
    )
    deliveries = list(claimed)
    prefetch_related_objects(deliveries, "endpoint")
    return deliveries


def finish_attempts(attempts: Iterable[tuple[WebhookDelivery, Outcome]]) -> None:
    """Store attempts and their consequences in one statement."""
    rows = [_attempt_row(delivery, outcome) for delivery, outcome in attempts]
    fetch_row("SELECT integrations_finish_attempts($1::jsonb)", [json.dumps(rows)])


def seconds_until_next() -> float | None:
    """Return the seconds until the next event is due; None if none is scheduled."""
    row = fetch_row(
        """
        SELECT extract(epoch FROM min(due_at) - clock_timestamp())::float8 AS seconds
        FROM integrations_webhookdelivery WHERE state = 'pending' AND due_at > clock_timestamp()
        """,
        [],
    )
    return None if not row or row["seconds"] is None else max(0.0, row["seconds"])


def stable_before(partner_id: str) -> datetime:
    """Return a time before which no event of the partner can still appear.

    Transactions do not commit in the order of `created_at`, so a client that pages by it would miss
    events that were not visible yet.
    """
    with transaction.atomic():
        fetch_row("SELECT pg_advisory_xact_lock($1, hashtext($2))", [_OUTBOX_LOCK, partner_id])
        row = fetch_row("SELECT clock_timestamp() AS now", [])
    assert row
    now: datetime = row["now"]
    return now


def notify_workers() -> None:
    """Wake the workers when the transaction commits."""
    fetch_row("SELECT pg_notify($1, '')", [CHANNEL])


def _lock_stream(partner_id: str, stream: str) -> None:
    """Let no other event get the same position, nor `stable_before` a time before this one's."""
    fetch_row(
        """
        SELECT pg_advisory_xact_lock_shared($1, hashtext($2)),
               pg_advisory_xact_lock($3, hashtext($4))
        """,
        [_OUTBOX_LOCK, partner_id, _STREAM_LOCK, stream],
    )


def _attempt_row(delivery: WebhookDelivery, outcome: Outcome) -> dict[str, Any]:
    """Return one element of the array for `integrations_finish_attempts`."""
    is_test = delivery.endpoint.kind == WebhookEndpoint.Kind.TEST  # attempted once
    waits = () if is_test else settings.WEBHOOK_RETRY_SECONDS
    wait = backoff_delay(delivery.attempts_made, waits)
    if outcome.is_success:
        verdict = State.DELIVERED.value
    elif outcome.is_gone:
        verdict = "gone"
    elif wait is None:
        verdict = State.FAILED.value
    else:
        verdict = "retry"
    return {
        "partner": delivery.partner_id,
        "delivery": delivery.pk,
        "lease": delivery.lease_until.isoformat() if delivery.lease_until else None,
        "at": outcome.started_at.isoformat(),
        "status": outcome.status,
        "error": outcome.error,
        "milliseconds": outcome.milliseconds,
        "response_body": outcome.response_body,
        "verdict": verdict,
        "wait": max(wait, outcome.retry_after).total_seconds() if wait else None,
    }
