"""Raising alerts once, and noting that their causes have ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

import structlog
from django.db import Error, connection, transaction
from django.utils import timezone

from accounts.alerts import AlertKind, Finding, Limits, alert_kinds
from accounts.models import Alert, AlertLimit, Partner
from accounts.services.alert_emails import send_alerts
from accounts.services.alert_settings import recipients_of
from accounts.signals import alert_raised, alert_recovered
from config.db.owned import is_sandbox

log = structlog.get_logger(__name__)

#: How many alerts of a partner are raised together: one email names them all.
_BATCH = 100


def check_alerts() -> None:
    """Apply the rules of all kinds; one that fails keeps no other from being applied."""
    for kind in alert_kinds():
        try:
            _check(kind)
        except Error as error:
            log.error("alerts not checked", kind=kind.name, error=str(error).strip())
            connection.close()
        except Exception:
            log.exception("alerts not checked", kind=kind.name)


def raise_alerts(*, partner_id: str, kind: AlertKind, findings: Sequence[Finding]) -> int:
    """Raise those that are not open; return their number.

    Alert, emails and webhook events are kept together or not at all, whatever dies in between. Test
    data raises none.
    """
    if is_sandbox(partner_id):
        return 0
    with transaction.atomic():
        partner = Partner.objects.get(pk=partner_id)
        to = recipients_of(partner_id=partner_id, kind=kind)
        ids = [each.member_id for each in to if each.member_id]
        raised = []
        for finding in findings[:_BATCH]:
            # Of several processes, the one whose row is first raises it.
            alert, is_new = Alert.objects.of(partner_id).get_or_create(
                partner=partner,
                kind=kind.name,
                subject=finding.subject,
                recovered_at=None,
                defaults={"facts": dict(finding.facts), "recipients": ids},
            )
            if is_new:
                raised.append(alert)
                alert_raised.send(Alert, alert=alert)
        if raised:
            send_alerts(partner=partner, kind=kind, alerts=raised, to=to)
    return len(raised)


def recover_alerts(*, partner_id: str, kind: str, subjects: Iterable[str]) -> None:
    """Note that the causes of these open alerts have ended: they can be raised again."""
    with transaction.atomic():
        mine = Alert.objects.of(partner_id).open().filter(kind=kind, subject__in=[*subjects])
        for alert in mine.locked():
            alert.recovered_at = timezone.now()
            alert.save(update_fields=["recovered_at"])
            alert_recovered.send(Alert, alert=alert)


def _check(kind: AlertKind) -> None:
    limits = _limits_of(kind)
    rows = Alert.objects.of_all().open().filter(kind=kind.name).order_by("partner_id", "pk")
    known = list(rows)
    over = kind.over(known, limits)
    for partner_id, group in groupby(over, attrgetter("partner_id")):
        subjects = [alert.subject for alert in group]
        recover_alerts(partner_id=partner_id, kind=kind.name, subjects=subjects)
    is_open = {(alert.partner_id, alert.subject) for alert in known}
    new = [each for each in kind.find(limits) if (each.partner_id, each.subject) not in is_open]
    new.sort(key=attrgetter("partner_id"))
    for partner_id, found in groupby(new, attrgetter("partner_id")):
        raise_alerts(partner_id=partner_id, kind=kind, findings=list(found))


def _limits_of(kind: AlertKind) -> Limits:
    chosen = AlertLimit.objects.of_all().filter(kind=kind.name)
    return Limits(chosen.values_list("partner_id", "value"), kind.limit)
