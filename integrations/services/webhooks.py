"""The outbox's writers: adding events, claiming those that are due, noting what came of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, When, prefetch_related_objects
from django.db.models.functions import Now

from accounts.models import Partner
from accounts.services.audit import record_audit
from config.db.functions import fetch_row
from integrations.models import WebhookDelivery, WebhookDeliveryQuerySet, WebhookEndpoint
from integrations.retries import backoff_delay
from integrations.signatures.signing import encode_event

State = WebhookDelivery.State
#: Where workers listen for news. Not the queue: its three commits would take longer than the
#: delivery. News that nobody hears is a delay of a second.
CHANNEL = "shopiq_webhooks"
#: How many events are sent again at once.
MOST_RESENT = 1000
#: What is kept of an answer.
ANSWER_BYTES = 2048
#: First key of the advisory locks that order a partner's events; "WEBH".
_OUTBOX_LOCK = 0x57454248


class DeliveryCancelled(Exception):
    """The event told of an account that is gone."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt; `status` is None where no answer came."""

    started_at: datetime
    status: int | None
    error: str
    milliseconds: int
    answer: str

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """410: the receiver wants no more (Standard Webhooks 1.0)."""
        return self.status == 410


def add_endpoint(*, partner_id: str, url: str, secret: str) -> WebhookEndpoint:
    """A receiver; call it in the transaction of what it will be told."""
    endpoint = WebhookEndpoint(partner_id=partner_id, url=url)
    endpoint.set_encrypted("secret", secret)
    endpoint.save(force_insert=True)
    return endpoint


def add_event(*, endpoint: WebhookEndpoint, stream: str, payload: Mapping[str, str]) -> None:
    """Puts an event at the end of its stream, in the transaction of what it tells.

    The caller holds the lock on whatever the stream belongs to, so positions have no rival.
    """
    _lock_outbox(endpoint.partner_id, "shared")
    # Locked, so that its end is either seen here or sees this event.
    earlier = WebhookDelivery.objects.select_for_update().filter(stream=stream)
    last = earlier.order_by("-position").first()
    WebhookDelivery.objects.create(
        partner_id=endpoint.partner_id,
        endpoint=endpoint,
        stream=stream,
        position=last.position + 1 if last else 1,
        event=payload["event"],
        body=encode_event(payload),
        due_at=None if last and last.state == State.PENDING else Now(),
        created_at=Now(),
    )
    _notify()


def cancel_stream(stream: str) -> None:
    """Ends what a stream has not delivered yet; call it in a transaction."""
    pending = WebhookDelivery.objects.filter(stream=stream).pending()
    # In the order that whoever else locks several of them keeps: none waits for the other's end.
    held = pending.select_for_update().order_by("pk").values_list("pk", flat=True)
    WebhookDelivery.objects.filter(pk__in=list(held)).update(
        state=State.CANCELLED, ended_at=Now(), lease_until=None
    )


def claim_deliveries(limit: int) -> list[WebhookDelivery]:
    """Takes up to `limit` due events under a lease and counts their attempts."""
    claimed = WebhookDelivery.objects.raw(
        "SELECT * FROM integrations_claim_deliveries(%s, %s, %s)",
        [limit, settings.WEBHOOK_SLOTS_PER_PARTNER, settings.WEBHOOK_LEASE_SECONDS],
    )
    deliveries = list(claimed)
    prefetch_related_objects(deliveries, "endpoint")
    return deliveries


def finish_attempts(attempts: Iterable[tuple[WebhookDelivery, Outcome]]) -> None:
    """Notes attempts and what follows from each, all in one round trip and one transaction."""
    rows = [_attempt_row(delivery, outcome) for delivery, outcome in attempts]
    fetch_row("SELECT integrations_finish_attempts(%s::jsonb)", [json.dumps(rows)])


