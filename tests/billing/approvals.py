"""What two members of the staff do to points and money."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Partner, User
from billing.models import Approval, Purchase
from billing.services import approve, record_transfer, request_approval

Kind = Approval.Kind


def person(email: str = "asha@shopiq.test") -> User:
    """Return a superuser, whose daily limit is that of the group `admin`."""
    if not User.objects.filter(email=email).exists():
        with suppress(IntegrityError), transaction.atomic():  # another thread may be faster
            User.objects.create_superuser(email, None)
    return User.objects.get(email=email)


def ask(partner: Partner, kind: Kind, points: int, *, by: str = "", **terms: Any) -> Approval:
    given: dict[str, Any] = {"reason": "Agreed by phone", **terms}
    asker = person(by or "asha@shopiq.test")
    return request_approval(asker=asker, partner=partner, kind=kind, points=points, **given)


def ask_refund(
    purchase: Purchase, *, actor: str = "", reason: str = "test", unspent: bool = False
) -> Approval:
    return ask(
        purchase.partner,
        Kind.REFUND,
        -purchase.points,
        by=actor if "@" in actor else "",
        purchase=purchase,
        reason=reason,
        is_unspent_only=unspent,
    )


def refund_purchase(
    *, purchase: Purchase, actor: str = "", reason: str = "test", unspent: bool = False
) -> Purchase:
    """Ask for a refund as `actor`, and have a second person approve it."""
    approval = ask_refund(purchase, actor=actor, reason=reason, unspent=unspent)
    approve(approval=approval, approver=person("ravi@shopiq.test"))
    purchase.refresh_from_db()
    return Purchase.objects.get(pk=purchase.pk)


def let_lapse(asked: Approval) -> None:
    """As if the time to decide had passed; a trigger keeps others from changing it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        rows = Approval.objects.of(asked.partner_id).filter(pk=asked.pk)
        rows.update(expires_at=timezone.now() - timedelta(seconds=1))


def receive_transfer(
    *,
    purchase: Purchase,
    reference: str = "UTR0001",
    amount_paise: int | None = None,
    actor: str = "",
) -> Purchase:
    """Record a bank transfer as `actor`; if it is what is due, have a second person approve it."""
    approval = record_transfer(
        purchase=purchase,
        reference=reference,
        amount_paise=amount_paise or purchase.total_paise,
        received_on=timezone.now().date(),
        staff=person(actor if "@" in actor else "asha@shopiq.test"),
    )
    if approval:
        approve(approval=approval, approver=person("ravi@shopiq.test"))
    return Purchase.objects.get(pk=purchase.pk)


def book_payment(
    *, purchase: Purchase, payment_id: str, actor: str = "", reason: str = "Fee"
) -> Purchase:
    terms: dict[str, Any] = {"purchase": purchase, "payment_id": payment_id, "reason": reason}
    by = actor if "@" in actor else ""
    approval = ask(purchase.partner, Kind.BOOKING, purchase.points, by=by, **terms)
    approve(approval=approval, approver=person("ravi@shopiq.test"))
    return Purchase.objects.get(pk=purchase.pk)
