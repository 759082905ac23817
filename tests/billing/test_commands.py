"""Commands about partners and points, on which scripts rely: exact output and refusals."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.keys import is_well_formed
from accounts.models import AuditEntry, Member, Partner, User
from billing.models import LedgerCheck, LedgerEntry, PointBucket
from tests.billing.commands import run, run_json
from tests.billing.operations import refund, start, succeed
from tests.factories import Keys

pytestmark = pytest.mark.django_db


def test_create_partner_prints_everything_a_partner_needs() -> None:
    made = run_json("create_partner", "Blue Shop", "--email", "Owner@Example.com")

    assert list(made) == [
        "partnerId",
        "managementKey",
        "managementTestKey",
        "liveKey",
        "testKey",
        "email",
        "password",
        "dashboardUrl",
    ]
    assert all(
        is_well_formed(made[name])
        for name in ("managementKey", "managementTestKey", "liveKey", "testKey")
    )
    assert made["dashboardUrl"] == f"{settings.PUBLIC_URL}/dashboard/"
    assert made["liveKey"].startswith("sq_live_")
    assert made["testKey"].startswith("sq_test_")
    partner = Partner.objects.get(pk=made["partnerId"])
    assert (partner.name, partner.is_active) == ("Blue Shop", True)
    assert partner.live_approved_at is not None
    assert AuditEntry.objects.of(partner.pk).filter(action="partner.created").exists()
    owner = Member.objects.get(partner=partner)
    assert owner.role == "owner"
    assert owner.user.email == made["email"]
    assert owner.user.check_password(made["password"])


def test_create_partner_gives_packages_and_limits() -> None:
    made = run_json(
        *("create_partner", "Blue Shop", "--email", "owner@example.com"),
        *("--package", "pack_5000", "--package", "pack_100000"),
        *("--requests-per-minute", "7", "--requests-per-day", "70"),
    )

    partner = Partner.objects.get(pk=made["partnerId"])
    assert (partner.requests_per_minute, partner.requests_per_day) == (7, 70)
    rows = PointBucket.objects.filter(partner=partner).in_burn_order()
    assert [(row.package_code, row.tier_id, row.remaining) for row in rows] == [
        ("pack_5000", "starter", 500_000),
        ("pack_100000", "scale", 10_000_000),
    ]


def test_the_demo_is_made_once_and_never_in_production(settings: Any) -> None:
    settings.IS_PRODUCTION = True
    assert run("bootstrap_demo") == ""
    settings.IS_PRODUCTION = False

    printed = run("bootstrap_demo")

    staff = User.objects.get(email="staff@example.com")
    assert staff.is_superuser
    assert staff.check_password(printed.split("password")[2].split()[0])
    assert PointBucket.objects.get().remaining == 2_500_000
    assert run("bootstrap_demo") == ""


@pytest.mark.parametrize(
    "words",
    [
        ("--email", "no address"),
        ("--email", "owner@example.com", "--package", "pack_1"),
        ("--email", "owner@example.com", "--requests-per-minute", "0"),
        (),
    ],
)
def test_create_partner_refuses_nonsense_and_makes_nothing(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run("create_partner", "Blue Shop", *words)

    assert not Partner.objects.exists()


def test_create_partner_refuses_an_address_that_is_taken() -> None:
    run("create_partner", "Blue Shop", "--email", "owner@example.com")

    with pytest.raises(CommandError, match="already exists"):
        run("create_partner", "Red Shop", "--email", "OWNER@example.com")

    assert Partner.objects.count() == 1


def test_grant_points_makes_a_bucket_of_its_own(customer: Keys) -> None:
    words = ("--tier", "starter", "--points", "7.25", "--reason", "an apology")
    granted = run_json("grant_points", customer.partner.id, *words)

    made = PointBucket.objects.get(pk=granted.pop("bucketId"))
    assert granted == {"packageId": "grant", "tier": "starter", "points": 7.25}
    assert (made.original, made.remaining, made.note) == (725, 725, "an apology")
    entry = LedgerEntry.objects.get(bucket=made)
    assert (entry.kind, entry.points) == ("credit", 725)
    trail = AuditEntry.objects.get(target=made.id)
    assert (trail.actor, trail.detail["note"]) == ("command:grant_points", "an apology")


def test_granted_points_are_whole_numbers_where_they_are_whole(customer: Keys) -> None:
    words = ("--tier", "scale", "--points", "11.00", "--reason", "an apology")

    assert '"points": 11}' in run("grant_points", customer.partner.id, *words, "--json")


@pytest.mark.parametrize(
    ("tier", "points"), [("gold", "1"), ("scale", "0"), ("scale", "-5"), ("scale", "1.001")]
)
def test_grant_points_refuses_nonsense(customer: Keys, tier: str, points: str) -> None:
    with pytest.raises(CommandError):
        run(
            *("grant_points", customer.partner.id, f"--tier={tier}", f"--points={points}"),
            *("--reason", "an apology"),
        )

    assert PointBucket.objects.count() == 2


def test_grant_points_needs_a_partner_that_exists() -> None:
    with pytest.raises(CommandError, match="not found"):
        run("grant_points", "0" * 24, "--tier=scale", "--points=1", "--reason=x")


def test_check_ledger_finds_the_books_equal_whatever_happened(customer: Keys) -> None:
    kept, back = start(customer), start(customer)
    succeed(kept)
    refund(back)
    start(customer)

    equal = {"ok": True, "buckets": 2, "entries": 0, "drift": [], "faults": []}
    assert run_json("check_ledger") == equal
    assert LedgerCheck.objects.get().ok


@pytest.mark.parametrize("lost", [1, 499])
def test_check_ledger_names_a_bucket_that_drifted_and_exits_with_1(
    customer: Keys, lost: int
) -> None:
    damaged = PointBucket.objects.get(original=500)
    PointBucket.objects.filter(pk=damaged.pk).update(remaining=500 - lost)
    out = StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("check_ledger", "--json", stdout=out)

    assert end.value.code == 1
    drift = [{"bucket": damaged.id, "remaining": 500 - lost, "entries": 500}]
    found = json.loads(out.getvalue())
    assert (found["ok"], found["buckets"], found["drift"]) == (False, 2, drift)
    kept = LedgerCheck.objects.get()
    assert (kept.ok, kept.drift) == (False, drift)


def test_check_ledger_sees_a_bucket_without_any_entry(customer: Keys) -> None:
    first = PointBucket.objects.get(original=500)
    ghost = PointBucket.objects.create(
        partner=customer.partner,
        tier=first.tier,
        original=800,
        remaining=800,
        purchased_at=first.purchased_at,
    )
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("check_ledger", stdout=out)

    assert out.getvalue() == f"{ghost.id}: 800 remaining, entries sum to 0\n"


def test_export_gstr1_writes_the_sections_of_a_month(tmp_path: Path) -> None:
    printed = run("export_gstr1", "2026-10", str(tmp_path / "october"))

    files = [Path(line) for line in printed.splitlines()]
    assert len(files) == 9
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    [b2b] = [file for file in files if file.name == "gstr1-b2b-2026-10.csv"]
    assert b2b.read_bytes().startswith(b"GSTIN/UIN of Recipient,Receiver Name,Invoice Number")
    with pytest.raises(CommandError, match="Name a month"):
        run("export_gstr1", "October", str(tmp_path))
