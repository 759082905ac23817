"""What staff have to look at: disputes, payments that were not booked, debts."""

from __future__ import annotations

from dataclasses import dataclass

from billing.models import PaymentReturn, PointBucket, Purchase


@dataclass(frozen=True, slots=True)
class MoneyToReview:
    """Numbers of open disputes, of purchases with notes, and of partners that owe points."""

    disputes: int
    flagged: int
    debtors: int


def read_money_to_review() -> MoneyToReview:
    owing = PointBucket.objects.of_all().owing().order_by()
    return MoneyToReview(
        disputes=PaymentReturn.objects.of_all().open_disputes().count(),
        flagged=Purchase.objects.of_all().to_review().count(),
        debtors=owing.values("partner").distinct().count(),
    )
