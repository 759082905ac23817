"""What the tests of billing's pages press and fill in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from billing.models import PointBucket, Purchase

BUY = "/dashboard/points/buy/pack_5000/"
CONFIRM = f"{BUY}confirm/"
STARTER_TOTAL = 590_000
DETAILS = {
    "legal_name": "Kaveri Home Textiles Private Limited",
    "address": "14, 2nd Cross",
    "city": "Bengaluru",
    "state_code": "29",
    "pin_code": "560038",
}


def order(browser: Client, **changes: Any) -> Any:
    """Sends the form of the last step of an order."""
    fields = {"gateway": "sandbox", "total": STARTER_TOTAL, **changes}
    if "token" not in fields:
        fields["token"] = token_of(browser, fields["gateway"])
    return browser.post(CONFIRM, fields)


def token_of(browser: Client, gateway: str = "sandbox") -> str:
    """Return the token that the last step proposes; "" if it asks for something else first."""
    context = browser.get(CONFIRM, {"gateway": gateway}).context
    return context["form"]["token"].initial if context and "form" in context else ""


def checkout_of(purchase: Purchase) -> str:
    return f"/checkout/sandbox/{purchase.reference}/"


def act(browser: Client, purchase: Purchase, action: str, **fields: Any) -> Any:
    """Presses a button of the sandbox; the page that follows."""
    return browser.post(checkout_of(purchase), {"action": action, **fields}, follow=True)


def charge(bucket: PointBucket, count: int, at: datetime | None = None) -> None:
    """Charges of operations that are not there, past the keys that would ask for them."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO billing_ledgerentry"
            " (id, partner_id, bucket_id, operation_id, kind, points, created_at)"
            " SELECT id, %s, %s, left(id, 21) || 'fff', 'charge', -725,"
            " %s + n * interval '1 microsecond'"
            " FROM (SELECT n, accounts_new_id() AS id FROM generate_series(1, %s) n) entries",
            [bucket.partner_id, bucket.pk, at or timezone.now(), count],
        )
        cursor.execute("SET session_replication_role = DEFAULT")
