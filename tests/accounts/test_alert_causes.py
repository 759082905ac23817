"""What raises an alert, and what ends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Alert, AlertLimit, ApiKey, DailyCalls
from accounts.services.alerts import check_alerts
from accounts.services.keys import edit_key
from billing.models import DailyUsage, KeySpending
from integrations.models import WebhookReceiver
from tests.accounts.alerts import errors, open_alerts, sent_to
from tests.accounts.request_logs import add
from tests.factories import Keys, partner_with_keys
from tests.integrations.outbox import add as add_event
from tests.integrations.outbox import claim_one, endpoint_of, finish, let_time_pass
from tests.users import create_user


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


def test_what_partners_have_in_turns_is_one_email_to_each(nova: Keys) -> None:
    both = [nova, partner_with_keys(name="Sari House")]
    create_user(both[1].partner, "owner")
    for number, (environment, made) in enumerate(product(("live", "management"), both)):
        expire(made, environment, days=6, minutes=number)
    check_alerts()
    assert len(open_alerts("key_expiring")) == 4
    assert max(Counter(message.to[0] for message in mail.outbox).values()) == 1


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
