"""Writes who is billed and when a low balance is told."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Partner
from accounts.services.audit import record_audit
from billing.details import BillingDetails, find_problems
from billing.models import BillingProfile


class InvalidDetails(ValueError):
    """Details that cannot stand on an invoice; `problems` has a sentence by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def open_profile(*, partner: Partner) -> BillingProfile:
    """The partner's profile, made now if this is the first time that somebody asks."""
    profile, _ = BillingProfile.objects.get_or_create(partner=partner)
    return profile


def update_details(*, partner: Partner, details: BillingDetails, actor: str) -> BillingProfile:
    """Changes who is billed from now on; issued invoices keep what they say.

    Raises `InvalidDetails`. The audit names the fields that changed, not what they hold.
    """
    if problems := find_problems(details):
        raise InvalidDetails(problems)
    profile = open_profile(partner=partner)
    with transaction.atomic():
        profile = BillingProfile.objects.select_for_update().get(pk=profile.pk)
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


def set_alert_threshold(*, partner: Partner, threshold: int | None, actor: str) -> BillingProfile:
    """Below `threshold` (hundredths of a point, above zero) an email is sent, once; None ends that.

    A new threshold may be told at once, also when the former one has been.
    """
    profile = open_profile(partner=partner)
    with transaction.atomic():
        profile = BillingProfile.objects.select_for_update().get(pk=profile.pk)
        if profile.alert_threshold == threshold:
            return profile
        profile.alert_threshold, profile.alerted_at = threshold, None
        profile.save(update_fields=["alert_threshold", "alerted_at", "updated_at"])
        record_audit(
            partner=partner, actor=actor, action="billing.alert_changed", threshold=threshold
        )
    return profile
