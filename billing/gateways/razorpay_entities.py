"""Payments, refunds, disputes and payouts as Razorpay describes them, in responses and in events.

https://razorpay.com/docs/api/payments/, /docs/api/refunds/, /docs/api/disputes/ and
/docs/api/settlements/fetch-recon/.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from billing.gateways.base import Payment, Payout, Return
from billing.models import PaymentReturn, PayoutLine

State = PaymentReturn.State
_REFUND_STATES = {"processed": State.RETURNED, "failed": State.KEPT}
_DISPUTE_STATES = {"lost": State.RETURNED, "won": State.KEPT, "closed": State.KEPT}


def read_payment(payment: dict[str, Any]) -> Payment:
    amount, status = int(payment["amount"]), payment["status"]
    return Payment(
        id=str(payment["id"]),
        amount_paise=amount,
        currency=str(payment["currency"]),
        is_captured=status in ("captured", "refunded"),
        at=_read_time(payment["created_at"]),
        refunded_paise=amount if status == "refunded" else int(payment.get("amount_refunded") or 0),
    )


def read_refund(refund: dict[str, Any]) -> Return:
    """A refund that is created but not processed is in progress."""
    return Return(
        id=str(refund["id"]),
        payment_id=str(refund["payment_id"]),
        kind=PaymentReturn.Kind.REFUND,
        state=_REFUND_STATES.get(refund["status"], State.OPEN),
        amount_paise=int(refund["amount"]),
        currency=str(refund["currency"]),
        at=_read_time(refund["created_at"]),
    )


def read_dispute(dispute: dict[str, Any]) -> Return:
    """A dispute that is closed without a decision is kept, unless money was deducted for it."""
    state = _DISPUTE_STATES.get(dispute["status"], State.OPEN)
    deducted = int(dispute.get("amount_deducted") or 0)
    if dispute["status"] == "closed" and deducted:
        state = State.RETURNED
    is_lost = state == State.RETURNED
    respond_by = dispute.get("respond_by")
    return Return(
        id=str(dispute["id"]),
        payment_id=str(dispute["payment_id"]),
        kind=PaymentReturn.Kind.DISPUTE,
        state=state,
        amount_paise=(deducted if is_lost else 0) or int(dispute["amount"]),
        currency=str(dispute["currency"]),
        at=_read_time(dispute["created_at"]),
        reason=str(dispute.get("reason_code") or "")[:100],
        respond_by=_read_time(respond_by) if respond_by else None,
    )


def read_payout(line: dict[str, Any]) -> Payout | None:
    """Read a line of a settlement; None if it is not paid out yet.

    The fee includes its tax, and is already subtracted from what is credited.
    """
    if not line["settled"]:
        return None
    kind, entity, fee = str(line["type"]), str(line["entity_id"]), int(line["fee"] or 0)
    own = entity if kind == "payment" else ""
    return Payout(
        id=entity,
        kind=_payout_kind(kind, line.get("dispute_id")),
        payment_id=own or str(line.get("payment_id") or ""),
        payout_id=str(line["settlement_id"]),
        bank_reference=str(line.get("settlement_utr") or ""),
        gross=int(line["credit"] or 0) - int(line["debit"] or 0) + fee,
        fee=fee,
        fee_tax=int(line["tax"] or 0),
        at=_read_time(line["settled_at"]),
    )


def _payout_kind(kind: str, dispute_id: str | None) -> PayoutLine.Kind:
    if kind in ("payment", "refund"):
        return PayoutLine.Kind(kind)
    return PayoutLine.Kind.DISPUTE if dispute_id else PayoutLine.Kind.OTHER


def _read_time(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
