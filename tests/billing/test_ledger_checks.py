"""The hourly and the nightly check of the ledger: what they read, and what they find."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from functools import partial
from io import StringIO
from itertools import count
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import AuditEntry
from billing.models import (
    LedgerAlert,
    LedgerCheck,
    LedgerCheckpoint,
    LedgerDigest,
    LedgerEntry,
    PointBucket,
)
from billing.services import (
    check_ledger,
    check_new_entries,
    checkpoints,
    report_ledger_state,
)
from billing.services.checkpoints import OutOfTime
from config.chain import writing
from tests.billing.chains import extend, tamper, without_triggers
from tests.billing.checked_ledger import check, covered_by, grow_old
from tests.billing.operations import refund, start, succeed
from tests.concurrency import overlap
from tests.factories import Keys, bucket

pytestmark = pytest.mark.usefixtures("no_delay", "no_grace")


def test_the_hourly_check_continues_where_the_last_one_ended(charged: Keys) -> None:
    assert check().entries == LedgerEntry.objects.count() + AuditEntry.objects.count()
    checkpoint = LedgerCheckpoint.objects.get()
    open_buckets = PointBucket.objects.filter(remaining__gt=0)
    assert checkpoint.balances == dict(open_buckets.values_list("id", "remaining"))
    assert checkpoint.number == LedgerDigest.objects.count()

    succeed(start(charged))
    assert check().ok
    assert LedgerCheckpoint.objects.count() == 2
    assert LedgerCheck.objects.filter(is_full=False, ok=True).count() == 2

    assert check().entries == AuditEntry.objects.count()  # of the last hour, read again


def test_audit_entries_are_read_again_for_an_hour_after_a_good_check(charged: Keys) -> None:
    check()
    grow_old(minutes=-90)  # so the entries are older than an hour before it

    assert check().entries == 0
    LedgerCheck.objects.update(ok=False)
    assert check().entries == AuditEntry.objects.count()


def test_entries_that_are_not_in_the_chain_yet_count(
    charged: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    check()
    monkeypatch.setattr(writing, "CLOCK_TOLERANCE", timedelta(hours=1))
    succeed(start(charged))
    bucket(charged.partner, 5_000)

    assert check().ok
    tamper("UPDATE billing_pointbucket SET remaining = remaining - 1 WHERE original = 5000")
    [drift] = check().drift
    assert (drift["remaining"], drift["entries"]) == (4_999, 5_000)


@pytest.mark.parametrize("original", [1_000, 100_000])
def test_the_hourly_check_finds_drift_in_a_bucket_without_new_entries(
    charged: Keys, original: int
) -> None:
    check()
    damaged = PointBucket.objects.get(original=original)
    PointBucket.objects.filter(pk=damaged.pk).update(
        remaining=damaged.remaining + 1 - 2 * (original > 1_000)
    )

    assert [row["bucket"] for row in check().drift] == [damaged.pk]
    assert [row["bucket"] for row in check_ledger().drift] == [damaged.pk]


def test_a_used_up_bucket_is_checked_again_when_points_come_back(charged: Keys) -> None:
    small = PointBucket.objects.get(original=1_000)
    last = start(charged)
    assert PointBucket.objects.get(pk=small.pk).remaining == 0
    assert check().ok
    assert small.pk not in LedgerCheckpoint.objects.get().balances

    refund(last)

    assert check().ok
    newest = LedgerCheckpoint.objects.of(charged.partner.id).newest()
    assert newest
    assert newest.balances[small.pk] == PointBucket.objects.get(pk=small.pk).remaining > 0


def test_a_check_that_runs_out_of_time_continues(
    charged: Keys, monkeypatch: pytest.MonkeyPatch
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
        assert interrupted < 100

    assert interrupted > 1
    assert LedgerCheckpoint.objects.count() > 1
    assert LedgerCheck.objects.get().ok


def test_of_much_drift_a_hundred_buckets_are_stored_and_ten_logged_and_mailed(
    charged: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    PointBucket.objects.bulk_create(
        PointBucket(
            partner=charged.partner,
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


def test_two_processes_at_the_same_check_store_one_checkpoint(charged: Keys) -> None:
    extend()
    check_one = partial(
        checkpoints.check_partner, partner_id=charged.partner.id, deadline=time.monotonic() + 60
    )

    assert overlap(check_one, check_one) is None
    assert LedgerCheckpoint.objects.count() == 1


def test_the_hourly_check_finds_a_changed_new_entry_and_the_nightly_one_an_old_one(
    charged: Keys,
) -> None:
    check()
    old = covered_by(charged)[0]
    succeed(start(charged))
    extend()
    new = covered_by(charged)[-1]

    tamper("UPDATE billing_ledgerentry SET points = points - 1 WHERE id = %s", new)
    assert [fault.entry for fault in check().faults] == [new]
    tamper("UPDATE billing_ledgerentry SET points = points + 1 WHERE id = %s", new)
    assert check().ok

    tamper("UPDATE billing_ledgerentry SET points = points + 1 WHERE id = %s", old)
    assert check().ok
    assert [fault.entry for fault in check_ledger().faults] == [old]


def test_a_rewritten_chain_differs_from_its_last_check(charged: Keys) -> None:
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
        assert (fault.partner, fault.digest) == (charged.partner.id, 1)
        assert fault.problem == "is not as it was when it was checked"


def test_anchors_in_the_log_show_that_a_chain_was_rewritten(
    charged: Keys, caplog: pytest.LogCaptureFixture, tmp_path: Path
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
    assert f"ledger of partner {charged.partner.id}: digest 1 is not as logged" in out.getvalue()
