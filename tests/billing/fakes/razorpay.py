"""A server on loopback that speaks the part of Razorpay's protocol which we use."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from werkzeug.wrappers import Request, Response

from tests.billing.fakes.razorpay_records import INDIA, RazorpayRecords
from tests.fake_server import FakeServer

KEY_ID, KEY_SECRET, WEBHOOK_SECRET = "rzp_test_fake", "fake-key-secret", "fake-webhook-secret"
WEBHOOK = "/payments/razorpay/webhook"
_AUTH = "Basic " + base64.b64encode(f"{KEY_ID}:{KEY_SECRET}".encode()).decode()
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


class FakeRazorpay(RazorpayRecords, FakeServer):
    """`with FakeRazorpay() as fake:` serves at `fake.base_url`.

    `broken` is a status with which every call of the API is answered, `delay` the seconds before
    each answer, `padding` the spaces after it; with `swallow` links and refunds are made but the
    answers that name them, of `made_status`, are lost; `endless` payouts fill every page.
    `calls` are those that the API got.
    """

    def __init__(self) -> None:
        RazorpayRecords.__init__(self)
        FakeServer.__init__(self)
        self.calls: list[str] = []
        self.broken: int | None = None
        self.delay = 0.0
        self.padding = 0
        self.swallow = False
        self.made_status = 200
        self.endless = False

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
        if self.endless:
            return _json({"items": [{"settled": False}] * count})
        found = [
            line
            for line in self.settled
            if datetime.fromtimestamp(line["settled_at"], INDIA).date() == date(year, month, day)
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


def _json(document: object, status: int = 200) -> Response:
    return Response(json.dumps(document), status=status, mimetype="application/json")


def _error(status: int, description: str) -> Response:
    code = "BAD_REQUEST_ERROR" if status < 500 else "SERVER_ERROR"
    return _json({"error": {"code": code, "description": description}}, status)
