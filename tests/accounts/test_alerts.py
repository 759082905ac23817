"""Alerts are raised once for a cause, kept together with their emails, and end with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import alerts as registry
from accounts.alerts import Finding, alert_kind, alert_kinds
from accounts.models import Alert, AlertLimit, ApiKey, DailyCalls, Member, Partner, User
from accounts.services.alert_settings import (
    InvalidAlertLimit,
    recipients_of,
    set_alert_limits,
    set_alert_preferences,
)
from accounts.services.alerts import check_alerts, raise_alerts, recover_alerts
from accounts.services.keys import edit_key
from billing.models import DailyUsage, KeySpending
from billing.services import send_low_balance_alerts, set_alert_thresholds
from config.db.owned import sandbox_id
from integrations.models import WebhookDelivery, WebhookEndpoint, WebhookReceiver
from integrations.services.endpoints import set_default_endpoint
from tests.accounts.request_logs import add
from tests.billing.parallel import race
from tests.billing.purchases import bill_to
from tests.factories import Keys, bucket, partner_with_keys
from tests.integrations.outbox import add as add_event
from tests.integrations.outbox import claim_one, endpoint_of, finish, let_time_pass
from tests.users import create_user


@pytest.fixture
def nova(live_db: None) -> Keys:
    keys = partner_with_keys(name="Nova", time_zone="Asia/Kolkata")
    for role in Member.Role.values:
        create_user(keys.partner, role, f"{role}@nova.test")
    return keys


def sent_to() -> list[str]:
    return sorted(message.to[0].split("@")[0] for message in mail.outbox)


def open_alerts(kind: str) -> list[Alert]:
    return list(Alert.objects.of_all().open().filter(kind=kind))


def errors(made: Keys, percent: int, key: str = "live", of: int = 60) -> None:
    failed = of * percent // 100
    key_id = made.key(key).pk
    add(made, failed, ago=timedelta(minutes=2), status=400, code="bad", key_id=key_id)
    add(made, of - failed, ago=timedelta(minutes=4), key_id=key_id)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the web's clock stand at this moment."""
    with mock.patch.object(timezone, "now", return_value=moment):
        yield


def test_errors_alert_developers_once_and_again_after_a_recovery(nova: Keys) -> None:
    errors(nova, 30)

    for _ in range(3):
        check_alerts()

    assert sent_to() == ["admin", "developer", "owner"]
    [alert] = open_alerts("error_rate")
    assert alert.facts["errorPercent"] == 30
    assert "18 of 60 live requests returned an error." in str(mail.outbox[0].body)

    add(nova, 60)  # 15 %: below the limit, not yet below its half
    check_alerts()
    assert open_alerts("error_rate") == [alert]
    add(nova, 120)
    check_alerts()
    assert not open_alerts("error_rate")
    errors(nova, 100, of=200)
    check_alerts()
    assert len(mail.outbox) == 6


@pytest.mark.parametrize("key", ["test", "management_test"])
def test_errors_of_test_keys_are_no_news(nova: Keys, key: str) -> None:
    errors(nova, 90, key=key)
    check_alerts()
    assert not Alert.objects.exists()


def test_a_company_chooses_its_own_limit(nova: Keys) -> None:
    AlertLimit.objects.create(partner=nova.partner, kind="error_rate", value=40)
    AlertLimit.objects.create(partner=nova.partner, kind="unusual_spend", value=1)
    errors(nova, 30)
    check_alerts()
    assert not Alert.objects.exists()


def test_a_rate_that_is_usual_is_no_news(nova: Keys) -> None:
    yesterday = nova.partner.today - timedelta(days=1)
    DailyCalls.objects.create(
        partner=nova.partner, key=nova.key("live"), day=yesterday, succeeded=80, refused=20
    )
    errors(nova, 30)
    check_alerts()
    assert not Alert.objects.exists()


def spend(made: Keys, points: int, day: Any, **fields: Any) -> None:
    DailyUsage.objects.create(
        partner=made.partner,
        key=made.key("live"),
        day=day,
        points=points * 100,
        succeeded=1,
        **{"action": "create", "mode": "fast", **fields},
    )


def test_unusual_spend_goes_by_the_days_of_the_company(nova: Keys) -> None:
    """At 20:00 UTC it is the next day in India."""
    moment = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
    tuesday = moment.astimezone(ZoneInfo("Asia/Kolkata")).date()
    for week in range(1, 5):
        spend(nova, 100, tuesday - timedelta(weeks=week))
        spend(nova, 1, tuesday - timedelta(weeks=week, days=1))
    spend(nova, 300, tuesday)
    with at(moment):
        check_alerts()
        assert not Alert.objects.exists()
        spend(nova, 5_000, tuesday, mode="thinking", is_test=True)
        spend(nova, 5_000, tuesday - timedelta(days=1))
        check_alerts()
        assert not Alert.objects.exists()

        spend(nova, 10, tuesday, action="enhance")
        check_alerts()
        check_alerts()
    assert sent_to() == ["admin", "owner"]
    assert "310 points on" in str(mail.outbox[0].body)
    [alert] = open_alerts("unusual_spend")
    assert alert.facts == {"day": "2026-03-03", "points": 310, "usualPoints": 100}
    with at(moment + timedelta(hours=21)):  # 17:00 UTC: the same day
        check_alerts()
        assert open_alerts("unusual_spend")
    with at(moment + timedelta(hours=24)):
        check_alerts()
    assert not open_alerts("unusual_spend")
    assert len(mail.outbox) == 2


