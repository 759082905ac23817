"""The payloads of `alert.…` events."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation

from accounts.alerts import AlertKind, describe_alert
from accounts.models import Alert, Partner
from config.api.timestamps import timestamp
from config.db.owned import PLATFORM_ID
from integrations.signatures.signing import Payload

RECOVERED = "alert.recovered"
_ID = "665a1f2e3b4c5d6e7f8a9b0d"


def of_raised(alert: Alert, time_zone: str) -> Payload:
    """Announce an alert in English; `message` names times in the company's zone, `details` in
    UTC."""
    with timezone.override(ZoneInfo(time_zone)), translation.override(settings.LANGUAGE_CODE):
        wording = describe_alert(alert)
    return {
        "event": f"alert.{alert.kind}",
        "alertId": alert.pk,
        "title": wording.title,
        "message": wording.text,
        "details": alert.facts,
        "url": f"{settings.PUBLIC_URL}{wording.page}",
        "timestamp": timestamp(alert.raised_at),
    }


def of_recovered(alert: Alert, time_zone: str) -> Payload:
    payload = of_raised(alert, time_zone)
    assert alert.recovered_at
    return {
        "event": RECOVERED,
        "alertId": alert.pk,
        "alert": payload["event"],
        "title": payload["title"],
        "timestamp": timestamp(alert.recovered_at),
    }


def sample_of(kind: AlertKind, at: datetime) -> Payload:
    return of_raised(_sample(kind, at), _zone())


def sample_of_recovered(kind: AlertKind, at: datetime) -> Payload:
    return of_recovered(_sample(kind, at), _zone())


def _sample(kind: AlertKind, at: datetime) -> Alert:
    return Alert(
        id=_ID,
        partner_id=PLATFORM_ID,
        kind=kind.name,
        facts=dict(kind.sample),
        raised_at=at,
        recovered_at=at,
    )


def _zone() -> str:
    return str(Partner._meta.get_field("time_zone").default)