def resend_delivery(*, delivery: WebhookDelivery, actor: str) -> None:
    """Sends an event again from the start of the ladder; one that is on its way counts as sent.

    Raises `DeliveryCancelled`.
    """
    with transaction.atomic():
        held = WebhookDelivery.objects.select_for_update().get(pk=delivery.pk)
        if held.state == State.CANCELLED:
            raise DeliveryCancelled
        # One that waits for those before it goes on waiting. An attempt under way keeps its time;
        # without its lease its failure changes nothing.
        is_waiting = held.state == State.PENDING and held.due_at is None
        due_at = held.due_at if held.lease_until or is_waiting else Now()
        WebhookDelivery.objects.filter(pk=held.pk).update(
            state=State.PENDING, attempts_made=0, due_at=due_at, lease_until=None, ended_at=None
        )
        record_audit(partner=held.partner, actor=actor, action="webhook.resent", target=held.id)
        _notify()


def resend_failed(*, partner: Partner, deliveries: WebhookDeliveryQuerySet, actor: str) -> int:
    """Sends those of `deliveries` that were given up again, the oldest `MOST_RESENT` of them.

    Events of one stream go out in their order: the first now, each other one when the one before
    it has ended. Returns how many there are.
    """
    with transaction.atomic():
        failed = deliveries.of(partner.id).failed().order_by("created_at", "pk")
        chosen = set(failed.values_list("pk", flat=True)[:MOST_RESENT])
        resent, due = _places_in_streams(chosen)
        WebhookDelivery.objects.filter(pk__in=resent).update(
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


def _places_in_streams(chosen: set[str]) -> tuple[list[str], list[str]]:
    """Those of `chosen` that are still failed, and those of them that nothing goes before.

    Locks them and what is pending in their streams: an end that was not seen here would otherwise
    not see them either, and they would wait for ever.
    """
    streams = WebhookDelivery.objects.filter(pk__in=chosen).values("stream")
    of_streams = WebhookDelivery.objects.filter(stream__in=streams)
    open_or_chosen = of_streams.filter(state=State.PENDING) | of_streams.filter(
        pk__in=chosen, state=State.FAILED
    )
    rows = open_or_chosen.order_by("pk").select_for_update().only("stream", "position", "state")
    held = sorted(rows, key=lambda row: row.position)
    heads = {row.stream: row.pk for row in reversed(held)}.values()
    resent = [row.pk for row in held if row.state == State.FAILED]
    return resent, list(set(resent) & set(heads))


def seconds_until_next() -> float | None:
    """How long until the time of the next event comes; None where none has one ahead."""
    row = fetch_row(
        """
        SELECT extract(epoch FROM min(due_at) - clock_timestamp())::float8 AS seconds
        FROM integrations_webhookdelivery WHERE state = 'pending' AND due_at > clock_timestamp()
        """,
        [],
    )
    return None if not row or row["seconds"] is None else max(0.0, row["seconds"])


def stable_before(partner_id: str) -> datetime:
    """A moment before which no event of the partner can still appear.

    Transactions commit in another order than they wrote in, so a reader who goes by `created_at`
    alone would pass events that are not visible yet, and never see them.
    """
    with transaction.atomic():
        _lock_outbox(partner_id, "exclusive")
        row = fetch_row("SELECT clock_timestamp() AS moment", [])
    assert row
    moment: datetime = row["moment"]
    return moment


def _notify() -> None:
    """Tells the workers when the transaction commits."""
    fetch_row("SELECT pg_notify(%s, '')", [CHANNEL])


def _lock_outbox(partner_id: str, mode: str) -> None:
    function = {"shared": "pg_advisory_xact_lock_shared", "exclusive": "pg_advisory_xact_lock"}
    statement = f"SELECT {function[mode]}(%s, hashtext(%s))"
    fetch_row(statement, [_OUTBOX_LOCK, partner_id])


def _attempt_row(delivery: WebhookDelivery, outcome: Outcome) -> dict[str, Any]:
    """One element of what `integrations_finish_attempts` takes."""
    wait = backoff_delay(delivery.attempts_made, settings.WEBHOOK_RETRY_SECONDS)
    if outcome.is_success:
        verdict = State.DELIVERED.value
    elif outcome.is_gone or wait is None:
        verdict = State.FAILED.value
    else:
        verdict = "retry"
    return {
        "delivery": delivery.pk,
        "lease": delivery.lease_until.isoformat() if delivery.lease_until else None,
        "at": outcome.started_at.isoformat(),
        "status": outcome.status,
        "error": outcome.error,
        "milliseconds": outcome.milliseconds,
        "answer": outcome.answer,
        "verdict": verdict,
        "wait": wait.total_seconds() if wait else None,
    }