def expire(made: Keys, environment: str, **left: float) -> ApiKey:
    key = made.key(environment)
    ApiKey.objects.filter(pk=key.pk).update(
        expires_at=timezone.now() + timedelta(**left),
        created_at=timezone.now() - timedelta(days=90),
    )
    return key


@pytest.mark.parametrize(
    ("environment", "left", "warned"),
    [
        ("live", {"days": 7.1}, []),
        ("live", {"days": 6.9}, [7]),
        ("management", {"days": 1.1}, [7]),
        ("live", {"days": 0.9}, [1]),
        ("live", {"days": -0.1}, []),
        ("test", {"days": 0.5}, []),
    ],
)
def test_a_key_is_warned_of_before_it_expires(
    nova: Keys, environment: str, left: dict[str, float], warned: list[int]
) -> None:
    expire(nova, environment, **left)
    check_alerts()
    check_alerts()
    assert [alert.facts["days"] for alert in open_alerts("key_expiring")] == warned
    assert len(mail.outbox) == 3 * len(warned)


def test_the_second_warning_follows_the_first_and_both_end_with_the_key(nova: Keys) -> None:
    key = expire(nova, "live", days=6)
    check_alerts()
    expire(nova, "live", hours=20)
    check_alerts()
    assert len(open_alerts("key_expiring")) == 2
    edit_key(key=nova.key("live"), actor="t", expires_at=None)
    check_alerts()
    assert not open_alerts("key_expiring")
    expire(nova, "live", days=6)
    check_alerts()
    assert Alert.objects.of(key.partner_id).count() == 3


def test_a_key_made_for_a_day_or_with_a_replacement_needs_no_warning(nova: Keys) -> None:
    short, rolled = expire(nova, "live", hours=3), expire(nova, "management", hours=3)
    ApiKey.objects.filter(pk=short.pk).update(created_at=timezone.now())
    ApiKey.objects.filter(environment="test").update(replaces=rolled)
    check_alerts()
    assert not Alert.objects.exists()


def test_a_rejected_request_says_that_the_limit_is_reached(nova: Keys) -> None:
    key = nova.key("live")
    ApiKey.objects.filter(pk=key.pk).update(points_per_day=100)
    today = nova.partner.today
    spent = KeySpending.objects.create(
        subject=key.rate_subject,
        partner=nova.partner,
        day=today,
        day_points=9_600,
        month=today.replace(day=1),
        month_points=9_600,
    )
    check_alerts()
    assert not Alert.objects.exists()

    add(nova, ago=timedelta(0), status=429, code="spend_limit_reached")
    check_alerts()
    check_alerts()
    [alert] = open_alerts("spend_limit_reached")
    assert alert.facts["spent"] == 96
    assert len(mail.outbox) == 3

    ApiKey.objects.filter(pk=key.pk).update(points_per_day=500)
    check_alerts()
    assert not open_alerts("spend_limit_reached")
    spent.delete()


def test_a_receiver_that_fails_for_an_hour_alerts_until_it_answers(nova: Keys) -> None:
    endpoint = endpoint_of(nova.partner)
    add_event(endpoint, "5" * 24, "website.building")
    for _ in range(3):
        finish(claim_one(), 500)
        let_time_pass()
    check_alerts()
    assert not Alert.objects.exists()

    WebhookReceiver.objects.update(failing_since=timezone.now() - timedelta(minutes=61))
    check_alerts()
    check_alerts()
    assert sent_to() == ["admin", "developer", "owner"]

    finish(claim_one())
    check_alerts()
    assert not open_alerts("webhook_failing")


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


def findings(partner: Partner, *subjects: str) -> list[Finding]:
    facts = alert_kind("key_expiring").sample
    return [Finding(partner.pk, subject, facts) for subject in subjects]


def raise_now(partner: Partner, *subjects: str) -> int:
    kind = alert_kind("key_expiring")
    return raise_alerts(partner_id=partner.pk, kind=kind, findings=findings(partner, *subjects))


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
    set_default(nova.partner)
    raise_now(nova.partner, "a")
    recover_alerts(partner_id=nova.partner.pk, kind="key_expiring", subjects=["a"])

    raised, recovered = bodies()
    assert raised["event"] == "alert.key_expiring"
    assert raised["details"] == alert_kind("key_expiring").sample
    assert raised["url"].endswith(f"/dashboard/keys/{raised['details']['keyId']}/")
    assert (recovered["event"], recovered["alert"]) == ("alert.recovered", "alert.key_expiring")
    assert raised["alertId"] == recovered["alertId"]
    assert WebhookDelivery.objects.values("stream").distinct().count() == 1


def test_events_are_switched_by_the_default_endpoint(nova: Keys) -> None:
    set_default(nova.partner, "alert.low_balance")
    raise_now(nova.partner, "a")
    assert bodies() == []


def test_one_kind_that_fails_keeps_no_other_from_being_checked(nova: Keys) -> None:
    errors(nova, 30)
    broken = mock.Mock(side_effect=ValueError)
    broken.name, broken.limit, broken.over = "broken", None, broken
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
