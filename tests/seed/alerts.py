"""Alerts that were sent, one of which is open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.alerts import alert_kinds
from accounts.models import Alert, ApiKey
from billing.points import to_number
from billing.unusual_spend import same_weekdays, usual_spend
from config.api.timestamps import timestamp
from integrations.models import WebhookReceiver
from tests.seed.history import ago
from tests.seed.reconciled import counted
from tests.seed.side import Side

_DAYS = 30


def add_alerts(side: Side) -> None:
    members = [str(pk) for pk in side.partner.members.order_by("pk").values_list("pk", flat=True)]
    known = _facts(side)
    for number, kind in enumerate([*alert_kinds(), *alert_kinds()]):
        at = ago(hours=3 + 31 * number)
        facts = {**kind.sample, **{name: known[name] for name in known if name in kind.sample}}
        is_open = kind.name == "key_expiring" and number < len(alert_kinds())
        Alert.objects.create(
            partner=side.partner,
            kind=kind.name,
            subject=str(number),
            facts=facts,
            recipients=members[: 1 + number % 3],
            raised_at=at,
            recovered_at=None if is_open else at + timedelta(hours=2),
        )


def _facts(side: Side) -> dict[str, Any]:
    """Return what the partner's rows say: its key that expires, and what it spent most on a day."""
    key = ApiKey.objects.get(pk=side.keys["Mobile app"].pk)
    assert key.expires_at
    spent = {day: points for day, (_, _, points) in counted(side.partner).items()}
    recent = [day for day in spent if day >= side.partner.today - timedelta(days=_DAYS)]
    busiest = max(recent, key=spent.__getitem__)
    usual = usual_spend([spent.get(day, 0) for day in same_weekdays(busiest)])
    return {
        "keyId": key.pk,
        "keyName": key.name,
        "lastFour": key.last_four,
        "expiresAt": timestamp(key.expires_at),
        "webhookId": WebhookReceiver.objects.of(side.partner.pk).values_list("pk", flat=True)[0],
        "day": busiest.isoformat(),
        "points": to_number(spent[busiest]),
        "usualPoints": to_number(usual or 0),
    }
