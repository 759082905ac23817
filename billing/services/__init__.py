"""The only writers of points, purchases, invoices and billing profiles."""

from __future__ import annotations

from billing.services.alerts import (
    TooManyThresholds,
    send_low_balance_alerts,
    set_alert_thresholds,
)
from billing.services.approval_rules import ApprovalRefused
from billing.services.approvals import (
    AlreadyRequested,
    approve,
    decline_approval,
    lapse_approvals,
    request_approval,
    withdraw_approval,
)
from billing.services.claims import NotApproved
from billing.services.corrections import NotCorrectable, correct_points
from billing.services.debts import NothingOwed, write_off_debt
from billing.services.invoices import issue_credit_note, issue_invoice
from billing.services.ledger import Operator, grant_by_operator, grant_package, grant_points
from billing.services.ledger_alerts import report_ledger_state
from billing.services.ledger_checks import LedgerReport, check_ledger, check_new_entries
from billing.services.payouts import read_payouts, read_recent_payouts
from billing.services.prices import (
    PriceRefused,
    add_package,
    rename_package,
    schedule_package_price,
    schedule_price,
    withdraw_package_price,
    withdraw_price,
)
from billing.services.profiles import InvalidDetails, update_details
from billing.services.purchases import (
    AlreadyStarted,
    PaymentUnavailable,
    TooManyPurchases,
    TotalChanged,
    cancel_purchase,
    open_checkout,
    start_purchase,
)
from billing.services.reconciliation import (
    reconcile_disputes,
    reconcile_pending,
    reconcile_purchase,
    watched_gateways,
)
from billing.services.refunds import NotRefundable, PointsAlreadyUsed, refund_purchase
from billing.services.returns import record_return
from billing.services.review import resolve_review
from billing.services.settlement import (
    NotBookable,
    book_payment,
    fetch_captured,
    settle_purchase,
)
from billing.services.statements import has_due_statements, issue_statement, issue_statements
from billing.services.transfer_returns import NotReturnable, return_transfer
from billing.services.transfers import TransferRefused, record_transfer, request_return

__all__ = [
    "AlreadyRequested",
    "AlreadyStarted",
    "ApprovalRefused",
    "InvalidDetails",
    "LedgerReport",
    "NotApproved",
    "NotBookable",
    "NotCorrectable",
    "NotRefundable",
    "NotReturnable",
    "NothingOwed",
    "Operator",
    "PaymentUnavailable",
    "PointsAlreadyUsed",
    "PriceRefused",
    "TooManyPurchases",
    "TooManyThresholds",
    "TotalChanged",
    "TransferRefused",
    "add_package",
    "approve",
    "book_payment",
    "cancel_purchase",
    "check_ledger",
    "check_new_entries",
    "correct_points",
    "decline_approval",
    "fetch_captured",
    "grant_by_operator",
    "grant_package",
    "grant_points",
    "has_due_statements",
    "issue_credit_note",
    "issue_invoice",
    "issue_statement",
    "issue_statements",
    "lapse_approvals",
    "open_checkout",
    "read_payouts",
    "read_recent_payouts",
    "reconcile_disputes",
    "reconcile_pending",
    "reconcile_purchase",
    "record_return",
    "record_transfer",
    "refund_purchase",
    "rename_package",
    "report_ledger_state",
    "request_approval",
    "request_return",
    "resolve_review",
    "return_transfer",
    "schedule_package_price",
    "schedule_price",
    "send_low_balance_alerts",
    "set_alert_thresholds",
    "settle_purchase",
    "start_purchase",
    "update_details",
    "watched_gateways",
    "withdraw_approval",
    "withdraw_package_price",
    "withdraw_price",
    "write_off_debt",
]
