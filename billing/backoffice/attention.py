"""Money that staff have to look at, and whether the books are proven."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.template.defaultfilters import pluralize
from django.urls import reverse

from billing.ledger_state import LedgerState, Problem, read_ledger_state
from billing.models import AlertThreshold, LedgerCheck, PaymentReturn, PointBucket, Purchase
from config.admin.attention import Need, Severity, attention_rows, attention_state
from config.grouping import group_digits

#: Reconciliation compares a purchase within minutes of its due time.
_OVERDUE = timedelta(hours=1)


@attention_rows(
    PaymentReturn,
    one="open dispute",
    many="open disputes",
    permission="billing.view_paymentreturn",
    severity=Severity.BAD,
    button="Respond",
)
def disputes() -> QuerySet[Any]:
    return PaymentReturn.objects.of_live().open_disputes()


@attention_rows(
    Purchase,
    one="purchase to review",
    many="purchases to review",
    permission="billing.view_purchase",
    severity=Severity.BAD,
    button="Review",
)
def flagged_purchases() -> QuerySet[Any]:
    return Purchase.objects.of_live().to_review()


@attention_rows(
    Purchase,
    one="bank transfer to confirm",
    many="bank transfers to confirm",
    permission="billing.view_purchase",
    button="Confirm",
)
def transfers() -> QuerySet[Any]:
    return Purchase.objects.of_live().awaiting_transfer()


@attention_rows(
    PointBucket,
    one="partner with a debt of points",
    many="partners with a debt of points",
    count_by="partner",
    permission="billing.view_pointbucket",
)
def debtors() -> QuerySet[Any]:
    return PointBucket.objects.of_live().owing().order_by()


@attention_rows(
    Purchase,
    one="payment not reconciled in time",
    many="payments not reconciled in time",
    permission="billing.view_purchase",
)
def unreconciled_payments() -> QuerySet[Any]:
    return Purchase.objects.of_live().filter(next_check_at__lt=Now() - _OVERDUE)


@attention_rows(
    AlertThreshold,
    one="partner almost out of points",
    many="partners almost out of points",
    count_by="partner",
    permission="billing.view_alertthreshold",
    severity=Severity.INFO,
)
def partners_near_zero() -> QuerySet[Any]:
    """Count those below a threshold of theirs, who were emailed."""
    return AlertThreshold.objects.of_live().filter(alerted_at__isnull=False)


@attention_state(permission="billing.view_ledgercheck")
def ledger() -> Need | None:
    state = read_ledger_state()
    address = _address_of(state.check)
    if state.problem:
        return Need(_describe(state), address, Severity.BAD)
    if state.check is None:
        text = "The ledger has not been checked yet. It is checked every hour."
        return Need(text, severity=Severity.INFO)
    buckets = state.check.buckets
    return Need(
        f"Ledger proven {naturaltime(state.check.at)}.",
        address,
        Severity.GOOD,
        detail=f"{group_digits(buckets)} bucket{pluralize(buckets)}, no drift",
    )


def _describe(state: LedgerState) -> str:
    check = state.check
    if check is None:
        return "Ledger check overdue. The ledger has never been checked."
    if state.problem == Problem.OVERDUE:
        return (
            f"Ledger check overdue. The ledger was last checked {naturaltime(check.at)}; it should"
            " be checked every hour, and in full every night."
        )
    return (
        f"Ledger check failed {naturaltime(check.at)}: drift in {len(check.drift)} of"
        f" {check.buckets} buckets, {len(check.faults)} faults in hash chains, debts and"
        " statements."
    )


def _address_of(check: LedgerCheck | None) -> str:
    return reverse("admin:billing_ledgercheck_change", args=[check.pk]) if check else ""
