"""Sends alerts to the partner's default endpoint; the events of one alert arrive in order."""

from __future__ import annotations

from typing import Any

from accounts.models import Alert
from accounts.signals import alert_raised, alert_recovered
from integrations.alert_events import of_raised, of_recovered
from integrations.services.webhooks import add_default_event


def announce_alert(*, alert: Alert, **_: Any) -> None:
    payload = of_raised(alert, alert.partner.time_zone)
    add_default_event(partner_id=alert.partner_id, stream=alert.pk, payload=payload)


def announce_recovery(*, alert: Alert, **_: Any) -> None:
    payload = of_recovered(alert, alert.partner.time_zone)
    add_default_event(partner_id=alert.partner_id, stream=alert.pk, payload=payload)


def connect() -> None:
    alert_raised.connect(announce_alert, dispatch_uid="webhooks")
    alert_recovered.connect(announce_recovery, dispatch_uid="webhooks")
