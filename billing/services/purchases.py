"""Starts and cancels purchases and opens their checkout."""

from __future__ import annotations

import secrets
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import Partner
from accounts.services.audit import record_audit
from accounts.services.locks import PartnerInactive, lock_active_partner, lock_partner
from billing.gateways import Checkout, GatewayError, gateway_named, offered_gateways
from billing.models import BillingProfile, Package, Purchase
from billing.pricing import quote
from billing.services.emails import send_proforma
from config.db.ids import new_id

log = structlog.get_logger(__name__)

State = Purchase.State
#: Without characters that are easily confused.
_SYMBOLS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_OPEN = (State.CREATED, State.PENDING, State.FAILED)
_FIRST_CHECK = timedelta(seconds=60)
#: Per partner and day: each may send an email and create a payment link.
_MOST_STARTED = 100


class TooManyPurchases(Exception):
    """The partner has started the maximum number of purchases in the last 24 hours."""


class PaymentUnavailable(Exception):
    """The gateway is not responding; `purchase` exists, and `open_checkout` may be retried."""

    def __init__(self, purchase: Purchase) -> None:
        self.purchase = purchase


class TotalChanged(Exception):
    """A price or tax that was shown is no longer in force."""


class AlreadyStarted(Exception):
    """A purchase with this ID exists."""


def start_purchase(
    *,
    partner: Partner,
    package: Package,
    gateway: str,
    actor: str,
    purchase_id: str | None = None,
    total_paise: int | None = None,
) -> Purchase:
    """Create a purchase at the price now and open its checkout, at `checkout_url` if it has one.

    Callers that may repeat the call pass the ID, those that showed a total pass it. Raises
    `ValueError` for a package or gateway that is not offered, `AlreadyStarted`, `TotalChanged`,
    `TooManyPurchases`, `PaymentUnavailable`, `PartnerInactive`.
    """
    if gateway not in [offered.name for offered in offered_gateways()]:
        raise ValueError(f"{gateway} is not offered")
    with transaction.atomic():
        # The partner's row is the lock: a form submitted twice at once finds the first purchase.
        partner = lock_active_partner(partner.pk)
        if Purchase.objects.of(partner.id).filter(pk=purchase_id).exists():
            raise AlreadyStarted
        _check_daily_limit(partner)
        row_id = purchase_id or new_id()
        wanted = Package.objects.priced().get(pk=package.pk)
        purchase = _create(row_id, partner, wanted, gateway, actor)
        if total_paise not in (None, purchase.total_paise):
            raise TotalChanged
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


def _check_daily_limit(partner: Partner) -> None:
    recent = Purchase.objects.of(partner.id).filter(
        created_at__gt=timezone.now() - timedelta(days=1)
    )
    if recent.count() >= _MOST_STARTED:
        raise TooManyPurchases


def _create(row_id: str, partner: Partner, package: Package, gateway: str, actor: str) -> Purchase:
    if not package.is_on_sale:
        raise ValueError(f"{package.code} is not on sale")
    price = quote(package, BillingProfile.objects.of(partner.pk).details())
    now = timezone.now()
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
        created_at=now,
        next_check_at=now + _FIRST_CHECK,
    )


def open_checkout(*, purchase: Purchase) -> Purchase:
    """Ask the gateway for the checkout, possibly again.

    A purchase that can no longer be paid is returned unchanged. Raises `PaymentUnavailable` and
    `PartnerInactive`.
    """
    if not purchase.is_open:
        return purchase
    if not Partner.objects.filter(pk=purchase.partner_id, is_active=True).exists():
        raise PartnerInactive
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
    """Store the checkout; return whether it is the purchase's first.

    A purchase that was paid or cancelled meanwhile stays unchanged.
    """
    fields = {
        "state": State.PENDING,
        "gateway_order_id": checkout.order_id,
        "checkout_url": checkout.url,
    }
    rows = Purchase.objects.of(purchase.partner_id).filter(pk=purchase.pk)
    if rows.filter(state=State.CREATED).update(**fields):
        return True
    rows.filter(state__in=(State.PENDING, State.FAILED)).update(**fields)
    return False


def cancel_purchase(*, purchase: Purchase, actor: str) -> Purchase:
    """Cancel an unpaid purchase; a payment already in progress is still booked."""
    with transaction.atomic():
        lock_partner(purchase.partner_id)
        is_cancelled = mark_unpaid(purchase=purchase, state=State.CANCELLED)
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


def mark_unpaid(*, purchase: Purchase, state: Purchase.State) -> bool:
    """Store why an open purchase was not paid: failed, cancelled or expired."""
    mine = Purchase.objects.of(purchase.partner_id).filter(pk=purchase.pk)
    return bool(mine.filter(state__in=_OPEN).update(state=state))
