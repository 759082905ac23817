"""What the fake of Razorpay knows, what buyers do there, and the events that tell of it."""

from __future__ import annotations

import itertools
import json
import time
from datetime import datetime, timedelta, timezone
from typing import Any

INDIA = timezone(timedelta(hours=5, minutes=30))


class RazorpayRecords:
    """`links`, `payments`, `refunds`, `disputes` and `settled`, as Razorpay's API returns them."""

    def __init__(self) -> None:
        self.links: dict[str, dict[str, Any]] = {}
        self.payments: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.settled: list[dict[str, Any]] = []
        self._ids = itertools.count(1)

    # What buyers do on the hosted page.

    def pay(
        self, reference: str, *, amount: int | None = None, currency: str = "INR"
    ) -> dict[str, Any]:
        """A captured payment on the link of a reference."""
        link = self.link_of(reference)
        payment = self._attempt(link, "captured", amount or link["amount"], currency)
        link.update(status="paid", amount_paid=payment["amount"], currency=currency)
        return payment

    def fail(self, reference: str) -> dict[str, Any]:
        link = self.link_of(reference)
        return self._attempt(link, "failed", link["amount"], "INR")

    def refund(
        self, payment_id: str, amount: int, *, once: str = "", status: str = "processed"
    ) -> dict[str, Any]:
        """Refund a payment, as also possible on Razorpay's own pages."""
        number = next(self._ids)
        refund = {
            "id": f"rfnd_{number:014d}",
            "entity": "refund",
            "payment_id": payment_id,
            "amount": amount,
            "currency": "INR",
            "status": status,
            "created_at": int(time.time()),
        }
        self.refunds[once or f"by hand {number}"] = refund
        self._count_refunds(payment_id)
        return refund

    def end_refund(self, refund: dict[str, Any], status: str) -> None:
        refund["status"] = status
        self._count_refunds(refund["payment_id"])

    def _count_refunds(self, payment_id: str) -> None:
        """Payments count what was refunded of them, also what is not processed yet."""
        payment = self.payments[payment_id]
        made = [x for x in self.refunds.values() if x["payment_id"] == payment_id]
        total = sum(refund["amount"] for refund in made if refund["status"] != "failed")
        is_full = total == payment["amount"]
        payment.update(
            amount_refunded=total,
            refund_status="full" if is_full else "partial" if total else None,
            status="refunded" if is_full else "captured",
        )

    def dispute(self, payment_id: str, amount: int, **fields: Any) -> dict[str, Any]:
        """The buyer disputes a payment at the bank."""
        dispute = {
            "id": f"disp_{next(self._ids):014d}",
            "entity": "dispute",
            "payment_id": payment_id,
            "amount": amount,
            "currency": "INR",
            "amount_deducted": 0,
            "reason_code": "goods_or_services_not_received",
            "respond_by": int(time.time()) + 7 * 86_400,
            "status": "open",
            "phase": "chargeback",
            "created_at": int(time.time()),
            **fields,
        }
        self.disputes[dispute["id"]] = dispute
        return dispute

    def decide(self, dispute: dict[str, Any], status: str) -> None:
        dispute.update(status=status, amount_deducted=dispute["amount"] * (status == "lost"))

    def settle(self, entity: dict[str, Any], at: datetime, **fields: Any) -> dict[str, Any]:
        """Pays a payment out, less a fee of 2% and its GST, or takes a refund or dispute off."""
        kind = entity["entity"]
        is_payment = kind == "payment"
        tax = entity["amount"] * 36 // 10_000 if is_payment else 0
        fee = entity["amount"] * 2 // 100 + tax if is_payment else 0
        number = next(self._ids)
        line = {
            "entity_id": f"adj_{number:014d}" if kind == "dispute" else entity["id"],
            "type": "adjustment" if kind == "dispute" else kind,
            "debit": 0 if is_payment else entity["amount"],
            "credit": entity["amount"] - fee if is_payment else 0,
            "amount": entity["amount"],
            "currency": "INR",
            "fee": fee,
            "tax": tax,
            "on_hold": False,
            "settled": True,
            "created_at": entity["created_at"],
            "settled_at": int(at.timestamp()),
            "settlement_id": f"setl_{at.astimezone(INDIA):%Y%m%d}",
            "posted_at": None,
            "credit_type": "default",
            "description": None,
            "notes": [],
            "payment_id": None if is_payment else entity["payment_id"],
            "settlement_utr": f"{int(at.timestamp())}fake",
            "order_id": entity.get("order_id"),
            "order_receipt": None,
            "method": "upi",
            "dispute_id": entity["id"] if kind == "dispute" else None,
            **fields,
        }
        self.settled.append(line)
        return line

    def link_of(self, reference: str) -> dict[str, Any]:
        return next(link for link in self.links.values() if link["reference_id"] == reference)

    def _attempt(
        self, link: dict[str, Any], status: str, amount: int, currency: str
    ) -> dict[str, Any]:
        at = int(time.time())
        payment_id = f"pay_{next(self._ids):014d}"
        link["payments"].append(
            {
                "amount": amount,
                "created_at": at,
                "method": "upi",
                "payment_id": payment_id,
                "status": status,
            }
        )
        payment = {
            "id": payment_id,
            "entity": "payment",
            "amount": amount,
            "amount_refunded": 0,
            "refund_status": None,
            "currency": currency,
            "status": status,
            "captured": status == "captured",
            "description": "#" + link["id"].removeprefix("plink_"),
            "order_id": link["order_id"],
            "notes": [],
            "created_at": at,
        }
        self.payments[payment_id] = payment
        return payment

    # What Razorpay then tells us.

    def event(self, kind: str, reference: str, payment: dict[str, Any] | None = None) -> bytes:
        """The body of an event; only the link's own events carry the link."""
        link = self.link_of(reference)
        entities: dict[str, Any] = {}
        if kind.startswith("payment_link."):
            entities["payment_link"] = {**link, "payments": None}
        if payment:
            entities["payment"] = payment
        return self._event(kind, entities)

    def return_event(self, entity: dict[str, Any], kind: str = "") -> bytes:
        """The body of an event about a refund or a dispute, with its payment as it is now."""
        name = entity["entity"]
        prefix = "payment.dispute" if name == "dispute" else name
        ending = {"open": "created", "pending": "created"}.get(entity["status"], entity["status"])
        payment = self.payments[entity["payment_id"]]
        return self._event(kind or f"{prefix}.{ending}", {name: entity, "payment": payment})

    def _event(self, kind: str, entities: dict[str, Any]) -> bytes:
        payload = {name: {"entity": entity} for name, entity in entities.items()}
        event = {
            "entity": "event",
            "account_id": "acc_fake",
            "event": kind,
            "contains": list(payload),
            "payload": payload,
            "created_at": int(time.time()),
        }
        return json.dumps(event).encode()
