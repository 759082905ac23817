"""Locks a purchase, and keeps the notes on it that staff review."""

from __future__ import annotations

import structlog
from django.db import transaction

from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner
from billing.models import Purchase

log = structlog.get_logger(__name__)


def lock_purchase(purchase_id: str) -> Purchase:
    """Lock the partner's row, as all writers of points do first, and then the purchase."""
    purchases = Purchase.objects.of_all()
    partner_id = purchases.values_list("partner_id", flat=True).get(pk=purchase_id)
    partner = lock_partner(partner_id)
    mine = Purchase.objects.of(partner_id)
    purchase = mine.select_for_update(no_key=True).get(pk=purchase_id)
    purchase.partner = partner
    return purchase


def flag_for_review(*, purchase: Purchase, note: str, actor: str) -> None:
    """Add a note for staff, once; the caller must hold the purchase's lock."""
    if note in purchase.attention.splitlines():
        return
    purchase.attention = f"{purchase.attention}\n{note}".strip()
    purchase.save(update_fields=["attention"])
    record_audit(
        partner=purchase.partner,
        actor=actor,
        action="purchase.flagged_for_review",
        target=purchase.pk,
        reference=purchase.reference,
        note=note,
    )
    log.warning("purchase needs review", purchase=purchase.reference, note=note)


def resolve_review(*, purchase: Purchase, actor: str) -> None:
    """Clear the notes that staff have reviewed; the audit trail keeps them."""
    with transaction.atomic():
        mine = Purchase.objects.of(purchase.partner_id)
        locked = mine.select_for_update().get(pk=purchase.pk)
        if not locked.attention:
            return
        mine.filter(pk=purchase.pk).update(attention="")
        record_audit(
            partner=purchase.partner,
            actor=actor,
            action="purchase.review_resolved",
            target=purchase.pk,
            reference=purchase.reference,
            note=locked.attention,
        )
