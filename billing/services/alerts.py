"""Low-balance alerts: the thresholds of a partner, and one email for each crossing."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import Partner
from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner
from billing.models import MOST_THRESHOLDS, AlertThreshold
from billing.points import to_text
from billing.services.emails import send_low_balance


class TooManyThresholds(ValueError):
    """More than `MOST_THRESHOLDS` different ones."""


def set_alert_thresholds(*, partner: Partner, thresholds: Sequence[int], actor: str) -> None:
    """Replace the partner's thresholds, in hundredths of a point; an empty list disables alerts.

    A kept threshold keeps its alerted state; a new one may send an alert immediately. Raises
    `TooManyThresholds`.
    """
    wanted = sorted(set(thresholds), reverse=True)
    if len(wanted) > MOST_THRESHOLDS:
        raise TooManyThresholds(f"{MOST_THRESHOLDS} thresholds at most")
    with transaction.atomic():
        lock_partner(partner.pk)
        mine = AlertThreshold.objects.of(partner.pk)
        before = mine.amounts()
        if before == wanted:
            return
        mine.exclude(points__in=wanted).delete()
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
    """Send one email to each partner whose balance fell below a threshold; return their number.

    A threshold alerts again only after the balance has reached it. It is marked before the email
    is sent: an alert lost in a crash is better than one every minute.
    """
    thresholds = AlertThreshold.objects.of_all()
    thresholds.to_rearm().update(alerted_at=None)
    partners = thresholds.to_alert().values_list("partner_id", flat=True).distinct()
    sent = 0
    for partner_id in list(partners):
        if threshold := _mark_crossed(partner_id):
            send_low_balance(threshold)
            sent += 1
    return sent


def _mark_crossed(partner_id: str) -> AlertThreshold | None:
    """Mark all newly crossed thresholds, which share one email, and return the lowest."""
    with transaction.atomic():
        lock_partner(partner_id)
        mine = AlertThreshold.objects.of(partner_id)
        crossed = list(mine.to_alert().select_related("partner").order_by("points"))
        # By id: a call may have taken points since, and what it crossed is not in this email.
        marked = mine.filter(pk__in=[threshold.pk for threshold in crossed])
        marked.update(alerted_at=timezone.now())
    return crossed[0] if crossed else None
