"""A server on loopback that speaks the part of Razorpay's protocol which we use."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import re
import threading
import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from django.test import Client
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

KEY_ID, KEY_SECRET, WEBHOOK_SECRET = "rzp_test_fake", "fake-key-secret", "fake-webhook-secret"
WEBHOOK = "/payments/razorpay/webhook"
_AUTH = "Basic " + base64.b64encode(f"{KEY_ID}:{KEY_SECRET}".encode()).decode()
_INDIA = timezone(timedelta(hours=5, minutes=30))
_LINK_FIELDS = {
    "amount",
    "currency",
    "accept_partial",
    "reference_id",
    "expire_by",
    "description",
    "notify",
    "reminder_enable",
    "notes",
    "callback_url",
    "callback_method",
}


class FakeRazorpay:
    """`with FakeRazorpay() as fake:` serves at `fake.base_url`.

    `broken` is a status with which every call of the API is answered, `delay` the seconds before
    each answer, `padding` the spaces after it; with `swallow` links and refunds are made but the
    answers that name them, of `made_status`, are lost.
    `links`, `payments`, `refunds`, `disputes`, `settled` and `calls` are what it knows.
    """

    def __init__(self) -> None:
        self.links: dict[str, dict[str, Any]] = {}
        self.payments: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.settled: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.broken: int | None = None
        self.delay = 0.0
        self.padding = 0
        self.swallow = False
        self.made_status = 200
        self._ids = itertools.count(1)
        self._closing = threading.Event()
        self._server = make_server(
            "127.0.0.1", 0, self._serve, threaded=True, request_handler=_QuietHandler
        )
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

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
            "settlement_id": f"setl_{at.astimezone(_INDIA):%Y%m%d}",
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

    # The protocol.

    def _serve(self, environ: Any, start: Any) -> Iterable[bytes]:
        request = Request(environ)
        return self._handle(request)(environ, start)

    def _handle(self, request: Request) -> Response:
        if hosted := re.fullmatch(r"/l/(plink_\w+)", request.path):
            return self._hosted_page(self.links[hosted[1]])
        self.calls.append(f"{request.method} {request.path}")
        self._closing.wait(self.delay)
        if self.broken:
            return _error(self.broken, "the fake is broken on purpose")
        if request.headers.get("Authorization") != _AUTH:
            return _error(401, "Authentication failed")
        response = self._route(request)
        response.data += b" " * self.padding
        return response

    def _route(self, request: Request) -> Response:
        if request.path == "/v1/payment_links":
            return self._make(request) if request.method == "POST" else self._search(request)
        if found := re.fullmatch(r"/v1/payment_links/(plink_\w+)(/cancel)?", request.path):
            link = self.links[found[1]]
            if found[2]:
                link["status"] = "cancelled"
            return _json(link)
        if found := re.fullmatch(r"/v1/payments/(pay_\w+)", request.path):
            return _json(self.payments[found[1]])
        lists = {
            "/v1/disputes": self._list_disputes,
            "/v1/settlements/recon/combined": self._list_settled,
        }
        if request.path in lists:
            return lists[request.path](request)
        if found := re.fullmatch(r"/v1/payments/(pay_\w+)/refund(s?)", request.path):
            return self._refunds_of(found[1]) if found[2] else self._refund(found[1], request)
        return _error(404, "The requested URL was not found on the server.")

    def _make(self, request: Request) -> Response:
        fields = request.get_json()
        assert set(fields) <= _LINK_FIELDS, set(fields) - _LINK_FIELDS
        assert type(fields["amount"]) is int
        assert fields["callback_method"] == "get"
        assert len(fields["reference_id"]) <= 40
        assert fields["expire_by"] > time.time() + 15 * 60
        if any(link["reference_id"] == fields["reference_id"] for link in self.links.values()):
            return _error(400, "payment link with this reference_id already exists")
        number = next(self._ids)
        link = {
            **fields,
            "id": f"plink_{number:014d}",
            "order_id": f"order_{number:014d}",
            "short_url": f"{self.base_url}/l/plink_{number:014d}",
            "status": "created",
            "amount_paid": 0,
            "payments": [],
        }
        self.links[link["id"]] = link
        return self._unless_swallowed(link)

    def _unless_swallowed(self, made: dict[str, Any]) -> Response:
        return _error(502, "Bad gateway") if self.swallow else _json(made, self.made_status)

    def _search(self, request: Request) -> Response:
        wanted = request.args["reference_id"]
        found = [link for link in self.links.values() if link["reference_id"] == wanted]
        return _json({"payment_links": found})

    def _refund(self, payment_id: str, request: Request) -> Response:
        once = request.headers["X-Refund-Idempotency"]
        assert re.fullmatch(r"[\w-]{10,}", once)
        if once not in self.refunds:
            if any(refund["payment_id"] == payment_id for refund in self.refunds.values()):
                return _error(400, "The payment has been fully refunded already")
            fields = request.get_json()
            assert set(fields) == {"amount", "speed", "receipt"}
            if fields["amount"] > self.payments[payment_id]["amount"]:
                return _error(400, "The refund amount is greater than the payment")
            self.refund(payment_id, fields["amount"], once=once)
        return self._unless_swallowed(self.refunds[once])

    def _refunds_of(self, payment_id: str) -> Response:
        made = [each for each in self.refunds.values() if each["payment_id"] == payment_id]
        return _json({"items": made})

    def _list_disputes(self, request: Request) -> Response:
        since, count, skip = (int(request.args[name]) for name in ("from", "count", "skip"))
        assert count <= 100
        newest_first = sorted(self.disputes.values(), key=lambda x: x["id"], reverse=True)
        found = [dispute for dispute in newest_first if dispute["created_at"] >= since]
        return _json({"items": found[skip : skip + count]})

    def _list_settled(self, request: Request) -> Response:
        year, month, day = (int(request.args[name]) for name in ("year", "month", "day"))
        count, skip = int(request.args["count"]), int(request.args["skip"])
        assert re.fullmatch(r"\d\d", request.args["month"])
        assert 1 <= count <= 1000
        found = [
            line
            for line in self.settled
            if datetime.fromtimestamp(line["settled_at"], _INDIA).date() == date(year, month, day)
        ]
        items = found[skip : skip + count]
        return _json({"entity": "collection", "count": len(items), "items": items})

    def _hosted_page(self, link: dict[str, Any]) -> Response:
        """Opening it pays, and sends the browser back as Razorpay's page does."""
        payment = self.pay(link["reference_id"])
        back = {
            "razorpay_payment_id": payment["id"],
            "razorpay_payment_link_id": link["id"],
            "razorpay_payment_link_reference_id": link["reference_id"],
            "razorpay_payment_link_status": "paid",
            "razorpay_signature": "0" * 64,
        }
        location = f"{link['callback_url']}?{urlencode(back)}"
        return Response(status=302, headers={"Location": location})


def sign(body: bytes, secret: str = WEBHOOK_SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def tell(body: bytes, signature: str | None = None) -> int:
    """Posts an event to our webhook as Razorpay does; the status of the answer."""
    signed = {"X-Razorpay-Signature": sign(body) if signature is None else signature}
    answer = Client(enforce_csrf_checks=True).post(
        WEBHOOK, body, content_type="application/json", headers=signed
    )
    return answer.status_code


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Keeps the tests' output to the tests."""


def _json(document: object, status: int = 200) -> Response:
    return Response(json.dumps(document), status=status, mimetype="application/json")


def _error(status: int, description: str) -> Response:
    code = "BAD_REQUEST_ERROR" if status < 500 else "SERVER_ERROR"
    return _json({"error": {"code": code, "description": description}}, status)
