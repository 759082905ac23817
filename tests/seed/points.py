"""Buckets of three tiers and purchases in every state, with documents."""

from __future__ import annotations

from billing.billing_details import BillingDetails
from billing.models import Invoice, LedgerEntry, Package, PointBucket, Purchase, Tier
from billing.services.alerts import set_alert_thresholds
from billing.services.ledger import Operator, grant_by_operator
from billing.services.profiles import update_details
from billing.services.purchases import cancel_purchase, mark_unpaid, start_purchase
from billing.services.sandbox import fail, pay
from tests.billing.approvals import receive_transfer, refund_purchase
from tests.seed.history import ago, as_of, backdate
from tests.seed.side import Side
from tests.seed.transfers import backdate_transfer

STAFF = "staff@shopiq.example"
_GSTIN = "27AAPFU0939F1ZV"


def add_points(side: Side) -> None:
    """Add a used-up grant and a first purchase, which lasts until a few weeks ago."""
    at = ago(days=110)
    with as_of(at):
        gift = grant_by_operator(
            partner=side.partner,
            tier=Tier.objects.get(pk="starter"),
            points=12_000,
            operator=Operator("grant_points"),
            note="Welcome to ShopIQ",
        )
    backdate(PointBucket, {gift.pk: at}, "purchased_at")
    backdate(LedgerEntry, {gift.pk: at}, "created_at", by="bucket_id")
    _describe(side)
    _date(pay(_start(side, "pack_25000", "sandbox")), days=109)


def add_purchases(side: Side) -> None:
    """The rest of them; the newest waits for its payment."""
    refunded = receive_transfer(
        purchase=_start(side, "pack_5000", "manual"),
        reference=f"UTR{side.partner.pk[-8:]}1",
        actor=STAFF,
    )
    _date(refund_purchase(purchase=refunded, actor=STAFF, reason="Bought twice"), days=40)
    paid = receive_transfer(
        purchase=_start(side, "pack_25000", "manual"),
        reference=f"UTR{side.partner.pk[-8:]}2",
        actor=STAFF,
    )
    _date(paid, days=23)
    expired = _start(side, "pack_100000", "manual")
    mark_unpaid(purchase=expired, state=Purchase.State.EXPIRED)
    _date(expired, days=29)
    _date(
        cancel_purchase(purchase=_start(side, "pack_5000", "sandbox"), actor=side.owner.email),
        days=23,
    )
    failed = fail(_start(side, "pack_25000", "sandbox"))
    _date(failed, days=1)
    waiting = _start(side, "pack_25000", "manual")
    sandbox = _start(side, "pack_5000", "sandbox")
    invoice = Invoice.objects.get(purchase=paid)
    side.rows |= {
        "bucket": str(paid.bucket_id),
        "purchase": waiting.pk,
        "paid_purchase": paid.pk,
        "failed_purchase": failed.pk,
        "refunded_purchase": refunded.pk,
        "sandbox_purchase": sandbox.pk,
        "sandbox_reference": sandbox.reference,
        "invoice": invoice.pk,
        "package": "pack_5000",
    }


def _describe(side: Side) -> None:
    details = BillingDetails(
        legal_name=f"{side.partner.name} Private Limited",
        email=f"accounts@{side.domain}",
        address="4th Floor, Kala Ghoda House\n12 Rampart Row",
        city="Mumbai",
        state_code="27",
        pin_code="400001",
        gstin=_GSTIN,
    )
    update_details(partner=side.partner, details=details, actor=side.owner.email)
    set_alert_thresholds(partner=side.partner, thresholds=(50_000, 10_000), actor=side.owner.email)


def _start(side: Side, package: str, gateway: str) -> Purchase:
    return start_purchase(
        partner=side.partner,
        package=Package.objects.get(pk=package),
        gateway=gateway,
        actor=side.people["admin"].email,
    )


def _date(purchase: Purchase, *, days: float) -> None:
    """Lets a purchase, and what was booked for it, have happened so long ago."""
    at = ago(days=days)
    backdate(Purchase, {purchase.pk: at}, "created_at", "next_check_at")
    if purchase.bucket_id:
        backdate_transfer(purchase, at)
        backdate(Purchase, {purchase.pk: at}, "paid_at")
        backdate(Invoice, {purchase.pk: at}, "issued_at", by="purchase_id")
        backdate(PointBucket, {purchase.bucket_id: at}, "purchased_at")
        backdate(LedgerEntry, {purchase.bucket_id: at}, "created_at", by="bucket_id")
    if purchase.refunded_at:
        backdate(Purchase, {purchase.pk: at}, "refunded_at")
