"""Writing the webhook outbox: adding events, claiming due ones, storing the outcomes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, When, prefetch_related_objects
from django.db.models.functions import Now

from accounts.models import Partner
from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner
from config.db.owned import is_sandbox
from config.db.statements import fetch_row
from integrations.models import WebhookDelivery, WebhookDeliveryQuerySet, WebhookEndpoint
from integrations.retries import backoff_delay
from integrations.signatures.signing import encode_event

State = WebhookDelivery.State
#: Channel that wakes the workers. The queue's three commits would take longer than the delivery; a
#: lost notification delays it by a second.
CHANNEL = "shopiq_webhooks"
#: How many events one action resends.
MAX_RESENT = 1000
#: How much of a response is stored.
MAX_RESPONSE_BYTES = 2048
#: First key of the advisory locks that order a partner's events: "WEBH".
_OUTBOX_LOCK = 0x57454248


class DeliveryCancelled(Exception):
    """The account of the event was deleted."""

    def __init__(self) -> None:
        super().__init__("The account was deleted, so the event is not sent.")


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


def add_endpoint(*, partner_id: str, url: str, secret: str) -> WebhookEndpoint:
    """Create a receiver; call this in the transaction that adds its first event."""
    endpoint = WebhookEndpoint(partner_id=partner_id, url=url)
    endpoint.set_encrypted("secret", secret)
    endpoint.save(force_insert=True)
    return endpoint


def add_event(*, endpoint: WebhookEndpoint, stream: str, payload: Mapping[str, Any]) -> None:
    """Append an event to its stream, in the transaction of the change that it announces.

    The caller holds the lock on the owner of the stream, so no other event gets the same position.
    """
    _lock_outbox(endpoint.partner_id, "shared")
    # Locked, so that either its end is visible here, or this event is visible to its end.
    earlier = WebhookDelivery.objects.of(endpoint.partner_id).filter(stream=stream)
    last = earlier.select_for_update().order_by("-position").first()
    endpoint.refresh_from_db(fields=["gone_at"])
    is_waiting = last and last.state == State.PENDING
    WebhookDelivery.objects.create(
        partner_id=endpoint.partner_id,
        endpoint=endpoint,
        stream=stream,
        position=last.position + 1 if last else 1,
        event=payload["event"],
        body=encode_event({**payload, **_test_mode(endpoint)}),
        state=State.FAILED if endpoint.gone_at else State.PENDING,
        due_at=None if is_waiting or endpoint.gone_at else Now(),
        created_at=Now(),
        ended_at=Now() if endpoint.gone_at else None,
    )
    _notify()


def _test_mode(endpoint: WebhookEndpoint) -> dict[str, bool]:
    return {"testMode": True} if is_sandbox(endpoint.partner_id) else {}


def cancel_stream(*, partner_id: str, stream: str) -> None:
    """Cancel the undelivered events of a stream; call this in a transaction."""
    mine = WebhookDelivery.objects.of(partner_id)
    pending = mine.filter(stream=stream).pending()
    # In the lock order of all writers, so that none of them deadlock.
    held = pending.select_for_update().order_by("pk").values_list("pk", flat=True)
    mine.filter(pk__in=list(held)).update(state=State.CANCELLED, ended_at=Now(), lease_until=None)


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


def resend_delivery(*, delivery: WebhookDelivery, actor: str) -> None:
    """Restart the retry schedule of an event; an attempt in progress counts as resent.

    Raises `DeliveryCancelled`.
    """
    with transaction.atomic():
        lock_partner(delivery.partner_id)
        mine = WebhookDelivery.objects.of(delivery.partner_id)
        held = mine.select_for_update().get(pk=delivery.pk)
        if held.state == State.CANCELLED:
            raise DeliveryCancelled
        # An event behind others in its stream keeps waiting. An attempt in progress keeps its time,
        # but without its lease its failure has no effect.
        is_waiting = held.state == State.PENDING and held.due_at is None
        due_at = held.due_at if held.lease_until or is_waiting else Now()
        mine.filter(pk=held.pk).update(
            state=State.PENDING, attempts_made=0, due_at=due_at, lease_until=None, ended_at=None
        )
        record_audit(partner=held.partner, actor=actor, action="webhook.resent", target=held.id)
        _notify()


def resend_failed(*, partner: Partner, deliveries: WebhookDeliveryQuerySet, actor: str) -> int:
    """Resend failed deliveries among `deliveries`, the oldest `MAX_RESENT`; return their number.

    The events of a stream keep their order: the first is due now, each other one when the one
    before has ended.
    """
    with transaction.atomic():
        lock_partner(partner.id)
        failed = deliveries.of(partner.id).failed().order_by("created_at", "pk")
        chosen = set(failed.values_list("pk", flat=True)[:MAX_RESENT])
        mine = WebhookDelivery.objects.of(partner.id)
        resent, due = _lock_resendable(mine, chosen)
        mine.filter(pk__in=resent).update(
            state=State.PENDING,
            attempts_made=0,
            due_at=Case(When(pk__in=due, then=Now()), default=None),
            lease_until=None,
            ended_at=None,
        )
        record_audit(
            partner=partner, actor=actor, action="webhook.failed_resent", events=len(resent)
        )
        _notify()
    return len(resent)


def _lock_resendable(
    mine: WebhookDeliveryQuerySet, chosen: set[str]
) -> tuple[list[str], list[str]]:
    """Return those of `chosen` that are still failed, and those of them that are first in their
    streams.

    This locks them and the pending events of their streams. Otherwise an event could end unnoticed,
    without noticing these, and they would wait forever.
    """
    streams = mine.filter(pk__in=chosen).values("stream")
    of_streams = mine.filter(stream__in=streams)
    open_or_chosen = of_streams.filter(state=State.PENDING) | of_streams.filter(
        pk__in=chosen, state=State.FAILED
    )
    rows = open_or_chosen.order_by("pk").select_for_update().only("stream", "position", "state")
    held = sorted(rows, key=lambda row: row.position)
    heads = {row.stream: row.pk for row in reversed(held)}.values()
    resent = [row.pk for row in held if row.state == State.FAILED]
    return resent, list(set(resent) & set(heads))


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
        _lock_outbox(partner_id, "exclusive")
        row = fetch_row("SELECT clock_timestamp() AS now", [])
    assert row
    now: datetime = row["now"]
    return now


def _notify() -> None:
    """Wake the workers when the transaction commits."""
    fetch_row("SELECT pg_notify($1, '')", [CHANNEL])


def _lock_outbox(partner_id: str, mode: str) -> None:
    function = {"shared": "pg_advisory_xact_lock_shared", "exclusive": "pg_advisory_xact_lock"}
    statement = f"SELECT {function[mode]}($1, hashtext($2))"
    fetch_row(statement, [_OUTBOX_LOCK, partner_id])


def _attempt_row(delivery: WebhookDelivery, outcome: Outcome) -> dict[str, Any]:
    """Return one element of the array for `integrations_finish_attempts`."""
    wait = backoff_delay(delivery.attempts_made, settings.WEBHOOK_RETRY_SECONDS)
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
