"""Below how many points partners are told that they run low, and telling them once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import Partner
from accounts.services.audit import record_audit
from billing.models import MOST_THRESHOLDS, AlertThreshold
from billing.points import to_text
from billing.services.emails import send_low_balance


class TooManyThresholds(ValueError):
    """More than `MOST_THRESHOLDS` different ones."""


def set_alert_thresholds(*, partner: Partner, thresholds: Sequence[int], actor: str) -> None:
    """Below each of `thresholds` (hundredths of a point, above zero) an email is sent, once.

    Replaces the former ones; none ends the alerts. One that stays remembers that it was told, a
    new one may be told at once. Raises `TooManyThresholds`.
    """
    wanted = sorted(set(thresholds), reverse=True)
    if len(wanted) > MOST_THRESHOLDS:
        raise TooManyThresholds(f"{MOST_THRESHOLDS} thresholds at most")
    with transaction.atomic():
        Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
        before = AlertThreshold.objects.amounts_of(partner.pk)
        if before == wanted:
            return
        AlertThreshold.objects.filter(partner=partner).exclude(points__in=wanted).delete()
        AlertThreshold.objects.bulk_create(
            AlertThreshold(partner=partner, points=points)
            for points in wanted
            if points not in before
        )
        record_audit(
            partner=partner,
            actor=actor,
            action="billing.alert_changed",
            before=[to_text(points) for points in before],
            after=[to_text(points) for points in wanted],
        )


def send_low_balance_alerts() -> int:
    """Tells each partner that fell below a threshold, by one email; returns how many were told.

    A threshold is told once until the balance was at or above it. It is marked before the email is
    sent: an alert that a crash swallows is better than one every minute.
    """
    AlertThreshold.objects.to_rearm().update(alerted_at=None)
    partners = AlertThreshold.objects.to_alert().values_list("partner_id", flat=True).distinct()
    sent = 0
    for partner_id in list(partners):
        if threshold := _mark_crossed(partner_id):
            send_low_balance(threshold)
            sent += 1
    return sent


def _mark_crossed(partner_id: str) -> AlertThreshold | None:
    """The lowest threshold nobody was told of; those above it are told by the same email."""
    with transaction.atomic():
        Partner.objects.select_for_update(no_key=True).get(pk=partner_id)
        unmarked = AlertThreshold.objects.to_alert().filter(partner_id=partner_id)
        crossed = list(unmarked.select_related("partner").order_by("points"))
        # By id: a call may have taken points since, and what it crossed is not in this email.
        told = AlertThreshold.objects.filter(pk__in=[threshold.pk for threshold in crossed])
        told.update(alerted_at=timezone.now())
    return crossed[0] if crossed else None
