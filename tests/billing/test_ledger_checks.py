"""The hourly and the nightly check of the ledger, and the emails about it."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from functools import partial
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from billing import jobs
from billing.chains import LEDGER
from billing.health import check_ledger as probe
from billing.ledger_state import Problem, read_ledger_state
from billing.models import LedgerAlert, LedgerCheck, LedgerCheckpoint, LedgerDigest, PointBucket
from billing.services import (
    check_ledger,
    check_new_entries,
    checkpoints,
    ledger_alerts,
    report_ledger_state,
)
from billing.services.checkpoints import OutOfTime
from billing.services.ledger_checks import LedgerReport
from config.chain import writing
from config.jobs import commands
from tests.billing.chains import covered, extend, tamper, without_triggers
from tests.billing.operations import refund, start, succeed
from tests.concurrency import overlap
from tests.factories import Keys, bucket, partner_with_keys
from tests.staff import superuser
from tests.users import browser_of, create_user


@pytest.fixture(autouse=True)
def _no_delay(live_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CLOCK_TOLERANCE", timedelta(0))
    monkeypatch.setattr(ledger_alerts, "_GRACE_SECONDS", 0.0)


@pytest.fixture
def payer() -> Keys:
    keys = partner_with_keys()
    bucket(keys.partner, 1_000)
    bucket(keys.partner, 100_000)
    succeed(start(keys))
    refund(start(keys))
    return keys


def check() -> LedgerReport:
    report = check_new_entries(seconds=60)
    assert report
    return report


def test_the_hourly_check_continues_where_the_last_one_ended(payer: Keys) -> None:
    assert check().entries > 5
    checkpoint = LedgerCheckpoint.objects.get()
    open_buckets = PointBucket.objects.filter(remaining__gt=0)
    assert checkpoint.balances == dict(open_buckets.values_list("id", "remaining"))
    assert checkpoint.number == LedgerDigest.objects.count()

    succeed(start(payer))
    assert check().ok
    assert LedgerCheckpoint.objects.count() == 2
    assert LedgerCheck.objects.filter(is_full=False, ok=True).count() == 2

    assert check().entries == AuditEntry.objects.count()  # of the last hour, read again


def test_audit_entries_are_read_again_for_an_hour_after_a_good_check(payer: Keys) -> None:
    check()
    grow_old(minutes=-90)  # so the entries are older than an hour before it

    assert check().entries == 0


def test_entries_that_are_not_in_the_chain_yet_count(
    payer: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    check()
    monkeypatch.setattr(writing, "CLOCK_TOLERANCE", timedelta(hours=1))
    succeed(start(payer))
    bucket(payer.partner, 5_000)

    assert check().ok
    tamper("UPDATE billing_pointbucket SET remaining = remaining - 1 WHERE original = 5000")
    [drift] = check().drift
    assert (drift["remaining"], drift["entries"]) == (4_999, 5_000)


@pytest.mark.parametrize("original", [1_000, 100_000])
def test_the_hourly_check_finds_drift_in_a_bucket_without_new_entries(
    payer: Keys, original: int
) -> None:
    check()
    damaged = PointBucket.objects.get(original=original)
    PointBucket.objects.filter(pk=damaged.pk).update(
        remaining=damaged.remaining + 1 - 2 * (original > 1_000)
    )

    assert [row["bucket"] for row in check().drift] == [damaged.pk]
    assert [row["bucket"] for row in check_ledger().drift] == [damaged.pk]


def test_a_used_up_bucket_is_checked_again_when_points_come_back(payer: Keys) -> None:
    small = PointBucket.objects.get(original=1_000)
    last = start(payer)
    assert PointBucket.objects.get(pk=small.pk).remaining == 0
    assert check().ok
    assert small.pk not in LedgerCheckpoint.objects.get().balances

    refund(last)

    assert check().ok
    newest = LedgerCheckpoint.objects.of(payer.partner.id).newest()
    assert newest
    assert newest.balances[small.pk] == PointBucket.objects.get(pk=small.pk).remaining > 0


def test_a_check_that_runs_out_of_time_continues(
    payer: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_MOST", 1)
    calls = count(1)

    def stop_at_every_third(deadline: float) -> None:
        if next(calls) % 3 == 0:
            raise OutOfTime

    monkeypatch.setattr(checkpoints, "stop_at", stop_at_every_third)
    interrupted = 0
    while check_new_entries(seconds=60) is None:
        interrupted += 1

    assert interrupted > 1
    assert LedgerCheckpoint.objects.count() > 1
    assert LedgerCheck.objects.get().ok


def test_of_much_drift_a_hundred_buckets_are_stored_and_ten_logged_and_mailed(
    payer: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    PointBucket.objects.bulk_create(
        PointBucket(
            partner=payer.partner,
            tier_id="starter",
            original=5,
            remaining=5,
            purchased_at=timezone.now(),
        )
        for _ in range(101)
    )

    assert len(check_ledger().drift) == 101
    assert len(LedgerCheck.objects.get().drift) == 100
    [logged] = [x.msg for x in caplog.records if "ledger check failed" in str(x.msg)]
    assert len(logged["drift"]) == 10  # type: ignore[index]
    assert report_ledger_state()
    assert LedgerAlert.objects.get().detail.count("\n") == 9


def test_two_processes_at_the_same_check_store_one_checkpoint(payer: Keys) -> None:
    extend()
    check_one = partial(
        checkpoints.check_partner, partner_id=payer.partner.id, deadline=time.monotonic() + 60
    )

    assert overlap(check_one, check_one) is None
    assert LedgerCheckpoint.objects.count() == 1


def test_the_hourly_check_finds_a_changed_new_entry_and_the_nightly_one_an_old_one(
    payer: Keys,
) -> None:
    check()
    old = covered_by(payer)[0]
    succeed(start(payer))
    extend()
    new = covered_by(payer)[-1]

    tamper("UPDATE billing_ledgerentry SET points = points - 1 WHERE id = %s", new)
    assert [fault.entry for fault in check().faults] == [new]
    tamper("UPDATE billing_ledgerentry SET points = points + 1 WHERE id = %s", new)
    assert check().ok

    tamper("UPDATE billing_ledgerentry SET points = points + 1 WHERE id = %s", old)
    assert check().ok
    assert [fault.entry for fault in check_ledger().faults] == [old]


def covered_by(keys: Keys) -> list[str]:
    return covered(LEDGER, keys.partner.id)


def test_a_rewritten_chain_differs_from_its_last_check(payer: Keys) -> None:
    """Its entries were changed after its digests were deleted: our own job has signed them."""
    check()
    with without_triggers() as cursor:
        cursor.execute("DELETE FROM billing_ledgerdigest")
        cursor.execute("UPDATE billing_ledgerentry SET points = points + 1 WHERE kind = 'credit'")
        cursor.execute(
            "UPDATE billing_pointbucket SET original = original + 1, remaining = remaining + 1"
        )

    for report in (check(), check_ledger()):
        [fault] = report.faults
        assert (fault.partner, fault.digest) == (payer.partner.id, 1)
        assert fault.problem == "is not as it was when it was checked"


def test_anchors_in_the_log_show_that_a_chain_was_rewritten(
    payer: Keys, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with caplog.at_level("INFO"):
        check()
    events = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    anchors = [event for event in events if event["event"] == "chain anchor"]
    assert {anchor["chain"] for anchor in anchors} == {"ledger", "audit"}
    log = tmp_path / "log"
    log.write_text("".join(f"{json.dumps(event)}\n" for event in [*events, {"event": "other"}]))
    call_command("check_ledger", "--anchors", str(log), stdout=StringIO())

    # As someone who also holds the keys would do it.
    with without_triggers() as cursor:
        cursor.execute("UPDATE billing_ledgerentry SET points = points + 1 WHERE kind = 'credit'")
        cursor.execute(
            "UPDATE billing_pointbucket SET original = original + 1, remaining = remaining + 1"
        )
        cursor.execute("DELETE FROM billing_ledgerdigest")
        cursor.execute("DELETE FROM billing_ledgercheckpoint")
    extend()
    assert check_ledger().ok
    out = StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("check_ledger", "--anchors", str(log), stdout=out)

    assert end.value.code == 1
    assert f"ledger of partner {payer.partner.id}: digest 1 is not as logged" in out.getvalue()


def test_the_command_names_a_broken_entry(payer: Keys) -> None:
    extend()
    victim = covered_by(payer)[2]
    tamper(
        "UPDATE billing_ledgerentry SET created_at = now() - interval '1 day' WHERE id = %s", victim
    )
    out = StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("check_ledger", stdout=out)

    assert end.value.code == 1
    assert out.getvalue() == f"ledger of partner {payer.partner.id}: entry {victim} was changed\n"


def grow_old(**age: float) -> None:
    LedgerCheck.objects.update(at=Now() - timedelta(**age))


def test_the_state_is_that_of_the_last_check_and_of_the_last_full_one(payer: Keys) -> None:
    assert read_ledger_state().problem is None
    check()
    assert read_ledger_state().problem is None
    grow_old(minutes=119)
    assert read_ledger_state().problem is None
    grow_old(minutes=121)
    assert read_ledger_state().problem == Problem.OVERDUE

    LedgerCheck.objects.create(ok=False, drift=[{}])
    LedgerCheck.objects.create(ok=True, is_full=False)
    assert read_ledger_state().problem == Problem.DRIFT
    LedgerCheck.objects.create(ok=True)
    assert read_ledger_state().problem is None
    LedgerCheck.objects.create(ok=False, is_full=False, faults=[{}])
    assert read_ledger_state().problem == Problem.CHAIN


def test_a_full_check_is_missed_even_if_the_hourly_ones_pass(payer: Keys) -> None:
    check_ledger()
    grow_old(hours=51)
    LedgerCheck.objects.create(ok=True, is_full=False)

    assert read_ledger_state().problem == Problem.OVERDUE


def test_a_ledger_that_was_never_checked_is_overdue_once_it_is_in_use(payer: Keys) -> None:
    PointBucket.objects.update(purchased_at=timezone.now() - timedelta(hours=3))

    assert read_ledger_state().problem == Problem.OVERDUE


def index() -> str:
    return superuser("asha@shopiq.test").get("/admin/").content.decode()


def test_staff_get_one_email_when_the_state_changes(
    payer: Keys, mailoutbox: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    page = superuser("asha@shopiq.test")
    check()
    assert not report_ledger_state()

    tamper("UPDATE billing_pointbucket SET remaining = remaining - 1 WHERE original = 100000")
    for _ in range(3):
        check()
        report_ledger_state()
    [mail] = mailoutbox
    assert mail.to == ["asha@shopiq.test"]
    assert mail.subject == "Ledger check: Buckets differ from their entries"
    assert PointBucket.objects.get(original=100_000).pk in mail.body
    assert caplog.text.count("ledger check failed") == 3
    assert caplog.text.count("ledger not proven") == 1
    assert not probe().ok
    assert "Ledger check failed" in page.get("/admin/").content.decode()

    tamper("UPDATE billing_pointbucket SET remaining = remaining + 1 WHERE original = 100000")
    check()
    assert report_ledger_state()
    assert mailoutbox[1].subject == "Ledger check passed again"
    assert probe().ok
    assert "Ledger proven" in page.get("/admin/").content.decode()

    grow_old(hours=3)
    report_ledger_state()
    report_ledger_state()
    assert [mail.subject for mail in mailoutbox[2:]] == ["Ledger check: The last check is too old"]
    assert probe().detail == "overdue"
    assert "Ledger check overdue" in page.get("/admin/").content.decode()
    assert LedgerAlert.objects.count() == 3


def test_a_sweeper_that_has_just_started_lets_the_worker_check_first(
    payer: Keys, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    superuser("asha@shopiq.test")
    monkeypatch.setattr(ledger_alerts, "_GRACE_SECONDS", 10**9)
    check()
    grow_old(days=2)

    assert not report_ledger_state()
    assert not mailoutbox


def test_an_hourly_check_is_made_once_an_hour(payer: Keys) -> None:
    jobs.check_new_ledger_entries()
    jobs.check_new_ledger_entries()
    assert LedgerCheck.objects.count() == 1

    grow_old(minutes=61)
    jobs.check_new_ledger_entries()
    assert LedgerCheck.objects.count() == 2


def test_the_full_check_is_started_every_night(payer: Keys, monkeypatch: Any) -> None:
    started: list[str] = []
    monkeypatch.setattr(jobs, "start_command", started.append)
    jobs.start_full_ledger_check()
    assert started == ["check_ledger"]

    check_ledger()
    jobs.start_full_ledger_check()
    assert len(started) == 1
    grow_old(hours=25)
    jobs.start_full_ledger_check()
    assert len(started) == 2


def test_a_command_runs_in_a_process_of_its_own_and_not_twice() -> None:
    commands.start_command("check")
    first = commands._running["check"]
    commands.start_command("check")
    assert commands._running["check"] is first
    assert first.wait(120) == 0


def test_partners_see_when_their_books_were_verified(payer: Keys) -> None:
    browser: Client = browser_of(create_user(payer.partner, role="viewer"))
    assert "Last verified" not in browser.get("/dashboard/points/").content.decode()

    check()
    page = browser.get("/dashboard/points/").content.decode()
    assert "Last verified" in page
    assert "All balances match the ledger." in page

    tamper("UPDATE billing_pointbucket SET remaining = remaining - 1 WHERE original = 100000")
    check()
    page = browser.get("/dashboard/points/").content.decode()
    assert "All balances match" not in page
    assert "We are investigating" in page
