"""What a check of the ledger reads again, and what it does without time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.services.audit import record_audit
from billing.models import LedgerCheck, PointBucket
from billing.services import check_new_entries, ledger_checks
from tests.billing.checked_ledger import check, grow_old
from tests.factories import Keys

pytestmark = pytest.mark.usefixtures("no_delay")


def test_of_the_audit_trail_only_new_digests_are_read(charged: Keys) -> None:
    check()
    grow_old(minutes=-90)
    record_audit(partner=charged.partner, actor="t", action="partner.renamed")

    # The ids of digests begin with the time.
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert check().entries == 1


def test_a_check_without_time_left_says_nothing(charged: Keys) -> None:
    check()
    assert check_new_entries(seconds=0) is None  # audit entries are left to be read
    LedgerCheck.objects.update(at=timezone.now() + timedelta(hours=2))
    assert check_new_entries(seconds=0)

    PointBucket.objects.filter(original=100_000).update(remaining=1)
    assert check_new_entries(seconds=0) is None


def test_the_books_are_read_without_a_time_limit(live_db: None) -> None:
    limit = "SELECT current_setting('statement_timeout')"
    with connection.cursor() as cursor:
        cursor.execute(limit)
        assert cursor.fetchone() != ("0",)
    assert ledger_checks._read_all(limit) == [("0",)]
