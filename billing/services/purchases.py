"""Starts purchases, opens their checkout, and ends those that are not paid."""

from __future__ import annotations

import secrets
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import Partner
from accounts.services.audit import record_audit
from billing.gateways import Checkout, GatewayError, gateway_named, offered_gateways
from billing.models import BillingProfile, Package, Purchase
from billing.pricing import quote
from billing.services.emails import send_proforma
from config.db.ids import new_id

log = structlog.get_logger(__name__)

State = Purchase.State
#: Without what looks like something else when it is read aloud or copied by hand.
_SYMBOLS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_OPEN = (State.CREATED, State.PENDING, State.FAILED)
_FIRST_LOOK = timedelta(seconds=60)
#: In a day, by one partner: each may write a mail and make a link at the gateway.
_MOST_STARTED = 100


class TooManyPurchases(Exception):
    """As many were started in the last 24 hours as may be."""


class PaymentUnavailable(Exception):
    """The gateway does not answer; `purchase` is there, and `open_checkout` may be tried again."""

    def __init__(self, purchase: Purchase) -> None:
        super().__init__(f"no checkout for {purchase.reference}")
        self.purchase = purchase


class AlreadyStarted(Exception):
    """There is a purchase with this id."""


def start_purchase(
    *,
    partner: Partner,
    package: Package,
    gateway: str,
    actor: str,
    purchase_id: str | None = None,
) -> Purchase:
    """A purchase at today's price with its checkout open: go to `checkout_url` if there is one.

    A caller that may ask twice names the id. Raises `ValueError` for a package or gateway that is
    not offered, `AlreadyStarted`, `TooManyPurchases`, `PaymentUnavailable`.
    """
    if gateway not in [offered.name for offered in offered_gateways()]:
        raise ValueError(f"{gateway} is not offered")
    with transaction.atomic():
        # The partner's row is the lock: of two that send one form at once the second sees it.
        partner = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
        if Purchase.objects.filter(pk=purchase_id).exists():
            raise AlreadyStarted
        _check_pace(partner)
        row_id = purchase_id or new_id()
        purchase = _create(row_id, partner, Package.objects.get(pk=package.pk), gateway, actor)
        record_audit(
            partner=partner,
            actor=actor,
            action="purchase.started",
            target=purchase.pk,
            reference=purchase.reference,
            package=package.code,
            total_paise=purchase.total_paise,
            gateway=gateway,
        )
    return open_checkout(purchase=purchase)


def _check_pace(partner: Partner) -> None:
    recent = Purchase.objects.of(partner).filter(created_at__gt=timezone.now() - timedelta(days=1))
    if recent.count() >= _MOST_STARTED:
        raise TooManyPurchases


def _create(row_id: str, partner: Partner, package: Package, gateway: str, actor: str) -> Purchase:
    if not package.is_on_sale:
        raise ValueError(f"{package.code} is not on sale")
    price = quote(package, BillingProfile.objects.details_of(partner.pk))
    return Purchase.objects.create(
        id=row_id,
        partner=partner,
        package=package,
        package_name=package.name,
        tier_id=package.tier_id,
        points=package.points,
        amount_paise=price.net,
        tax_percent=price.percent,
        cgst_paise=price.tax.cgst,
        sgst_paise=price.tax.sgst,
        igst_paise=price.tax.igst,
        tax_paise=price.tax.total,
        total_paise=price.total,
        place_of_supply=price.place_of_supply,
        gateway=gateway,
        reference="SQ-" + "".join(secrets.choice(_SYMBOLS) for _ in range(8)),
        created_by=actor,
        created_at=timezone.now(),
        next_check_at=timezone.now() + _FIRST_LOOK,
    )


def open_checkout(*, purchase: Purchase) -> Purchase:
    """Asks the gateway for the checkout, also again; raises `PaymentUnavailable`.

    A purchase that can no longer be paid comes back as it is.
    """
    if not purchase.is_open:
        return purchase
    try:
        checkout = gateway_named(purchase.gateway).start(purchase)
    except GatewayError as error:
        log.warning("checkout failed", purchase=purchase.reference, error=str(error))
        raise PaymentUnavailable(purchase) from error
    is_first = _note_checkout(purchase, checkout)
    purchase.refresh_from_db()
    if is_first and not checkout.url:
        send_proforma(purchase)
    return purchase


def _note_checkout(purchase: Purchase, checkout: Checkout) -> bool:
    """Whether it is the first one; a purchase that was paid or ended meanwhile stays as it is."""
    fields = {
        "state": State.PENDING,
        "gateway_order_id": checkout.order_id,
        "checkout_url": checkout.url,
    }
    rows = Purchase.objects.filter(pk=purchase.pk)
    if rows.filter(state=State.CREATED).update(**fields):
        return True
    rows.filter(state__in=(State.PENDING, State.FAILED)).update(**fields)
    return False


def cancel_purchase(*, purchase: Purchase, actor: str) -> Purchase:
    """Ends a purchase that nobody has paid; a payment that is under way still counts."""
    with transaction.atomic():
        is_cancelled = mark_unpaid(purchase_id=purchase.pk, state=State.CANCELLED)
        if is_cancelled:
            record_audit(
                partner=purchase.partner,
                actor=actor,
                action="purchase.cancelled",
                target=purchase.pk,
                reference=purchase.reference,
            )
    if is_cancelled:
        _close_checkout(purchase)
    purchase.refresh_from_db()
    return purchase


def _close_checkout(purchase: Purchase) -> None:
    try:
        gateway_named(purchase.gateway).close(purchase)
    except GatewayError as error:
        log.warning("checkout not closed", purchase=purchase.reference, error=str(error))


def mark_unpaid(*, purchase_id: str, state: Purchase.State) -> bool:
    """Notes what the gateway says of a purchase without a payment: failed, cancelled, expired."""
    waiting = Purchase.objects.filter(pk=purchase_id, state__in=_OPEN).exclude(state=state)
    return bool(waiting.update(state=state))


def resolve_review(*, purchase: Purchase, actor: str) -> None:
    """Staff have looked at it; the audit keeps what there was to see."""
    with transaction.atomic():
        locked = Purchase.objects.select_for_update().get(pk=purchase.pk)
        if not locked.attention:
            return
        Purchase.objects.filter(pk=purchase.pk).update(attention="")
        record_audit(
            partner=purchase.partner,
            actor=actor,
            action="purchase.review_resolved",
            target=purchase.pk,
            reference=purchase.reference,
            note=locked.attention,
        )
