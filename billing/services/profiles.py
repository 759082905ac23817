"""Writes who is billed."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Partner
from accounts.services.audit import record_audit
from billing.billing_details import BillingDetails, find_problems
from billing.models import BillingProfile


class InvalidDetails(ValueError):
    """Details that cannot stand on an invoice; `problems` has a sentence by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def update_details(*, partner: Partner, details: BillingDetails, actor: str) -> BillingProfile:
    """Changes who is billed from now on; issued invoices keep what they say.

    Raises `InvalidDetails`. The audit names the fields that changed, not what they hold.
    """
    if problems := find_problems(details):
        raise InvalidDetails(problems)
    with transaction.atomic():
        BillingProfile.objects.get_or_create(partner=partner)
        profile = BillingProfile.objects.select_for_update().get(partner=partner)
        before = profile.details
        profile.set_details(details)
        profile.save(update_fields=["sealed_details", "updated_at"])
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
    return profile
