"""A low balance is mailed once, to owners, admins and the billing email."""

from __future__ import annotations

from functools import partial

import pytest
from django.core import mail

from accounts.models import Alert, AuditEntry, Member, Partner, User
from accounts.services.locks import lock_partner
from billing.models import AlertThreshold
from billing.services import TooManyThresholds, send_low_balance_alerts, set_alert_thresholds
from tests.billing.operations import start, succeed
from tests.billing.parallel import only, race
from tests.billing.purchases import bill_to
from tests.concurrency import waits_for
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


def watch(partner: Partner, *thresholds: int) -> None:
    set_alert_thresholds(partner=partner, thresholds=thresholds, actor="owner@nandi.test")


def mailed_thresholds() -> list[str]:
    """Return the thresholds in the emails to the owner, oldest first."""
    bodies = [message.body for message in mail.outbox if message.to == ["owner@nandi.test"]]
    return [body.split("your threshold of ")[1].split(". ")[0] for body in bodies]


def test_below_the_threshold_owners_admins_and_the_billing_email_are_alerted(payer: Keys) -> None:
    watch(payer.partner, 1_000)
    bill_to(payer.partner, email="accounts@nandi.test")
    assert send_low_balance_alerts() == 0

    succeed(start(payer))
    assert send_low_balance_alerts() == 1

    sent = ["owner@nandi.test", "admin@nandi.test", "accounts@nandi.test"]
    assert [message.to for message in mail.outbox] == [[address] for address in sent]
    message = mail.outbox[0]
    assert message.subject == "Nandi: 9 points left"
    assert "Your balance is 9 points, below your threshold of 10." in message.body


def test_points_are_written_as_on_the_pages(payer: Keys) -> None:
    watch(payer.partner, 123_456_750)
    assert send_low_balance_alerts() == 1
    assert "below your threshold of 12,34,567.5." in mail.outbox[0].body


@pytest.mark.parametrize(("thresholds", "sent"), [([1_700], 0), ([1_701], 1), ([], 0)])
def test_at_the_threshold_nothing_is_wrong_yet(
    payer: Keys, thresholds: list[int], sent: int
) -> None:
    watch(payer.partner, *thresholds)
    assert send_low_balance_alerts() == sent


def test_it_alerts_once_until_the_balance_was_above_again(payer: Keys) -> None:
    watch(payer.partner, 2_000)
    assert [send_low_balance_alerts() for _ in range(3)] == [1, 0, 0]

    bucket(payer.partner, 300)
    assert send_low_balance_alerts() == 0
    start(payer)
    assert [send_low_balance_alerts() for _ in range(2)] == [1, 0]


def test_a_new_threshold_may_alert_at_once_but_a_kept_one_does_not(payer: Keys) -> None:
    watch(payer.partner, 2_000)
    send_low_balance_alerts()

    watch(payer.partner, 2_000)
    assert send_low_balance_alerts() == 0
    watch(payer.partner, 3_000)
    assert send_low_balance_alerts() == 1


def test_each_threshold_alerts_when_it_is_crossed(payer: Keys) -> None:
    watch(payer.partner, 500, 1_500, 1_000)
    assert send_low_balance_alerts() == 0

    succeed(start(payer))
    assert [send_low_balance_alerts() for _ in range(2)] == [1, 0]
    start(payer)
    assert [send_low_balance_alerts() for _ in range(2)] == [1, 0]

    assert mailed_thresholds() == ["10", "5"]


def test_one_drop_below_several_thresholds_is_one_email_that_names_the_lowest(payer: Keys) -> None:
    watch(payer.partner, 2_000, 1_000, 1_800)

    assert [send_low_balance_alerts() for _ in range(2)] == [1, 0]

    assert mailed_thresholds() == ["18"]
    marked = AlertThreshold.objects.exclude(alerted_at=None)
    assert set(marked.values_list("points", flat=True)) == {2_000, 1_800}


def test_a_threshold_alerts_again_only_after_the_balance_reached_it(payer: Keys) -> None:
    watch(payer.partner, 2_500, 1_800)
    send_low_balance_alerts()

    bucket(payer.partner, 100)
    send_low_balance_alerts()
    start(payer)
    send_low_balance_alerts()

    assert mailed_thresholds() == ["18", "18"]
    assert AlertThreshold.objects.get(points=2_500).alerted_at


def test_a_kept_threshold_keeps_its_alerted_state(payer: Keys) -> None:
    watch(payer.partner, 3_000, 2_000)
    send_low_balance_alerts()
    watch(payer.partner, 2_000, 1_000)
    assert send_low_balance_alerts() == 0
    assert AlertThreshold.objects.of(payer.partner.pk).amounts() == [2_000, 1_000]


def test_more_than_three_thresholds_are_refused(payer: Keys) -> None:
    watch(payer.partner, 100)
    with pytest.raises(TooManyThresholds):
        watch(payer.partner, 1, 2, 3, 4)
    watch(payer.partner, 1, 2, 3, 3)
    assert AlertThreshold.objects.of(payer.partner.pk).amounts() == [3, 2, 1]


def test_only_a_change_is_audited_with_what_stood_before(payer: Keys) -> None:
    watch(payer.partner, 9_950)
    watch(payer.partner, 50_000, 9_950)
    watch(payer.partner, 9_950, 50_000)

    entries = AuditEntry.objects.filter(action="billing.alert_changed").order_by("at")
    assert [entry.detail for entry in entries] == [
        {"before": [], "after": ["99.5"]},
        {"before": ["99.5"], "after": ["500", "99.5"]},
    ]


def test_each_partner_is_alerted_of_its_own_points(payer: Keys) -> None:
    other = partner_with_keys(name="Kaveri").partner
    bucket(other, 900_000)
    watch(other, 1_800)
    watch(payer.partner, 1_800)

    assert send_low_balance_alerts() == 1
    assert {message.subject for message in mail.outbox} == {"Nandi: 17 points left"}


def test_an_empty_balance_is_low(live_db: None) -> None:
    keys = partner_with_keys()
    bill_to(keys.partner, email="accounts@nandi.test")
    watch(keys.partner, 1)

    assert send_low_balance_alerts() == 1


def test_a_deactivated_partner_gets_no_alert(payer: Keys) -> None:
    watch(payer.partner, 2_000)
    Partner.objects.update(is_active=False)

    assert send_low_balance_alerts() == 0


def test_alerts_wait_for_whoever_changes_the_partner(payer: Keys) -> None:
    lock = partial(lock_partner, payer.partner.pk)
    watch(payer.partner, 2_000)
    assert waits_for(lock, send_low_balance_alerts)

    bucket(payer.partner, 300)
    assert waits_for(lock, send_low_balance_alerts)
    assert AlertThreshold.objects.get().alerted_at is None


def test_an_alert_ends_with_its_threshold(payer: Keys) -> None:
    watch(payer.partner, 2_000, 1_900)
    send_low_balance_alerts()

    watch(payer.partner, 1_900)
    assert Alert.objects.get().recovered_at is None
    watch(payer.partner, 2_000)
    assert Alert.objects.get().recovered_at


def test_two_workers_alert_once(payer: Keys) -> None:
    watch(payer.partner, 2_000, 1_900)

    sent = only(KeyError, race(*[send_low_balance_alerts] * 4))

    assert sum(sent) == 1  # type: ignore[arg-type]
    assert len(mail.outbox) == len({message.to[0] for message in mail.outbox}) == 2
