"""Low-balance alerts: the thresholds of a partner, and one alert for each crossing."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.alerts import Finding
from accounts.models import Partner
from accounts.services.alerts import raise_alerts, recover_alerts
from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner
from billing.alert_kinds import LOW_BALANCE
from billing.models import MOST_THRESHOLDS, AlertThreshold
from billing.models.alerts import AlertThresholdQuerySet
from billing.points import to_number, to_text


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
        _recover(partner.pk, [points for points in before if points not in wanted])
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
    """Raise one alert for each partner whose balance fell below a threshold; return their number.

    A threshold alerts again only after the balance has reached it.
    """
    thresholds = AlertThreshold.objects.of_all()
    for partner_id in _partners_of(thresholds.to_rearm()):
        _rearm(partner_id)
    return sum(_raise_crossed(partner_id) for partner_id in _partners_of(thresholds.to_alert()))


def _partners_of(thresholds: AlertThresholdQuerySet) -> list[str]:
    return sorted(set(thresholds.values_list("partner_id", flat=True)))


def _rearm(partner_id: str) -> None:
    with transaction.atomic():
        lock_partner(partner_id)
        mine = AlertThreshold.objects.of(partner_id)
        reached = dict(mine.to_rearm().values_list("pk", "points"))
        mine.filter(pk__in=reached).update(alerted_at=None)
        _recover(partner_id, list(reached.values()))


def _raise_crossed(partner_id: str) -> int:
    """Mark all newly crossed thresholds, of which the lowest is the alert."""
    with transaction.atomic():
        lock_partner(partner_id)
        mine = AlertThreshold.objects.of(partner_id)
        crossed = list(mine.to_alert().order_by("points"))
        # By id: a call may have taken points since, and what it crossed is not in this alert.
        marked = mine.filter(pk__in=[threshold.pk for threshold in crossed])
        marked.update(alerted_at=timezone.now())
        findings = [_describe(threshold) for threshold in crossed[:1]]
        return raise_alerts(partner_id=partner_id, kind=LOW_BALANCE, findings=findings)


def _describe(crossed: AlertThreshold) -> Finding:
    facts = {
        "balance": to_number(crossed.balance),  # type: ignore[attr-defined]
        "threshold": to_number(crossed.points),
    }
    return Finding(crossed.partner_id, to_text(crossed.points), facts)


def _recover(partner_id: str, thresholds: Sequence[int]) -> None:
    subjects = [to_text(points) for points in thresholds]
    recover_alerts(partner_id=partner_id, kind=LOW_BALANCE.name, subjects=subjects)
