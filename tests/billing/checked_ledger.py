"""A check of the ledger, for tests."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from billing.chains import LEDGER
from billing.models import LedgerCheck
from billing.services import (
    check_new_entries,
)
from billing.services.ledger_checks import LedgerReport
from tests.billing.chains import covered
from tests.factories import Keys


def check() -> LedgerReport:
    report = check_new_entries(seconds=60)
    assert report
    return report


def covered_by(keys: Keys) -> list[str]:
    return covered(LEDGER, keys.partner.id)


def grow_old(**age: float) -> None:
    LedgerCheck.objects.update(at=Now() - timedelta(**age))
