"""The first page of staff: what needs a person, by permission, in bounded queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import AlertThreshold, LedgerCheck, PaymentReturn, PointBucket, Purchase
from config.admin.attention import Severity, registered_items
from config.db.ids import first_id
from config.mail.models import OutgoingMail
from deployments.models import Deployment
from imaging.models import ImageOperation
from tests.backoffice.test_search import dispute
from tests.deliveries import sent
from tests.plans import scans_without_index
from tests.seed import Side
from tests.staff import staff_with, superuser

pytestmark = pytest.mark.django_db


def needs_of(staff: Any) -> dict[str, str]:
    """Return the lines of the page with their addresses."""
    context = staff.get("/admin/").context
    return {need.text: need.address for need in (*context["needs"], *context["healthy"])}


def add_trouble(side: Side) -> None:
    """Leave one row of everything that staff have to look at."""
    partner = side.partner
    dispute(Purchase.objects.filter(partner=partner, state="paid")[0])
    # However old, what needs a person is listed.
    made = PaymentReturn.objects.open_disputes()[0]
    long_ago = first_id(timezone.now() - timedelta(days=400)).ljust(24, "0")
    PaymentReturn.objects.filter(pk=made.pk).update(id=long_ago)
    purchases = Purchase.objects.filter(partner=partner)
    open_ones = purchases.filter(state__in=("pending", "failed", "cancelled"))
    flagged = open_ones.latest("pk")
    Purchase.objects.update(next_check_at=None)
    Purchase.objects.exclude(attention="").update(attention="")
    purchases.filter(pk=flagged.pk).update(attention="Paid 100.00 less.")
    purchases.filter(pk=flagged.pk).update(next_check_at=timezone.now() - timedelta(hours=2))
    bucket = PointBucket.objects.filter(partner=partner)[0]
    PointBucket.objects.filter(pk=bucket.pk).update(owed=100)
    AlertThreshold.objects.create(partner=partner, points=7, alerted_at=timezone.now())
    sent(partner, "failed")
    # Test calls have no charge, and no provider.
    operation = ImageOperation.objects.filter(partner=partner).exclude(charge=None).latest("pk")
    ImageOperation.objects.filter(pk=operation.pk).update(failure="account")
    OutgoingMail.objects.create(recipient="x", content="x", state="failed")


def test_each_trouble_is_a_line_whose_link_lists_it(side: Side) -> None:
    add_trouble(side)
    staff = superuser()
    needs = needs_of(staff)
    for start in (
        "1 open dispute",
        "1 purchase to review",
        "1 payment not reconciled",
        "1 partner with a debt",
        "1 operation refused by the provider",
        "1 email that failed",
    ):
        assert any(text.startswith(start) for text in needs), start
    for part in ("webhook receiver", "almost out of points"):
        assert any(part in text for text in needs), part
    for said, address in needs.items():
        if "?" in address:
            shown: Any = staff.get(address).context["cl"]
            if not said.startswith("More") and "partner" not in said and "receiver" not in said:
                assert shown.result_count == int(said.split()[0]), said
            assert shown.result_count >= 1, said
        else:
            assert staff.get(address or "/admin/").status_code == 200, address


def test_a_deployment_is_no_trouble_once_a_later_one_succeeded(side: Side) -> None:
    deployment = Deployment.objects.filter(partner=side.partner, state="live").latest("pk")
    Deployment.objects.filter(state="failed").delete()
    Deployment.objects.filter(pk=deployment.pk).update(state="failed")
    lines = needs_of(superuser())
    assert any(text.startswith("1 deployment that failed") for text in lines)
    Deployment.objects.filter(pk=deployment.pk).update(state="live")
    lines = needs_of(superuser("two@shopiq.test"))
    assert not any("that failed this week" in text for text in lines)


@pytest.mark.parametrize(
    ("made", "said", "severity"),
    [
        (None, "has never been checked", Severity.BAD),
        ({"ok": True, "buckets": 3, "drift": []}, "Ledger proven", Severity.GOOD),
        ({"ok": False, "buckets": 3, "drift": [{"bucket": "b"}]}, "drift in 1 of 3", Severity.BAD),
        ({"ok": True, "at": timedelta(hours=3)}, "Ledger check overdue", Severity.BAD),
    ],
)
def test_the_last_proof_of_the_ledger(
    side: Side, made: dict[str, Any] | None, said: str, severity: Severity
) -> None:
    LedgerCheck.objects.all().delete()
    if made:
        age = made.get("at", timedelta())
        LedgerCheck.objects.create(**{**made, "at": timezone.now() - age})
    context = superuser().get("/admin/").context
    line = next(n for n in (*context["needs"], *context["healthy"]) if said in n.text)
    assert line.severity == severity


def test_nothing_needs_a_person_without_permissions(side: Side) -> None:
    add_trouble(side)
    page = staff_with().get("/admin/")
    assert "Nothing needs you." in page.content.decode()
    assert page.context["navigation"] == []
    one = staff_with("billing.view_purchase", email="money@shopiq.test")
    assert {text.lstrip("0123456789 ").split()[0] for text in needs_of(one)} == {
        "bank",
        "payment",
        "purchase",
    }


def test_every_item_is_read_by_an_index_and_counts_to_a_thousand(side: Side) -> None:
    add_trouble(side)
    for item in registered_items():
        with CaptureQueriesContext(connection) as captured:
            item.read()
        statements = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
        reads = [text for text in statements if "COUNT(*)" in text]
        assert all("LIMIT 1001" in text for text in reads)
        assert scans_without_index(reads) == []
