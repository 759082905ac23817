"""Alerts are raised once, sent to those who chose them, and delivered with their webhooks."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import alerts as registry
from accounts.alerts import alert_kind, alert_kinds
from accounts.models import Alert, AlertLimit, ApiKey, Partner, User
from accounts.services.alert_settings import (
    InvalidAlertLimit,
    recipients_of,
    set_alert_limits,
    set_alert_preferences,
)
from accounts.services.alerts import check_alerts, recover_alerts
from billing.services import send_low_balance_alerts, set_alert_thresholds
from config.db.owned import sandbox_id
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.services.endpoints import set_default_endpoint
from tests.accounts.alerts import errors, open_alerts, raise_now, sent_to
from tests.accounts.request_logs import add
from tests.billing.parallel import race
from tests.billing.purchases import bill_to
from tests.factories import Keys, bucket, partner_with_keys


def count_statements() -> int:
    with CaptureQueriesContext(connection) as captured:
        check_alerts()
    return len(captured)


def test_a_check_of_many_partners_takes_no_more_statements(nova: Keys) -> None:
    def cause_alerts(made: Keys) -> None:
        errors(made, 40)
        ApiKey.objects.filter(pk=made.key("live").pk).update(points_per_day=1)
        add(made, ago=timedelta(0), status=429, code="spend_limit_reached")

    cause_alerts(nova)
    check_alerts()
    few = count_statements()
    for zone in ("Asia/Kolkata", "Asia/Tokyo", "America/New_York"):
        cause_alerts(partner_with_keys(time_zone=zone))
    check_alerts()

    assert len(open_alerts("error_rate")) == len(open_alerts("spend_limit_reached")) == 4
    # Time zones have up to three dates, each of which is looked at for unusual spend.
    assert count_statements() <= few + 4


def test_processes_that_find_the_same_raise_it_once(nova: Keys) -> None:
    raised = race(*[lambda: raise_now(nova.partner, "a", "b")] * 4)
    assert sum(raised) == 2  # type: ignore[arg-type]
    assert Alert.objects.count() == 2
    named = "\n".join(str(m.body) for m in mail.outbox if m.to == ["owner@nova.test"])
    assert 1 <= named.count("Storefront expires") <= 4


def raise_and_die(partner: Partner) -> None:
    with transaction.atomic():
        raise_now(partner, "a")
        raise KeyError


def test_what_dies_before_the_commit_leaves_nothing_and_is_raised_later(nova: Keys) -> None:
    from config.mail.models import OutgoingMail

    set_default(nova.partner)
    backend = "config.mail.outbox.OutboxBackend"
    with mock.patch.object(mail, "get_connection", _connection_of(backend)):
        with pytest.raises(KeyError):
            raise_and_die(nova.partner)
        assert (Alert.objects.count(), OutgoingMail.objects.count()) == (0, 0)
        assert not WebhookDelivery.objects.exists()
        assert [raise_now(nova.partner, "a") for _ in range(2)] == [1, 0]
    assert (OutgoingMail.objects.count(), WebhookDelivery.objects.count()) == (3, 1)


def _connection_of(backend: str) -> Any:
    original = mail.get_connection
    return lambda *_, **__: original(backend)


def test_several_of_a_kind_share_an_email(nova: Keys) -> None:
    raise_now(nova.partner, *"abcdefghijkl")
    assert len(mail.outbox) == 3
    assert mail.outbox[0].subject == "Nova: Storefront expires in 7 days and 11 more"
    body = str(mail.outbox[0].body)
    assert "11 more alerts of this kind" in body
    assert (body.count("- Storefront expires in 7 days"), body.count("- …")) == (10, 1)


def test_a_sandbox_raises_nothing(nova: Keys) -> None:
    sandbox = Partner.with_sandboxes.get(pk=sandbox_id(nova.partner.pk))
    assert raise_now(sandbox, "a") == 0


def test_members_choose_and_viewers_get_only_what_they_may_see(nova: Keys) -> None:
    members = {member.role: member for member in nova.partner.members.all()}
    for role, choices in {
        "owner": {"low_balance": False},
        "viewer": {"low_balance": True, "key_expiring": True},
    }.items():
        set_alert_preferences(
            partner_id=nova.partner.pk, member_id=members[role].pk, choices=choices
        )
    bucket(nova.partner, 100)
    set_alert_thresholds(partner=nova.partner, thresholds=[200], actor="t")
    send_low_balance_alerts()
    assert sent_to() == ["admin", "viewer"]
    mail.outbox.clear()
    raise_now(nova.partner, "a")
    assert sent_to() == ["admin", "developer", "owner"]
    User.objects.filter(pk=members["developer"].user_id).update(is_active=False)
    mail.outbox.clear()
    raise_now(nova.partner, "b")
    assert sent_to() == ["admin", "owner"]


def test_the_billing_address_gets_alerts_once_unless_switched_off(nova: Keys) -> None:
    spend_kind = alert_kind("unusual_spend")

    def addresses() -> list[str]:
        found = recipients_of(partner_id=nova.partner.pk, kind=spend_kind)
        return [each.email for each in found]

    members = ["owner@nova.test", "admin@nova.test"]
    assert addresses() == members
    bill_to(nova.partner, email="bills@nova.test")
    assert addresses() == [*members, "bills@nova.test"]
    set_alert_preferences(
        partner_id=nova.partner.pk, member_id="", choices={spend_kind.name: False}
    )
    assert addresses() == members
    set_alert_preferences(partner_id=nova.partner.pk, member_id="", choices={spend_kind.name: True})
    bill_to(nova.partner, email=members[0])
    assert addresses() == members


def test_a_limit_stays_in_its_range(nova: Keys) -> None:
    limit = alert_kind("error_rate").limit
    assert limit
    for value in (limit.least, limit.most):
        set_alert_limits(partner=nova.partner, limits={"error_rate": value}, actor="t")
        assert AlertLimit.objects.get().value == value
    for name, value in (
        *(("error_rate", limit.least - 1), ("error_rate", limit.most + 1)),
        ("key_expiring", 1),
    ):
        with pytest.raises(InvalidAlertLimit):
            set_alert_limits(partner=nova.partner, limits={name: value}, actor="t")
    assert AlertLimit.objects.get().value == limit.most


def set_default(partner: Partner, *events: str) -> WebhookEndpoint:
    return set_default_endpoint(
        partner_id=partner.pk,
        url="http://127.0.0.1:9/all",
        secret="s",
        event_types=events or ("alert.key_expiring", "alert.recovered"),
        actor="a",
    )


def bodies() -> list[dict[str, Any]]:
    rows = WebhookDelivery.objects.order_by("position", "pk")
    return [json.loads(bytes(row.body)) for row in rows]


def test_the_default_endpoint_gets_alert_and_recovery_in_order(nova: Keys) -> None:
    raise_now(nova.partner, "other")
    set_default(nova.partner)
    raise_now(nova.partner, "a")
    recover_alerts(partner_id=nova.partner.pk, kind="key_expiring", subjects=["a"])

    raised, recovered = bodies()
    assert raised["event"] == "alert.key_expiring"
    assert raised["details"] == alert_kind("key_expiring").sample
    assert raised["url"].endswith(f"/dashboard/keys/{raised['details']['keyId']}/")
    assert (recovered["event"], recovered["alert"]) == ("alert.recovered", "alert.key_expiring")
    assert raised["alertId"] == recovered["alertId"]
    assert [alert.subject for alert in open_alerts("key_expiring")] == ["other"]
    assert WebhookDelivery.objects.values("stream").distinct().count() == 1


def test_events_are_switched_by_the_default_endpoint(nova: Keys) -> None:
    set_default(nova.partner, "alert.low_balance")
    raise_now(nova.partner, "a")
    assert bodies() == []


def lose_the_connection(*_: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.parametrize("over", [mock.Mock(side_effect=ValueError), lose_the_connection])
def test_one_kind_that_fails_keeps_no_other_from_being_checked(nova: Keys, over: Any) -> None:
    errors(nova, 30)
    broken = mock.Mock(limit=None, over=over)
    broken.name = "broken"
    with mock.patch.dict(registry._kinds, {"broken": broken, **registry._kinds}, clear=True):
        check_alerts()
    assert open_alerts("error_rate")


def test_every_kind_describes_its_sample_plainly(nova: Keys) -> None:
    for kind in alert_kinds():
        wording = kind.describe(kind.sample)
        assert wording.title
        assert not wording.title.endswith(".")
        assert wording.text.endswith(".")
        assert wording.page.startswith("/dashboard/")
        assert kind.default_roles <= kind.roles
