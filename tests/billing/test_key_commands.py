"""Commands about keys, limits and the end of a partner: exact output and refusals."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError

from accounts.models import ApiKey, AuditEntry, Partner
from billing.models import PointBucket
from tests.billing.commands import run, run_json
from tests.factories import Keys

pytestmark = pytest.mark.django_db


def test_create_key_prints_the_key_once(customer: Keys) -> None:
    made = run_json(
        *("create_key", customer.partner.id, "--environment", "live"),
        *("--expires", "2030-01-02T03:04:05Z", "--allow", "10.0.0.0/8", "--allow", "2001:db8::/32"),
    )

    assert list(made) == ["keyId", "key"]
    key = ApiKey.objects.get(pk=made["keyId"])
    assert made["key"].startswith("sq_live_")
    assert key.last_four == made["key"][-4:]
    assert key.expires_at == datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    networks = {str(row.network) for row in key.allowed_networks.all()}
    assert networks == {"10.0.0.0/8", "2001:db8::/32"}


@pytest.mark.parametrize(
    "words",
    [
        ("--environment", "management"),
        ("--environment", "live", "--allow", "10.0.0.0/99"),
        ("--environment", "live", "--expires", "tomorrow"),
        ("--environment", "live", "--expires", "2020-01-02T03:04:05Z"),
        ("--environment", "live", *(f"--allow=10.0.0.{number}" for number in range(101))),
    ],
)
def test_create_key_refuses_nonsense(customer: Keys, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run("create_key", customer.partner.id, *words)

    assert ApiKey.objects.count() == 4


def test_revoke_key_ends_a_key_for_good(customer: Keys) -> None:
    key = customer.key("live")

    run("revoke_key", key.id)
    first = ApiKey.objects.get(pk=key.id).revoked_at
    run("revoke_key", key.id)

    assert first is not None
    assert ApiKey.objects.get(pk=key.id).revoked_at == first
    assert AuditEntry.objects.filter(action="key.revoked").count() == 1


def test_a_key_that_leaked_is_revoked_by_itself(customer: Keys) -> None:
    printed = run("revoke_key", customer.live)

    assert customer.partner.id in printed
    assert ApiKey.objects.get(pk=customer.key("live").id).revoked_at is not None
    with pytest.raises(CommandError, match="not found"):
        run("revoke_key", "sq_live_unknown")


def test_deactivate_partner_closes_the_api_and_keeps_the_points(customer: Keys) -> None:
    run("deactivate_partner", customer.partner.id)

    assert not Partner.objects.get(pk=customer.partner.id).is_active
    assert PointBucket.objects.filter(remaining__gt=0).count() == 2


def test_reactivate_partner_opens_the_api_again(customer: Keys) -> None:
    run("deactivate_partner", customer.partner.id)

    run("reactivate_partner", customer.partner.id)
    run("reactivate_partner", customer.partner.id)

    assert Partner.objects.get(pk=customer.partner.id).is_active
    assert AuditEntry.objects.filter(action="partner.reactivated").count() == 1


@pytest.mark.parametrize(("minute", "day"), [(5, 700), (1, 1_000_000_000)])
def test_set_limits_changes_what_it_is_given(customer: Keys, minute: int, day: int) -> None:
    run("set_limits", customer.partner.id, "--requests-per-minute", str(minute))
    run("set_limits", customer.partner.id, "--requests-per-day", str(day))

    partner = Partner.objects.get(pk=customer.partner.id)
    assert (partner.requests_per_minute, partner.requests_per_day) == (minute, day)
    assert AuditEntry.objects.filter(action="partner.limits_changed").count() == 2


@pytest.mark.parametrize(
    "words", [(), ("--requests-per-minute", "0"), ("--requests-per-day", "1000000001")]
)
def test_set_limits_refuses_nonsense(customer: Keys, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run("set_limits", customer.partner.id, *words)


@pytest.mark.parametrize("command", ["revoke_key", "deactivate_partner", "reactivate_partner"])
def test_who_does_not_exist_cannot_be_ended(command: str) -> None:
    with pytest.raises(CommandError, match="not found"):
        run(command, "0" * 24)
