"""When the ledger is checked, who hears of the result, and what commands and pages show."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from billing import jobs
from billing.health import check_ledger as probe
from billing.ledger_state import Problem, read_ledger_state
from billing.models import LedgerAlert, LedgerCheck, PointBucket
from billing.services import (
    check_ledger,
    ledger_alerts,
    report_ledger_state,
)
from config.jobs import commands
from tests.billing.chains import extend, tamper
from tests.billing.checked_ledger import check, covered_by, grow_old
from tests.concurrency import waits_for
from tests.factories import Keys
from tests.staff import superuser
from tests.users import browser_of, create_user

pytestmark = pytest.mark.usefixtures("no_delay", "no_grace")


def test_the_command_names_a_broken_entry(charged: Keys) -> None:
    extend()
    victim = covered_by(charged)[2]
    tamper(
        "UPDATE billing_ledgerentry SET created_at = now() - interval '1 day' WHERE id = %s", victim
    )
    out = StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("check_ledger", stdout=out)

    assert end.value.code == 1
    assert out.getvalue() == f"ledger of partner {charged.partner.id}: entry {victim} was changed\n"


def test_the_state_is_that_of_the_last_check_and_of_the_last_full_one(charged: Keys) -> None:
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


def test_a_full_check_is_missed_even_if_the_hourly_ones_pass(charged: Keys) -> None:
    check_ledger()
    grow_old(hours=51)
    LedgerCheck.objects.create(ok=True, is_full=False)

    assert read_ledger_state().problem == Problem.OVERDUE


def test_a_ledger_that_was_never_checked_is_overdue_once_it_is_in_use(charged: Keys) -> None:
    PointBucket.objects.update(purchased_at=timezone.now() - timedelta(hours=3))

    assert read_ledger_state().problem == Problem.OVERDUE
    assert report_ledger_state()


def test_staff_get_one_email_when_the_state_changes(
    charged: Keys, mailoutbox: list[Any], caplog: pytest.LogCaptureFixture
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


def test_one_process_at_a_time_compares_with_the_last_email(charged: Keys) -> None:
    def take_turn() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ledger_alerts._LOCK])

    assert waits_for(take_turn, report_ledger_state)


def test_a_sweeper_that_has_just_started_lets_the_worker_check_first(
    charged: Keys, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    superuser("asha@shopiq.test")
    monkeypatch.setattr(ledger_alerts, "_GRACE_SECONDS", 10**9)
    check()
    grow_old(days=2)

    assert not report_ledger_state()
    assert not mailoutbox


def test_an_hourly_check_is_made_once_an_hour(charged: Keys) -> None:
    jobs.check_new_ledger_entries()
    jobs.check_new_ledger_entries()
    assert LedgerCheck.objects.count() == 1

    grow_old(minutes=61)
    jobs.check_new_ledger_entries()
    assert LedgerCheck.objects.count() == 2


def test_the_full_check_is_started_every_night(charged: Keys, monkeypatch: Any) -> None:
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


def test_partners_see_when_their_books_were_verified(charged: Keys) -> None:
    browser: Client = browser_of(create_user(charged.partner, role="viewer"))
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
