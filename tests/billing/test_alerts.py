"""A low balance is told once, to those in charge."""

from __future__ import annotations

import pytest
from django.core import mail

from accounts.models import Member, Partner, User
from billing.models import BillingProfile
from billing.services import send_low_balance_alerts, set_alert_threshold
from tests.billing.operations import start, succeed
from tests.billing.parallel import only, race
from tests.billing.purchases import bill_to
from tests.factories import Keys, bucket, partner_with_keys


@pytest.fixture
def payer(live_db: None) -> Keys:
    """Two calls of 8 points away from nothing, with a person in every role."""
    keys = partner_with_keys(name="Nandi")
    bucket(keys.partner, 1_700)
    for role in Member.Role.values:
        person = User.objects.create_user(f"{role}@nandi.test", None)
        Member.objects.create(partner=keys.partner, user=person, role=role)
    return keys


def watch(partner: Partner, threshold: int | None) -> BillingProfile:
    return set_alert_threshold(partner=partner, threshold=threshold, actor="owner@nandi.test")


def test_below_the_threshold_owners_admins_and_accounting_are_told(payer: Keys) -> None:
    watch(payer.partner, 1_000)
    bill_to(payer.partner, email="accounts@nandi.test")
    assert send_low_balance_alerts() == 0

    succeed(start(payer))
    assert send_low_balance_alerts() == 1

    told = ["owner@nandi.test", "admin@nandi.test", "accounts@nandi.test"]
    assert [message.to for message in mail.outbox] == [[address] for address in told]
    message = mail.outbox[0]
    assert message.subject == "Nandi: 9 points left"
    assert "9 points left, below your threshold of 10" in message.body


def test_points_are_written_as_on_the_pages(payer: Keys) -> None:
    watch(payer.partner, 123_456_750)
    assert send_low_balance_alerts() == 1
    assert "below your threshold of 1,234,567.5." in mail.outbox[0].body


@pytest.mark.parametrize(("threshold", "sent"), [(1_700, 0), (1_701, 1), (None, 0)])
def test_at_the_threshold_nothing_is_wrong_yet(
    payer: Keys, threshold: int | None, sent: int
) -> None:
    watch(payer.partner, threshold)
    assert send_low_balance_alerts() == sent


def test_it_is_told_once_until_the_balance_was_above_again(payer: Keys) -> None:
    watch(payer.partner, 2_000)
    assert [send_low_balance_alerts() for _ in range(3)] == [1, 0, 0]

    bucket(payer.partner, 300)
    assert send_low_balance_alerts() == 0
    start(payer)
    assert [send_low_balance_alerts() for _ in range(2)] == [1, 0]


def test_a_new_threshold_may_be_told_at_once_and_the_same_one_not(payer: Keys) -> None:
    watch(payer.partner, 2_000)
    send_low_balance_alerts()

    watch(payer.partner, 2_000)
    assert send_low_balance_alerts() == 0
    watch(payer.partner, 3_000)
    assert send_low_balance_alerts() == 1


def test_an_empty_balance_is_low(live_db: None) -> None:
    keys = partner_with_keys()
    bill_to(keys.partner, email="accounts@nandi.test")
    watch(keys.partner, 1)

    assert send_low_balance_alerts() == 1


def test_a_partner_that_was_closed_hears_nothing(payer: Keys) -> None:
    watch(payer.partner, 2_000)
    Partner.objects.update(is_active=False)

    assert send_low_balance_alerts() == 0


def test_two_workers_tell_it_once(payer: Keys) -> None:
    watch(payer.partner, 2_000)

    told = only(KeyError, race(*[send_low_balance_alerts] * 4))

    assert sum(told) == 1  # type: ignore[arg-type]
    assert len(mail.outbox) == len({message.to[0] for message in mail.outbox}) == 2
