"""All rows of a business, read once, for tests of reports."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from fractions import Fraction

from accounts.models import Partner
from billing.gst import INDIAN_TIME
from billing.models import Invoice, LedgerEntry, PaymentReturn, PointBucket, Purchase
from billing.reports.periods import (
    ReportPeriod,
)
from imaging.models import ImageOperation, ProviderCost


class Books:
    """All rows, read once and added up here in the plainest way."""

    def __init__(self) -> None:
        documents = Invoice.objects.order_by("issued_at", "id")
        self.documents = list(documents.select_related("purchase", "corrects"))
        self.entries = list(LedgerEntry.objects.order_by("created_at", "id"))
        self.buckets = {row.pk: row for row in PointBucket.objects.all()}
        self.purchases = list(Purchase.objects.all())
        self.price = {
            row.bucket_id: Fraction(row.amount_paise, row.points)
            for row in self.purchases
            if row.bucket_id
        }
        self.returns = [
            row
            for row in PaymentReturn.objects.select_related("purchase")
            if row.payment_id == row.purchase.payment_id
        ]
        self.partners = list(Partner.objects.all())
        operations = ImageOperation.objects.select_related("charge")
        self.operations = {row.charge_id: row for row in operations}
        self.costs = list(ProviderCost.objects.order_by("starts_at"))

    def documents_in(self, period: ReportPeriod) -> list[Invoice]:
        return [row for row in self.documents if is_in(row.issued_at, period)]

    def left_at(self, day: date) -> dict[str, int]:
        """The points of each bucket at the end of a day, added up from the first entry on."""
        left: Counter[str] = Counter()
        for entry in self.entries:
            if day_of(entry.created_at) <= day:
                left[entry.bucket_id] += entry.points
        return {bucket: points for bucket, points in left.items() if points}


def day_of(at: datetime | None) -> date:
    assert at
    return at.astimezone(INDIAN_TIME).date()


def is_in(at: datetime | None, period: ReportPeriod) -> bool:
    return at is not None and period.first <= day_of(at) <= period.last


def sign_of(row: Invoice) -> int:
    return 1 if row.kind == "invoice" else -1
