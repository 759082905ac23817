"""Alerts that were raised, and what raises them."""

from __future__ import annotations

from datetime import timedelta

from django.core import mail

from accounts.alerts import Finding, alert_kind
from accounts.models import Alert, Partner
from accounts.services.alerts import raise_alerts
from tests.accounts.request_logs import add
from tests.factories import Keys


def sent_to() -> list[str]:
    return sorted(message.to[0].split("@")[0] for message in mail.outbox)


def open_alerts(kind: str) -> list[Alert]:
    return list(Alert.objects.of_all().open().filter(kind=kind))


def errors(made: Keys, percent: int, key: str = "live", of: int = 60) -> None:
    failed = of * percent // 100
    key_id = made.key(key).pk
    add(made, failed, ago=timedelta(minutes=2), status=400, code="bad", key_id=key_id)
    add(made, of - failed, ago=timedelta(minutes=4), key_id=key_id)


def findings(partner: Partner, *subjects: str) -> list[Finding]:
    facts = alert_kind("key_expiring").sample
    return [Finding(partner.pk, subject, facts) for subject in subjects]


def raise_now(partner: Partner, *subjects: str) -> int:
    kind = alert_kind("key_expiring")
    return raise_alerts(partner_id=partner.pk, kind=kind, findings=findings(partner, *subjects))
