"""What the provider bills, and the margin report."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from billing.models import LedgerEntry
from billing.reports.periods import month_of, today_in_india
from config.backoffice.margin import margin_rows, refunded_rows
from imaging.models import ImageOperation, ProviderCost
from imaging.services import CostAlreadySet, set_provider_cost
from imaging.services.provider_costs import note_billed
from tests.billing.operations import refund, start, succeed
from tests.billing.purchases import buy, settle
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.calls import CREATE, PROMPT
from tests.staff import in_group, staff_with

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def cost(paise: int, mode: str = "fast", starts_at: datetime = LONG_AGO) -> ProviderCost:
    return set_provider_cost(
        action="create", mode=mode, paise=paise, starts_at=starts_at, actor="test"
    )


def test_a_request_earns_what_was_paid_for_its_points_less_its_cost_then() -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 800)
    settle(buy(keys.partner))
    cost(300)
    cost(900, starts_at=timezone.now() + timedelta(days=1))
    granted, paid = start(keys), start(keys)
    succeed(granted)
    succeed(paid)
    refund(start(keys))
    billed = start(keys)
    refund(billed)
    note_billed(billed)
    succeed(start(keys, mode="thinking"), "thinking")

    this_month = month_of(today_in_india(timezone.now()))
    assert list(margin_rows(this_month)) == [
        ("Image create", "Fast", 2, 1, 0, 1600, 800, 900, -100),
        ("Image create", "Thinking", 1, 0, 1, 1500, 1500, 0, 1500),
    ]
    rows = list(refunded_rows(this_month))
    assert [(row[1].text, *row[2:]) for row in rows] == [
        (billed.id, "Image create", "Fast", "Generation failed", 300)
    ]
    used = LedgerEntry.objects.filter(operation__isnull=False)
    assert -sum(used.values_list("points", flat=True)) == 3100
    assert list(margin_rows(month_of(date(2024, 1, 1)))) == []


def test_a_kept_request_is_not_noted_as_refunded() -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 800)
    operation = start(keys)
    succeed(operation)
    note_billed(operation)
    assert not ImageOperation.objects.get().is_billed


def test_a_request_whose_images_cannot_be_stored_is_billed_and_refunded(
    keys: Keys, post: Any, settings: Any, tmp_path: Path
) -> None:
    blocked = tmp_path / "a file, not a folder"
    blocked.write_text("")
    settings.MEDIA_ROOT = str(blocked / "media")
    assert post(CREATE, PROMPT, keys.live).status_code == 500
    operation = ImageOperation.objects.get()
    assert (operation.failure, operation.is_billed) == ("failed", True)


def test_finance_adds_costs_and_no_one_changes_them() -> None:
    finance = in_group("finance")
    form: dict[str, Any] = {
        "action": "create",
        "mode": "fast",
        "rupees": "3.45",
        "starts_at": "2026-01-01T00:00",
        "note": "gpt-image",
    }
    add = "/admin/imaging/providercost/add/"
    assert finance.post(add, form).status_code == 302
    row = ProviderCost.objects.get()
    assert (row.paise, row.starts_at) == (345, datetime(2026, 1, 1, tzinfo=UTC))
    assert AuditEntry.objects.get(action="provider_cost.set").detail["paise"] == 345
    assert "already exists" in finance.post(add, form).content.decode()
    change = f"/admin/imaging/providercost/{row.pk}/change/"
    assert "₹3.45" in finance.get(change).content.decode()
    assert finance.post(change, form).status_code == 403
    with pytest.raises(CostAlreadySet):
        cost(1, starts_at=row.starts_at)
    assert in_group("support").get(add).status_code == 403


def test_the_page_and_its_files_are_with_the_other_reports() -> None:
    staff = staff_with("billing.view_reports")
    assert "Margin" in staff.get("/admin/reports/").content.decode()
    assert "No request was billed" in staff.get("/admin/reports/margin/").content.decode()
    for name in ("margin", "billed-and-refunded"):
        assert staff.get(f"/admin/reports/files/{name}.csv").status_code == 200
