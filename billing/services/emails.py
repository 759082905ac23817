"""Emails about purchases and points, sent after the commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import Member, Partner
from accounts.staff import active_staff_with
from billing.gateways import bank_details
from billing.ledger_state import LedgerState
from billing.models import BillingProfile, Invoice, Purchase
from billing.money import rupees
from config.mail.attachments import Reference
from config.mail.send import send_mail

_IN_CHARGE = (Member.Role.OWNER, Member.Role.ADMIN)


def send_receipt(purchase: Purchase, *, settled: int) -> None:
    """Confirm a payment, with its invoice; `settled` are the hundredths that settled a debt."""
    context = {**_purchase_context(purchase), "settled": settled}
    invoice = ("invoice", purchase.partner_id, purchase.pk)
    send_mail("billing/receipt", _buyers(purchase), files=[invoice], **context)


def send_points_frozen(purchase: Purchase, *, points: int) -> None:
    _send_to_partner("billing/points_frozen", purchase, points=points)


def send_points_released(purchase: Purchase, *, frozen: int) -> None:
    """Tell that points can be used again; `frozen` are those that still cannot."""
    _send_to_partner("billing/points_released", purchase, frozen=frozen)


def send_points_taken_back(purchase: Purchase, *, points: int, owed: int) -> None:
    _send_to_partner("billing/points_taken_back", purchase, points=points, owed=owed)


def send_refund(purchase: Purchase, *, credit_note: Invoice, points: int, owed: int) -> None:
    """Confirm a refund, with its credit note; `points` and `owed` went with it, not before it."""
    file = ("credit-note", purchase.partner_id, credit_note.pk)
    context = {"number": credit_note.full_number, "amount": rupees(credit_note.total_paise)}
    _send_to_partner(
        "billing/refund", purchase, files=[file], returned=points, owed=owed, **context
    )


def send_proforma(purchase: Purchase) -> None:
    """Send the bank transfer instructions, with the proforma."""
    # The template calls it, in the language of who reads the email.
    context = {**_purchase_context(purchase), "bank": bank_details}
    proforma = ("proforma", purchase.partner_id, purchase.pk)
    send_mail("billing/proforma", _buyers(purchase), files=[proforma], **context)


def send_ledger_alert(*, state: LedgerState, detail: str) -> None:
    """Tell staff that the ledger is, or is no longer, proven."""
    send_mail(
        "billing/ledger_alert",
        active_staff_with("billing.receive_ledgeralert").values_list("email", flat=True),
        problem=state.problem,
        check=state.check,
        detail=detail,
        url=f"{settings.PUBLIC_URL}{reverse('admin:index')}",
    )


def _send_to_partner(
    template: str, purchase: Purchase, *, files: Sequence[Reference] = (), **context: Any
) -> None:
    details = {**_purchase_context(purchase), **context, "partner": purchase.partner}
    send_mail(template, _billing_contacts(purchase.partner), files=files, **details)


def _purchase_context(purchase: Purchase) -> dict[str, Any]:
    return {
        "purchase": purchase,
        "points": purchase.points,
        "total": rupees(purchase.total_paise),
        "url": f"{settings.PUBLIC_URL}{purchase.get_absolute_url()}",
    }


def _buyers(purchase: Purchase) -> list[str]:
    email = BillingProfile.objects.of(purchase.partner_id).billing_email()
    return _addresses([purchase.created_by, email])


def _billing_contacts(partner: Partner) -> list[str]:
    """Return owners, admins and the billing email."""
    email = BillingProfile.objects.of(partner.pk).billing_email()
    return _addresses([*_in_charge(partner), email])


def _in_charge(partner: Partner) -> Iterable[str]:
    members = Member.objects.of(partner.id).filter(role__in=_IN_CHARGE, user__is_active=True)
    return members.order_by("created_at", "id").values_list("user__email", flat=True)


def _addresses(candidates: Iterable[str]) -> list[str]:
    """Drop duplicates and actors that are not addresses, such as a command."""
    return list(dict.fromkeys(address for address in candidates if "@" in address))
