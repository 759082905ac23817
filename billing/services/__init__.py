"""The only writers of points, purchases, invoices and billing profiles."""

from __future__ import annotations

from billing.services.alerts import (
    TooManyThresholds,
    send_low_balance_alerts,
    set_alert_thresholds,
)
from billing.services.invoices import issue_credit_note, issue_invoice
from billing.services.ledger import grant_package, grant_points
from billing.services.ledger_alerts import report_ledger_state
from billing.services.ledger_checks import LedgerReport, check_ledger, check_new_entries
from billing.services.prices import change_package, change_price
from billing.services.profiles import InvalidDetails, update_details
from billing.services.purchases import (
    AlreadyStarted,
    PaymentUnavailable,
    TooManyPurchases,
    cancel_purchase,
    open_checkout,
    resolve_review,
    start_purchase,
)
from billing.services.reconciliation import reconcile_pending, reconcile_purchase
from billing.services.refunds import NotRefundable, PointsAlreadyUsed, refund_purchase
from billing.services.settlement import confirm_manual_payment, settle_purchase
from billing.services.statements import has_due_statements, issue_statement, issue_statements

__all__ = [
    "AlreadyStarted",
    "InvalidDetails",
    "LedgerReport",
    "NotRefundable",
    "PaymentUnavailable",
    "PointsAlreadyUsed",
    "TooManyPurchases",
    "TooManyThresholds",
    "cancel_purchase",
    "change_package",
    "change_price",
    "check_ledger",
    "check_new_entries",
    "confirm_manual_payment",
    "grant_package",
    "grant_points",
    "has_due_statements",
    "issue_credit_note",
    "issue_invoice",
    "issue_statement",
    "issue_statements",
    "open_checkout",
    "reconcile_pending",
    "reconcile_purchase",
    "refund_purchase",
    "report_ledger_state",
    "resolve_review",
    "send_low_balance_alerts",
    "set_alert_thresholds",
    "settle_purchase",
    "start_purchase",
    "update_details",
]
