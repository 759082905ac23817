"""Sending events again, by people and by partners' servers."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Case, When
from django.db.models.functions import Now

from accounts.models import Partner
from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner
from integrations.models import WebhookDelivery, WebhookDeliveryQuerySet
from integrations.services.webhooks import notify_workers

State = WebhookDelivery.State
#: How many events one transaction resends.
MAX_RESENT = 1000


class DeliveryCancelled(Exception):
    """The account of the event was deleted."""

    def __init__(self) -> None:
        super().__init__("The account was deleted, so the event is not sent.")


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
        notify_workers()


def resend_failed(*, partner: Partner, deliveries: WebhookDeliveryQuerySet, actor: str) -> int:
    """Resend failed deliveries among `deliveries`, the oldest `MAX_RESENT`; return their number.

    The events of a stream keep their order: the first is due now, each other one when the one
    before has ended.
    """
    with transaction.atomic():
        count = restart_failed(partner_id=partner.id, deliveries=deliveries)
        record_audit(partner=partner, actor=actor, action="webhook.failed_resent", events=count)
    return count


def restart_failed(*, partner_id: str, deliveries: WebhookDeliveryQuerySet) -> int:
    """Make the oldest `MAX_RESENT` failed ones pending; return their number."""
    failed = deliveries.of(partner_id).failed().order_by("created_at", "pk")
    mine = WebhookDelivery.objects.of(partner_id)
    with transaction.atomic():
        lock_partner(partner_id)
        chosen = set(failed.values_list("pk", flat=True)[:MAX_RESENT])
        resent, due = _lock_resendable(mine, chosen)
        mine.filter(pk__in=resent).update(
            state=State.PENDING,
            attempts_made=0,
            due_at=Case(When(pk__in=due, then=Now()), default=None),
            lease_until=None,
            ended_at=None,
        )
        notify_workers()
    return len(resent)


def restart_retrying(*, partner_id: str, deliveries: WebhookDeliveryQuerySet) -> int:
    """Make those due now that wait for a retry; call this under the partner's lock."""
    mine = WebhookDelivery.objects.of(partner_id)
    waiting = deliveries.of(partner_id).waiting_for_retry()
    held = list(waiting.locked().values_list("pk", flat=True))
    return mine.filter(pk__in=held).update(attempts_made=0, due_at=Now())


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
    columns = open_or_chosen.locked().only("stream", "endpoint_id", "position", "state")
    held = sorted(columns, key=lambda row: row.position)
    heads = {(row.stream, row.endpoint_id): row.pk for row in reversed(held)}.values()
    resent = [row.pk for row in held if row.state == State.FAILED]
    return resent, list(set(resent) & set(heads))
