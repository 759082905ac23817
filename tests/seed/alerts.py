"""Alerts that were sent, some of which are open."""

from __future__ import annotations

from datetime import timedelta

from accounts.alerts import alert_kinds
from accounts.models import Alert, ApiKey
from integrations.models import WebhookReceiver
from tests.seed.history import ago
from tests.seed.side import Side


def add_alerts(side: Side) -> None:
    members = [str(pk) for pk in side.partner.members.order_by("pk").values_list("pk", flat=True)]
    known = {
        "keyId": ApiKey.objects.of(side.partner.pk).values_list("pk", flat=True)[0],
        "webhookId": WebhookReceiver.objects.of(side.partner.pk).values_list("pk", flat=True)[0],
    }
    for number, kind in enumerate([*alert_kinds(), *alert_kinds()]):
        at = ago(hours=3 + 31 * number)
        facts = {**kind.sample, **{name: known[name] for name in known if name in kind.sample}}
        Alert.objects.create(
            partner=side.partner,
            kind=kind.name,
            subject=str(number),
            facts=facts,
            recipients=members[: 1 + number % 3],
            raised_at=at,
            recovered_at=at + timedelta(hours=2) if number > 1 else None,
        )
