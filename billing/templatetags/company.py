"""Template tag for the details of a company."""

from __future__ import annotations

from django import template

from accounts.models import Partner
from billing.billing_details import BillingDetails
from billing.models import BillingProfile

register = template.Library()


@register.simple_tag
def company_details(partner: Partner) -> BillingDetails:
    """Return the details for invoices; empty ones if there are none or they can't be decrypted."""
    details = BillingProfile.objects.of(partner.pk).readable_details()
    return details or BillingDetails()
