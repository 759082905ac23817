"""Updates billing details."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Partner
from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner
from billing.billing_details import BillingDetails, validate
from billing.models import BillingProfile


class InvalidDetails(ValueError):
    """Details that an invoice cannot show; its argument has a message by field."""


def update_details(*, partner: Partner, details: BillingDetails, actor: str) -> None:
    """Change the billing details of future invoices; issued ones stay unchanged.

    Raises `InvalidDetails`. The audit entry names the changed fields without their values.
    """
    if problems := validate(details):
        raise InvalidDetails(problems)
    with transaction.atomic():
        lock_partner(partner.id)
        profile, _ = BillingProfile.objects.of(partner.id).get_or_create(partner=partner)
        before = profile.read_details() or BillingDetails()
        profile.set_details(details)
        profile.save(update_fields=["encrypted_details", "updated_at"])
        record_audit(
            partner=partner,
            actor=actor,
            action="billing.details_changed",
            fields=[
                name
                for name in BillingDetails.__dataclass_fields__
                if getattr(before, name) != getattr(details, name)
            ],
        )
